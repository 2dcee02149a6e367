import { isFailure } from '../../../../local/check';

describe('A finding', () => {
  const finding = { id: 'user', message: '', fix: '', fact: '', evidence: [] };

  test.each([
    ['error', 'error', true],
    ['warning', 'error', false],
    ['warning', 'warning', true],
    ['note', 'warning', false],
    ['note', 'note', true],
    ['error', 'never', false],
  ] as const)('with severity %s makes a check run with --fail-on %s fail: %s', (severity, failOn, expected) => {
    expect(isFailure([{ ...finding, severity }], failOn)).toBe(expected);
  });
});
