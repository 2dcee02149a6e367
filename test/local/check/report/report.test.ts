import { XMLParser } from 'fast-xml-parser';
import type { CheckResult } from '../../../../local/check';
import { reportOf } from '../../../../local/check/report';

const result: CheckResult = {
  image: 'assets/churn',
  findings: [
    {
      id: 'ping',
      severity: 'error',
      message: 'GET /ping responds with 404 & never <200>.',
      fix: 'Respond with 200.',
      fact: 'B13',
      evidence: ['a line', 'another'],
    },
  ],
  checks: [
    { id: 'ping', status: 'failed', seconds: 1.5 },
    { id: 'user', status: 'passed', seconds: 0.01 },
    { id: 'batch', status: 'skipped', seconds: 0, reason: 'there is no batch transform job' },
    { id: 'draining', status: 'inconclusive', seconds: 0, reason: 'the container did not become healthy' },
  ],
};

const passed: CheckResult = { image: 'assets/other', findings: [], checks: [result.checks[1]] };
const CONTRACT = 'https://github.com/cdk-sagemaker-algorithm/cdk-sagemaker-algorithm/blob/main/docs/contract.md';

describe('The text report', () => {
  test('has each finding with its fix and evidence, a summary, and the inconclusive checks', () => {
    expect(reportOf('text', [result])).toBe(
      [
        'error: ping (B13)',
        '  GET /ping responds with 404 & never <200>.',
        '  Fix: Respond with 200.',
        '  | a line',
        '  | another',
        `  See ${CONTRACT}#b13`,
        '',
        'assets/churn: 1 error; 1 check passed, 1 inconclusive, 1 skipped.',
        '',
        'Inconclusive checks:',
        '  the container did not become healthy: draining',
      ].join('\n'),
    );
  });

  test('without findings has no link to the contract', () => {
    expect(reportOf('text', [passed])).toBe('assets/other: no findings; 1 check passed.');
  });
});

test('The JSON report is the result itself, and a list of results for an app', () => {
  expect(JSON.parse(reportOf('json', [result]))).toEqual(result);
  expect(JSON.parse(reportOf('json', [result], { isApp: true }))).toEqual([result]);
});

describe('The JUnit report', () => {
  interface Suite extends Record<string, unknown> {
    readonly testcase: Record<string, unknown>[];
  }

  function suiteOf(one: CheckResult): Suite {
    const parser = new XMLParser({ ignoreAttributes: false });
    return (parser.parse(reportOf('junit', [one])) as { testsuites: { testsuite: Suite } }).testsuites.testsuite;
  }

  test('has a test case for each check, with its failures or the reason why it was skipped', () => {
    const { testcase, ...suite } = suiteOf(result);
    expect(suite).toEqual({
      '@_name': 'byoa check assets/churn',
      '@_tests': '4',
      '@_failures': '1',
      '@_errors': '0',
      '@_skipped': '2',
    });
    expect(testcase[0].failure).toEqual({
      '@_type': 'error',
      '@_message': 'GET /ping responds with 404 & never <200>.',
      '#text': 'Respond with 200.\na line\nanother',
    });
    expect(testcase[2].skipped).toEqual({ '@_message': 'there is no batch transform job' });
  });

  test('has an error for a check that could not run', () => {
    const [, user] = result.checks;
    const failed = { ...user, status: 'inconclusive' as const, reason: 'no space left', isError: true };
    const { testcase, ...suite } = suiteOf({ ...passed, checks: [failed, user] });
    expect(suite).toMatchObject({ '@_errors': '1', '@_skipped': '0' });
    expect(testcase[0].error).toEqual({ '@_message': 'no space left' });
  });
});

describe('The SARIF report', () => {
  interface Rule {
    readonly id: string;
    readonly helpUri: string;
  }

  const { version, runs } = JSON.parse(reportOf('sarif', [result])) as {
    version: string;
    runs: { tool: { driver: { rules: Rule[] } }; results: Record<string, unknown>[] }[];
  };

  test('has a rule for each selected check, and a result with the image as its location for each finding', () => {
    expect(version).toBe('2.1.0');
    expect(runs[0].tool.driver.rules.map(({ id }) => id)).toEqual(['user', 'ping', 'batch', 'draining']);
    expect(runs[0].results).toEqual([
      {
        ruleId: 'ping',
        level: 'error',
        message: { text: 'GET /ping responds with 404 & never <200>.\nRespond with 200.\na line\nanother' },
        locations: [{ physicalLocation: { artifactLocation: { uri: 'assets/churn' } } }],
      },
    ]);
  });

  test('links each rule to the first of its requirements in the contract', () => {
    expect(runs[0].tool.driver.rules.map(({ id, helpUri }) => [id, helpUri])).toEqual([
      ['user', `${CONTRACT}#a13`],
      ['ping', `${CONTRACT}#b13`],
      ['batch', `${CONTRACT}#b45`],
      ['draining', `${CONTRACT}#b3`],
    ]);
  });
});
