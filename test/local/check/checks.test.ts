import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import {
  CHECKS,
  type CheckOptions,
  type CheckRequest,
  type CheckResult,
  areAtLeast,
  checkIn,
  checkedOf,
} from '../../../local/check';
import { reportOf } from '../../../local/check/report';
import { withRun } from '../../../local/container';
import { FakeEngine, type Inside, type Program } from '../fake-engine';

/** A sample of data, in a directory. */
function sample(): string {
  const directory = path.join(mkdtempSync(path.join(tmpdir(), 'test-')), 'train');
  mkdirSync(directory);
  writeFileSync(path.join(directory, 'rows.csv'), '1,2\n');
  return directory;
}

interface Checked {
  readonly result: CheckResult;
  readonly engine: FakeEngine;
}

async function checked(
  program: Program,
  training: CheckRequest['training'] = {},
  options: CheckOptions = {},
): Promise<Checked> {
  const engine = new FakeEngine(program);
  const channels = [{ name: 'train', directory: sample() }];
  const request = checkedOf({ source: 'image', serving: false, training: { channels, ...training } });
  const result = await withRun(engine, (run) => checkIn(run, request, { only: ['training'], ...options }));
  return { result, engine };
}

/** A program that does what is asked of it: trains, prints, saves, and says why it fails. */
function good(inside: Inside): number {
  const data = path.join(inside.host('/opt/ml/input/data/train'), 'rows.csv');
  const isReadable = readFileSync(data, 'utf8') === '1,2\n';
  if (!isReadable) {
    writeFileSync(inside.host('/opt/ml/output/failure'), 'no rows');
    return 1;
  }
  inside.print('loss=0.5;');
  writeFileSync(inside.host('/opt/ml/model/model.json'), '{}');
  return 0;
}

const ids = ({ result }: Checked): string[] => result.findings.map(({ id }) => id);
const statusOf = ({ result }: Checked, id: string): string | undefined =>
  result.checks.find((check) => check.id === id)?.status;

