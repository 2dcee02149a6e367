import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckOptions, CheckResult, ProcessingOptions } from '../../../../local/check';
import { EngineError } from '../../../../local/container';
import { FakeEngine, type Inside, type Program } from '../../fake-engine';
import { CheckEngine, ROWS, check, directoryWith, findingIds, outcomeOf } from '../check-engine';

const RAW = '/opt/ml/processing/input/raw';
const CLEAN = '/opt/ml/processing/output/clean';
const MESSAGE = '/opt/ml/output/message';

/** The outputs of a monitor with a further one. */
const REPORT = '/opt/ml/processing/output/report';
const MONITORED = [
  { name: 'clean', target: CLEAN },
  { name: 'report', target: REPORT },
];

const processing = (more: ProcessingOptions = {}): ProcessingOptions => ({
  inputs: [{ name: 'raw', target: RAW, directory: directoryWith({ 'rows.csv': ROWS }) }],
  outputs: [{ name: 'clean', target: CLEAN }],
  ...more,
});

function checkProcessing(
  program: Program,
  more: ProcessingOptions = {},
  options: CheckOptions = {},
): Promise<CheckResult> {
  return check(new FakeEngine(program), { processing: processing(more) }, { only: ['processing'], ...options });
}

/** A program that fulfills the contract. */
function prepare(inside: Inside): number {
  const rows = readFileSync(inside.host(`${RAW}/rows.csv`), 'utf8');
  writeFileSync(inside.host(`${CLEAN}/${inside.spec.alias ?? 'rows'}.csv`), rows);
  return 0;
}

const writing =
  (target: string, content: string | Buffer): Program =>
  (inside) => {
    writeFileSync(inside.host(target), content);
    return prepare(inside);
  };

describe('The checks of processing', () => {
  test('find nothing in a program that fulfills the contract, and skip those of training and serving', async () => {
    const result = await check(new FakeEngine(prepare), { processing: processing() });
    expect(findingIds(result)).toEqual([]);
    expect(outcomeOf(result, 'processing-completes')?.status).toBe('passed');
    expect(outcomeOf(result, 'training-completes')).toMatchObject({
      status: 'skipped',
      reason: 'the image is not checked for training',
    });
    expect(outcomeOf(result, 'ping')?.status).toBe('skipped');
  });

  test.each<[string, Program, ProcessingOptions]>([
    ['processing-completes', () => 1, {}],
    [
      'processing-isolation',
      (inside) => (inside.spec.network === 'none' ? 1 : prepare(inside)),
      { networkIsolation: true },
    ],
    [
      'processing-exit-code',
      (inside) => {
        inside.print('ValueError: no column', 'stderr');
        return prepare(inside);
      },
      {},
    ],
    ['processing-outputs', () => 0, {}],
    ['processing-outputs', (inside) => (mkdirSync(inside.host(`${CLEAN}/empty`)), 0), {}],
    [
      'processing-outputs',
      (inside) => {
        symlinkSync('/etc/hostname', inside.host(`${CLEAN}/link`));
        return prepare(inside);
      },
      {},
    ],
    ['processing-distributed', writing(`${CLEAN}/all.csv`, ROWS), { instanceCount: 2 }],
    ['exit-message', writing(MESSAGE, Buffer.from([0xff])), {}],
    ['exit-message', writing(MESSAGE, 'a'.repeat(2000)), {}],
    ['monitor-report', writing(`${REPORT}/report.html`, 'drift'), { isMonitor: true, outputs: MONITORED }],
    ['monitor-report', writing(`${REPORT}/metrics.json`, '{"a": NaN}'), { isMonitor: true, outputs: MONITORED }],
  ])('report %s', async (id, program, more) => {
    expect(findingIds(await checkProcessing(program, more))).toEqual([id]);
  });

  test('report a monitor without a report as an empty output only, and nothing in one with a report', async () => {
    const monitor = { isMonitor: true, outputs: MONITORED };
    const without = await checkProcessing(prepare, monitor);
    expect(findingIds(without)).toEqual(['processing-outputs']);
    expect(outcomeOf(without, 'monitor-report')).toMatchObject({ status: 'inconclusive' });
    const result = await checkProcessing(writing(`${REPORT}/metrics.json`, '{"rows": 4}'), monitor);
    expect([findingIds(result), outcomeOf(result, 'monitor-report')?.status]).toEqual([[], 'passed']);
  });

  test('report the exit message of a program that fails', async () => {
    const { findings } = await checkProcessing((inside) => {
      writeFileSync(inside.host(MESSAGE), 'no column "age"');
      return 1;
    });
    expect(findings.map(({ message }) => message)).toEqual(['The processing run failed: no column "age"']);
  });

  test('report a program that does not end within the time limit, with the option that raises it', async () => {
    const { findings } = await checkProcessing(
      async ({ terminated }) => (await terminated, 0),
      {},
      {
        times: { processing: 0.05 },
      },
    );
    expect(findings.map(({ id, fix }) => [id, fix])).toEqual([
      ['processing-completes', expect.stringContaining('--time processing=SECONDS') as string],
    ]);
  });

  test.each([
    ['not found', 'processing-command', 'the image has no such program'],
    ['not executable', 'processing-command', 'is not executable'],
    ['architecture', 'processing-command', 'is built for another architecture'],
  ] as const)('report a program that cannot be started because it is %s', async (failure, id, message) => {
    const engine = new CheckEngine(prepare);
    engine.startError = new EngineError('exec failed', failure);
    const result = await check(engine, { processing: processing() }, { only: ['processing'] });
    expect(findingIds(result)).toEqual([id]);
    expect(result.findings[0].message).toContain(message);
    expect(outcomeOf(result, 'processing-completes')).toMatchObject({ status: 'inconclusive' });
  });

  test('report an entrypoint script with Windows line endings', async () => {
    const engine = new CheckEngine(() => 127);
    engine.imageRoot = directoryWith({ 'prepare.sh': '#!/bin/sh\r\necho\r\n' });
    engine.imageInfo = { entrypoint: ['/prepare.sh'] };
    const { findings } = await check(engine, { processing: processing() }, { only: ['processing-command'] });
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('The lines of /prepare.sh end with carriage returns'),
    ]);
  });

  test('do not report the line endings of an entrypoint script that runs', async () => {
    const engine = new CheckEngine(prepare);
    engine.imageRoot = directoryWith({ 'prepare.sh': '#!/bin/sh\r\necho\r\n' });
    engine.imageInfo = { entrypoint: ['/prepare.sh'] };
    const result = await check(engine, { processing: processing() }, { only: ['processing-command'] });
    expect(outcomeOf(result, 'processing-command')?.status).toBe('passed');
  });

  test('do not report an init process, which has no argument of SageMaker to interpret', async () => {
    const engine = new CheckEngine(prepare);
    engine.imageInfo = { entrypoint: ['tini', '--', 'prepare'] };
    const result = await check(engine, { processing: processing() }, { only: ['init-process'] });
    expect(findingIds(result)).toEqual([]);
  });

  test('report no other error when only a part of them is selected and the run fails', async () => {
    const result = await checkProcessing(() => 1, {}, { only: ['processing-outputs'] });
    expect(outcomeOf(result, 'processing-completes')).toMatchObject({ status: 'inconclusive', isError: true });
  });
});