describe('The checks', () => {
  test('have ids that name them alone, a title, facts and no two words for the same', () => {
    expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length);
    expect(CHECKS.filter(({ title, fact }) => title === '' || !/^[A-J]\d/.test(fact))).toEqual([]);
  });

  test('are all in the documentation, with what each is about', () => {
    const text = readFileSync(path.join(__dirname, '..', '..', '..', 'docs', 'checks.md'), 'utf8');
    const [, table] = /<!-- checks: [^>]*-->([^]*)<!-- \/checks -->/.exec(text) ?? [];
    const cells = (table ?? '').split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const documented = cells.filter(([, id]) => /^`[a-z-]+`$/.test(id ?? '')).map((row) => row.slice(1, 6).join(' | '));
    const all = CHECKS.map(({ id, ...check }) =>
      [`\`${id}\``, check.group, check.severity, check.title, check.fact].join(' | '),
    );
    expect(documented).toEqual(all);
  });

  test('find nothing in a program that keeps the contract', async () => {
    const seen = await checked(good, { metrics: [{ name: 'loss', regex: 'loss=([0-9.]+)' }] });
    expect(ids(seen)).toEqual([]);
    expect(statusOf(seen, 'training-completes')).toBe('passed');
    expect(statusOf(seen, 'distributed')).toBe('skipped');
  });

  test('run the image once for all that look at the same run', async () => {
    const { engine } = await checked(good, {}, { only: ['training-completes', 'model-written', 'log-buffering'] });
    expect(engine.history).toHaveLength(1);
  });

  test('tell a failure by its cause alone, with its proof, and say of the others that they could not be told', async () => {
    const seen = await checked((inside) => {
      inside.print('ModuleNotFoundError: no module', 'stderr');
      return 1;
    });
    expect(seen.result.findings).toEqual([
      expect.objectContaining({
        id: 'training-completes',
        severity: 'error',
        fact: 'A58',
        evidence: ['ModuleNotFoundError: no module'],
      }),
    ]);
    expect(statusOf(seen, 'model-written')).toBe('untold');
  });

  test('find out what a program depends on by giving it that', async () => {
    const needsNumbers = (inside: Inside): number => {
      const text = readFileSync(inside.host('/opt/ml/input/config/hyperparameters.json'), 'utf8');
      if (typeof (JSON.parse(text) as { epochs: unknown }).epochs !== 'number') return 1;
      return good(inside);
    };
    expect(ids(await checked(needsNumbers, { hyperparameters: { epochs: '3' } }))).toEqual(['hyperparameter-strings']);
    const needsToolkit = (inside: Inside): number =>
      inside.spec.environment.SM_MODEL_DIR === undefined ? 1 : good(inside);
    expect(ids(await checked(needsToolkit))).toEqual(['toolkit-variables']);
    const needsNetwork = (inside: Inside): number => (inside.spec.network === 'none' ? 1 : good(inside));
    expect(ids(await checked(needsNetwork, { networkIsolation: true }))).toEqual(['training-isolation']);
    const needsMemory = (inside: Inside): number => (inside.spec.sharedMemoryBytes === undefined ? 1 : good(inside));
    expect(ids(await checked(needsMemory))).toEqual(['shared-memory']);
  });

  test('put the worst finding first', async () => {
    const careless = (inside: Inside): number => {
      inside.print('loss=none');
      writeFileSync(inside.host('/opt/ml/model/model.json'), '{}');
      return 0;
    };
    const seen = await checked(careless, { metrics: [{ name: 'loss', regex: 'loss=([0-9.]+)' }] });
    expect(seen.result.findings.map(({ id, severity }) => [id, severity])).toEqual([
      ['metrics', 'error'],
      ['bad-data', 'warning'],
    ]);
  });

  test('are those that are asked for: by id, by group, and without what is left out', async () => {
    const asked = await checked(good, {}, { only: ['platform', 'training'], skip: ['training-sigterm'] });
    const all = asked.result.checks.map(({ id }) => id);
    expect(all[0]).toBe('platform');
    expect(all).not.toContain('entrypoint');
    expect(all).toContain('metrics');
    expect(all).not.toContain('training-sigterm');
  });

  test('are refused by names that there are not', async () => {
    await expect(checked(good, {}, { only: ['typo'] })).rejects.toThrow('There is no check and no group typo.');
  });

  test('tell of a failure where the check that knows its cause is not asked for, and name that', async () => {
    const needsToolkit = (inside: Inside): number =>
      inside.spec.environment.SM_MODEL_DIR === undefined ? 1 : good(inside);
    const { result } = await checked(needsToolkit, {}, { only: ['training-completes'] });
    expect(result.findings).toEqual([
      expect.objectContaining({
        id: 'training-completes',
        fix: 'The check "toolkit-variables" tells why: ask for it too.',
      }),
    ]);
  });

  test('tell what they have seen also when others of them cannot be made, and say why', async () => {
    const engine = new FakeEngine(good);
    engine.fault = { create: 'no space left on device' };
    const request = checkedOf({ source: 'image', serving: false });
    const result = await withRun(engine, (run) => checkIn(run, request, { only: ['platform', 'training-completes'] }));
    expect(result.findings).toEqual([]);
    expect(result.checks).toEqual([
      expect.objectContaining({ id: 'platform', status: 'passed' }),
      expect.objectContaining({
        id: 'training-completes',
        status: 'untold',
        reason: 'the check could not be made: no space left on device',
        isFault: true,
      }),
    ]);
    expect(reportOf('junit', [result])).toContain('errors="1" skipped="0"');
  });

  test('show what a container says as text alone', async () => {
    const { result } = await checked((inside) => {
      inside.print('\u001b[31mred\u001b[0m\u0000 and black');
      return 1;
    });
    expect(result.findings[0].evidence).toEqual(['red and black']);
  });

  test.each([
    ['loss=(.*?)', 'matches, and its first group captures no number'],
    ['(?i)accuracy=([0-9.]+)', 'matches no line of the log'],
    ['loss=([0-9.]+', 'is no regular expression that can be tried'],
  ])('tell what is wrong with the metric %s', async (regex, message) => {
    const { result } = await checked(good, { metrics: [{ name: 'loss', regex }] });
    expect(result.findings.map(({ id, message: told }) => [id, told])).toEqual([
      ['metrics', expect.stringContaining(`The metric "loss" (${regex}) ${message}`)],
    ]);
  });

  test('read expressions as Python does, with flags before them', async () => {
    expect(ids(await checked(good, { metrics: [{ name: 'loss', regex: '(?i)LOSS=(?P<loss>[0-9.]+)' }] }))).toEqual([]);
  });

  test('leave nothing behind when they are interrupted, and do not wait for the container', async () => {
    const stop = new AbortController();
    const never = (): Promise<number> => {
      stop.abort();
      return new Promise(() => undefined);
    };
    const engine = new FakeEngine(never);
    const request = checkedOf({ source: 'image', serving: false });
    const running = withRun(engine, (run) => checkIn(run, request, { signal: stop.signal }));
    await expect(running).rejects.toThrow('The checks were interrupted.');
    expect([engine.containers.size, engine.networks.size]).toEqual([0, 0]);
  });

  test('are not asked of an image that is there for the other half alone', async () => {
    const engine = new FakeEngine(good);
    const request = checkedOf({ source: 'image', serving: false, training: false });
    const { checks } = await withRun(engine, (run) => checkIn(run, request));
    expect(checks.filter(({ status }) => status === 'passed').map(({ id }) => id)).toContain('platform');
    expect(engine.history).toEqual([]);
  });
});