describe('The check of SIGTERM in processing', () => {
  /** A run that lasts long enough to be stopped. */
  const lasting =
    (isHandled: boolean | undefined, end: (inside: Inside) => Promise<number>): Program =>
    async (inside) => {
      if (isHandled !== undefined) inside.handleSigterm(isHandled);
      inside.print('started');
      return Promise.race([end(inside), sleep(1100).then(() => prepare(inside))]);
    };
  const ignores = (): Promise<number> => new Promise(() => undefined);
  const exits = async ({ terminated }: Inside): Promise<number> => (await terminated, 0);
  const only = ['processing-sigterm'];

  test('finds nothing in a program that exits', async () => {
    expect(findingIds(await checkProcessing(lasting(true, exits), {}, { only }))).toEqual([]);
  });

  test('reports a program without a handler', async () => {
    const { findings } = await checkProcessing(lasting(false, ignores), {}, { only });
    expect(findings.map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', expect.stringContaining('has no handler for SIGTERM')],
    ]);
  });

  test('does not stop a program without a handler, which would only be killed after the grace period', async () => {
    let isStopped = false;
    const program = lasting(false, ({ terminated }) => terminated.then(() => ((isStopped = true), 0)));
    await checkProcessing(program, {}, { only });
    expect(isStopped).toBe(false);
  });

  test('is inconclusive if the run ends before it is stopped', async () => {
    let count = 0;
    const program: Program = async (inside) => {
      inside.print('started');
      if (++count === 1) await sleep(1100);
      return prepare(inside);
    };
    expect(outcomeOf(await checkProcessing(program, {}, { only }), 'processing-sigterm')).toMatchObject({
      status: 'inconclusive',
      reason: 'the run ended before it could be stopped',
    });
  });

  test('reports a program that is killed after the grace period', async () => {
    const options = { only, times: { processingStopGrace: 0.05 } };
    const { findings } = await checkProcessing(lasting(undefined, ignores), {}, options);
    expect(findings.map(({ message }) => message)).toEqual([expect.stringContaining('ignored SIGTERM and was killed')]);
  });

  test('finds nothing in a program that removes its handler at its end, before its log appears', async () => {
    const program: Program = async (inside) => {
      inside.handleSigterm(true);
      await sleep(500);
      inside.handleSigterm(false);
      inside.print('done');
      await sleep(1100);
      return prepare(inside);
    };
    const result = await checkProcessing(program, {}, { only });
    expect(outcomeOf(result, 'processing-sigterm')?.status).toBe('passed');
  });

  test('is inconclusive for a short run', async () => {
    const result = await checkProcessing(prepare, {}, { only });
    expect(outcomeOf(result, 'processing-sigterm')).toMatchObject({
      status: 'inconclusive',
      reason: expect.stringContaining('ends too soon') as string,
    });
  });
});