describe('What makes the exit code', () => {
  const finding = { id: 'user', message: '', fix: '', fact: '', evidence: [] };

  test.each([
    ['error', 'error', true],
    ['warning', 'error', false],
    ['warning', 'warning', true],
    ['note', 'warning', false],
    ['note', 'note', true],
    ['error', 'never', false],
  ] as const)('is a finding of severity %s when failing on %s: %s', (severity, failOn, isFailure) => {
    expect(areAtLeast([{ ...finding, severity }], failOn)).toBe(isFailure);
  });
});

describe('A report', () => {
  const result: CheckResult = {
    image: 'assets/churn',
    findings: [
      {
        id: 'ping',
        severity: 'error',
        message: 'GET /ping answers 404 & never <200>.',
        fix: 'Answer it.',
        fact: 'B13',
        evidence: ['a line', 'another'],
      },
    ],
    checks: [
      { id: 'ping', status: 'failed', seconds: 1.5 },
      { id: 'user', status: 'passed', seconds: 0.01 },
      { id: 'batch', status: 'skipped', seconds: 0, reason: 'there is no transform job' },
      { id: 'draining', status: 'untold', seconds: 0, reason: 'the container did not become healthy' },
    ],
  };

  test('for people tells what is wrong, how to mend it and what proves it', () => {
    expect(reportOf('text', [result])).toBe(
      [
        'error: ping (B13)',
        '  GET /ping answers 404 & never <200>.',
        '  To mend it: Answer it.',
        '  | a line',
        '  | another',
        '',
        'assets/churn: 1 error; 1 checks passed, 1 could not be told, 1 had nothing to look at.',
        '',
        'Could not be told:',
        '  since the container did not become healthy: draining',
      ].join('\n'),
    );
  });

  test('as JSON is the result itself, and that of an app a list', () => {
    expect(JSON.parse(reportOf('json', [result]))).toEqual(result);
    expect(JSON.parse(reportOf('json', [result], { isApp: true }))).toEqual([result]);
  });

  test('as JUnit has a case for each check, with failures and what was skipped', () => {
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(reportOf('junit', [result])) as {
      testsuites: { testsuite: Record<string, unknown> & { testcase: Record<string, unknown>[] } };
    };
    const { testcase, ...suite } = parsed.testsuites.testsuite;
    expect(suite).toEqual({
      '@_name': 'byoa check assets/churn',
      '@_tests': '4',
      '@_failures': '1',
      '@_errors': '0',
      '@_skipped': '2',
    });
    expect(testcase[0].failure).toEqual({
      '@_type': 'error',
      '@_message': 'GET /ping answers 404 & never <200>.',
      '#text': 'Answer it.\na line\nanother',
    });
    expect(testcase[2].skipped).toEqual({ '@_message': 'there is no transform job' });
  });

  test('as SARIF names the rules that were looked at, and each finding with its place', () => {
    const { version, runs } = JSON.parse(reportOf('sarif', [result])) as {
      version: string;
      runs: { tool: { driver: { rules: { id: string }[] } }; results: Record<string, unknown>[] }[];
    };
    expect(version).toBe('2.1.0');
    expect(runs[0].tool.driver.rules.map(({ id }) => id)).toEqual(['user', 'ping', 'batch', 'draining']);
    expect(runs[0].results).toEqual([
      {
        ruleId: 'ping',
        level: 'error',
        message: { text: 'GET /ping answers 404 & never <200>.\nAnswer it.\na line\nanother' },
        locations: [{ physicalLocation: { artifactLocation: { uri: 'assets/churn' } } }],
      },
    ]);
  });
});
