import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckOptions, CheckResult, TrainingOptions } from '../../../../local/check';
import { EngineError } from '../../../../local/container';
import { MetricDefinition } from '../../../../lib';
import { FakeEngine, type Inside, type Program } from '../../fake-engine';
import { CheckEngine, channel, check, directoryWith, findingIds, outcomeOf, train } from '../check-engine';

function checkTraining(
  program: Program,
  training: TrainingOptions = {},
  options: CheckOptions = {},
): Promise<CheckResult> {
  const request = { serving: false as const, training: { channels: [channel()], ...training } };
  return check(new FakeEngine(program), request, { only: ['training'], ...options });
}

/** The hyperparameters as the program reads them. */
function hyperparametersOf(inside: Inside): Record<string, unknown> {
  const text = readFileSync(inside.host('/opt/ml/input/config/hyperparameters.json'), 'utf8');
  return JSON.parse(text) as Record<string, unknown>;
}

const isReadOnly = ({ spec }: Inside): boolean =>
  spec.mounts.some(({ target, readOnly }) => target === '/opt/ml/input/data/train' && readOnly === true);

const failsIf =
  (isFailing: (inside: Inside) => boolean): Program =>
  (inside) =>
    isFailing(inside) ? 1 : train(inside);

const metric = { name: 'loss', regex: 'loss=([0-9.]+)' };

describe('The checks of training', () => {
  test('change all hyperparameters in one run, and make a run for each change only if that run fails', async () => {
    const runsOf = async (container: Program): Promise<number> => {
      const engine = new FakeEngine(container);
      const request = {
        serving: false as const,
        training: { channels: [channel()], hyperparameters: { epochs: '3' } },
      };
      await check(engine, request, { only: ['hyperparameter-encoding', 'unknown-hyperparameters'] });
      return engine.history.length;
    };
    expect(await runsOf(train)).toBe(2);
    expect(await runsOf(failsIf((inside) => '_tuning_objective_metric' in hyperparametersOf(inside)))).toBe(4);
  });

  test('find nothing in a program that fulfills the contract', async () => {
    const result = await checkTraining(train, { metrics: [metric] });
    expect(findingIds(result)).toEqual([]);
    expect(outcomeOf(result, 'training-completes')?.status).toBe('passed');
    expect(outcomeOf(result, 'distributed')?.status).toBe('skipped');
  });

  test.each<[string, Program, TrainingOptions]>([
    [
      'hyperparameter-strings',
      failsIf((inside) => typeof hyperparametersOf(inside).epochs !== 'number'),
      { hyperparameters: { epochs: '3' } },
    ],
    ['toolkit-variables', failsIf(({ spec }) => spec.environment.SM_MODEL_DIR === undefined), {}],
    ['training-isolation', failsIf(({ spec }) => spec.network === 'none'), { networkIsolation: true }],
    ['shared-memory', failsIf(({ spec }) => spec.sharedMemoryBytes === undefined), {}],
    ['distributed', failsIf(({ spec }) => spec.alias !== undefined), { instanceCount: 2 }],
    ['fast-file', failsIf(isReadOnly), { channels: [{ ...channel(), inputMode: 'FastFile' }] }],
  ])('identify the cause "%s" by a variation of the run', async (id, program, training) => {
    expect(findingIds(await checkTraining(program, training))).toEqual([id]);
  });

  test.each<[string, boolean, string[]]>([
    ['fails', false, ['late-hosts']],
    ['waits', true, []],
  ])('find a host that %s if the name of the first host does not resolve yet', async (_, waits, expected) => {
    const isResolved = (): boolean => engine.history.filter(({ alias }) => alias === 'algo-1').length === runs;
    let runs = 0;
    const engine: FakeEngine = new FakeEngine(async (inside) => {
      if (inside.spec.alias === 'algo-1') return train(inside);
      runs++;
      while (waits && !isResolved()) await sleep(1);
      return isResolved() ? 0 : 1;
    });
    const training = { channels: [channel()], instanceCount: 2 };
    const options = { only: ['distributed', 'late-hosts'], times: { firstHostDelay: 0.01 } };
    const result = await check(engine, { serving: false, training }, options);
    expect(findingIds(result)).toEqual(expected);
    expect(outcomeOf(result, 'late-hosts')?.status).toBe(waits ? 'passed' : 'failed');
  });

  test('identify a missing privilege by the log', async () => {
    const unprivileged = (inside: Inside): number => {
      inside.print('mount: /data: Operation not permitted');
      return 1;
    };
    expect(findingIds(await checkTraining(unprivileged))).toEqual(['privileges']);
  });

  test.each([
    ['loss=(.*?)', 'matches, but its first group does not capture a number'],
    ['(?i)accuracy=([0-9.]+)', 'does not match any line of the log'],
    ['loss=([0-9.]+', 'cannot be evaluated as a regular expression'],
  ])('find that the metric %s %s', async (regex, message) => {
    const { findings } = await checkTraining(train, { metrics: [{ name: 'loss', regex }] });
    expect(findings.map((finding) => [finding.id, finding.message])).toEqual([
      ['metrics', expect.stringContaining(`The metric "loss" (${regex}) ${message}`)],
    ]);
  });

  const prints =
    (line: string): Program =>
    (inside) => {
      inside.print(line);
      return train(inside);
    };

  test.each([
    ['an exponent', 'x=([0-9]+\\.[0-9]+)', 'x=1.5e-05', 1.5],
    ['decimals', 'x=([0-9]+)', 'x=0.93', 0],
    ['digits', 'x=([0-9]\\.[0-9])', 'x=1.25', 1.2],
    ['thousands', 'x=([0-9]+)', 'x=1,234 rows', 1],
    ['a sign', 'x=-?([0-9.]+)', 'x=-0.5', 0.5],
  ])('warn that the group of a metric leaves out %s of the number', async (_, regex, line, value) => {
    const { findings } = await checkTraining(prints(line), { metrics: [{ name: 'x', regex }] }, { only: ['metrics'] });
    expect(findings.map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', `The metric "x" (${regex}) captures only a part of the number: ${value} in "${line}".`],
    ]);
  });

  test.each([
    ['x=([0-9.]+)', 'x=0.5, 123 rows'],
    ['x=([0-9.]+)', 'x=0.5,123'],
    ['x=([-+0-9.e]+)', 'x=-1.5e-05'],
    ['x-([0-9.]+)', 'max-x-0.5'],
    ['x=([0-9.]+)', 'x=0.5epochs'],
  ])('accept that the metric %s is read from "%s"', async (regex, line) => {
    const result = await checkTraining(prints(line), { metrics: [{ name: 'x', regex }] }, { only: ['metrics'] });
    expect(outcomeOf(result, 'metrics')?.status).toBe('passed');
  });

  test.each([
    ['flags and named groups', '(?i)LOSS=(?P<loss>[0-9.]+)'],
    ['anchors', '\\Aloss=([0-9.]+);\\Z'],
    ['possessive quantifiers and comments', 'lo++ss=(?#number)([0-9.]+)'],
    ['a class that begins with a bracket', 'loss[]=]([0-9.]+)'],
    ['a group with flags', '(?i:loss)=([0-9.]+)'],
  ])('accept regular expressions with the syntax of Python: %s', async (_, regex) => {
    const result = await checkTraining(train, { metrics: [{ name: 'loss', regex }] });
    expect(findingIds(result)).toEqual([]);
    expect(outcomeOf(result, 'metrics')?.status).toBe('passed');
    expect(() => MetricDefinition.of('loss', regex)).not.toThrow();
  });

  test.each<[string, string, Program, TrainingOptions]>([
    ['exit-code', 'crashed and exited with code 0', crashes, {}],
    ['exit-code', 'crashed and exited with code 0', crashesOn(true), {}],
    ['exit-code', 'crashed and exited with code 0', crashesOn(false), {}],
    ['model-written', 'without saving anything to /opt/ml/model', () => 0, {}],
    ['model-files', 'are in a directory named "model"', savesInto('model'), {}],
    ['model-files', 'leaves /opt/ml/model/pipe, but it is a FIFO', leavesPipe, {}],
    ['objective', 'The objective metric "auc" is not one of', train, { objectives: ['auc'] }],
    [
      'unknown-hyperparameters',
      'fails with the hyperparameter "_tuning_objective_metric"',
      failsIf((inside) => '_tuning_objective_metric' in hyperparametersOf(inside)),
      {},
    ],
    [
      'hyperparameter-encoding',
      'fails with JSON-encoded values',
      failsIf((inside) => String(hyperparametersOf(inside).epochs).startsWith('"')),
      { hyperparameters: { epochs: '3' } },
    ],
    ['bad-data', 'was replaced by random bytes', ignoresData, {}],
    ['failure-file', 'without writing to /opt/ml/output/failure', failsSilently, {}],
    [
      'tuning-trials',
      'A tuning trial at the limits of the ranges (depth=99) fails',
      failsIf((inside) => hyperparametersOf(inside).depth === '99'),
      { hyperparameters: { depth: '1' }, trials: [{ depth: '1' }, { depth: '99' }] },
    ],
    ['resume', 'wrote no checkpoint', train, { hasCheckpoints: true }],
    ['resume', 'did not read any of its checkpoints', savesCheckpoint, { hasCheckpoints: true }],
  ])('find with the check "%s" that the run %s', async (id, message, program, training) => {
    const { findings } = await checkTraining(program, training, { only: [id] });
    expect(findings.map((finding) => [finding.id, finding.message])).toEqual([[id, expect.stringContaining(message)]]);
  });

  test('accept a model in a directory of its own, whose name is not that of the model directory', async () => {
    expect(findingIds(await checkTraining(savesInto('classifier'), {}, { only: ['model-files'] }))).toEqual([]);
  });

  test('accept a restarted run that reads its checkpoint', async () => {
    const resumes = (inside: Inside): number => {
      const directory = inside.host('/opt/ml/checkpoints');
      for (const name of readdirSync(directory)) readFileSync(`${directory}/${name}`);
      return savesCheckpoint(inside);
    };
    expect(findingIds(await checkTraining(resumes, { hasCheckpoints: true }, { only: ['resume'] }))).toEqual([]);
  });

  test('find a run that does not end within the time limit', async () => {
    const endless = (inside: Inside): Promise<number> => inside.terminated.then(() => 0);
    const { findings } = await checkTraining(endless, {}, { only: ['training-completes'], times: { training: 0.01 } });
    expect(findings.map(({ message }) => message)).toEqual([
      'The training run did not end within the time limit of the check.',
    ]);
  });
});

describe('The check of SIGTERM in training', () => {
  const RUN_MS = 700;
  const times = { trainingStopGrace: 0.1 };

  /** Trains for a while unless it is stopped. A complete run prints more lines, which proves that a run was stopped. */
  const trainsFor =
    (onStop: (inside: Inside) => number | Promise<number>): Program =>
    async (inside) => {
      inside.print('epoch 1');
      const isStopped = await Promise.race([sleep(RUN_MS, false), inside.terminated.then(() => true)]);
      if (isStopped) return onStop(inside);
      inside.print('epoch 2');
      return train(inside);
    };

  test('finds nothing in a run that saves its model and exits', async () => {
    const result = await checkTraining(trainsFor(train), {}, { only: ['training-sigterm'], times });
    expect(outcomeOf(result, 'training-sigterm')?.status).toBe('passed');
  });

  test('finds nothing in a run that saves no model in any case', async () => {
    const withoutModel: Program = async (inside) => {
      inside.print('epoch 1');
      const isStopped = await Promise.race([sleep(RUN_MS, false), inside.terminated.then(() => true)]);
      if (!isStopped) inside.print('epoch 2');
      return 0;
    };
    const result = await checkTraining(withoutModel, {}, { only: ['training-sigterm'], times });
    expect(outcomeOf(result, 'training-sigterm')?.status).toBe('passed');
  });

  test.each<[string, (inside: Inside) => number | Promise<number>]>([
    ['ignored SIGTERM and was killed', () => new Promise(() => undefined)],
    ['exited with code 3 after SIGTERM', () => 3],
    ['exited after SIGTERM without saving a model', () => 0],
  ])('finds a run that %s', async (message, onStop) => {
    const { findings } = await checkTraining(trainsFor(onStop), {}, { only: ['training-sigterm'], times });
    expect(findings.map((finding) => finding.message)).toEqual([expect.stringContaining(message)]);
  });

  /** Prints a line, and trains for a time that differs between runs, as on a busy machine. */
  const trainsInNoise =
    (isHandled: boolean | undefined, durations: number[]): Program =>
    async (inside) => {
      if (isHandled !== undefined) inside.handleSigterm(isHandled);
      inside.print('start');
      const isStopped = sleep(durations.shift() ?? 0, false);
      await (isHandled === true ? Promise.race([isStopped, inside.terminated]) : isStopped);
      return train(inside);
    };

  test('finds a first process without a handler, even if the run ends earlier than the complete run', async () => {
    const program = trainsInNoise(false, [RUN_MS, RUN_MS, 10]);
    const { findings } = await checkTraining(program, {}, { only: ['training-sigterm'] });
    expect(findings.map(({ message }) => message)).toEqual([
      'The training run has no handler for SIGTERM (SigCgt in /proc/1/status). A longer run would be killed and lose its model.',
    ]);
  });

  test.each([
    ['handles SIGTERM', true],
    ['may handle SIGTERM', undefined],
  ])('is inconclusive for a run that %s, and prints all of its few lines', async (_, isHandled) => {
    const program = trainsInNoise(isHandled, [RUN_MS, RUN_MS]);
    const result = await checkTraining(program, {}, { only: ['training-sigterm'] });
    expect(outcomeOf(result, 'training-sigterm')).toMatchObject({
      status: 'inconclusive',
      reason: 'the log of the run does not show whether it ended early (print a line per epoch)',
    });
  });

  /** Prints ten lines, handles SIGTERM without an effect, and waits before the line with a number. */
  const printsLines =
    (pauseBefore: number): Program =>
    async (inside) => {
      inside.handleSigterm(true);
      for (let line = 0; line < 10; line++) {
        if (line === pauseBefore) await sleep(RUN_MS);
        inside.print(`epoch ${line}`);
      }
      return train(inside);
    };

  test('finds a run that prints many lines after the signal', async () => {
    const { findings } = await checkTraining(printsLines(1), {}, { only: ['training-sigterm'] });
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('ignored SIGTERM and continued to its end'),
    ]);
  });

  test('is inconclusive for a run that has printed almost all of its lines before the signal', async () => {
    const result = await checkTraining(printsLines(9), {}, { only: ['training-sigterm'] });
    expect(outcomeOf(result, 'training-sigterm')).toMatchObject({
      status: 'inconclusive',
      reason: 'the log of the run does not show whether it ended early (print a line per epoch)',
    });
  });

  test('is inconclusive for a run that prints its lines while the signal is on its way', async () => {
    class SlowEngine extends FakeEngine {
      public override async stop(id: string, graceSeconds: number): Promise<void> {
        await this.wait(id);
        await super.stop(id, graceSeconds);
      }
    }
    const request = { serving: false as const, training: { channels: [channel()] } };
    const result = await check(new SlowEngine(printsLines(1)), request, { only: ['training-sigterm'] });
    expect(outcomeOf(result, 'training-sigterm')).toMatchObject({ status: 'inconclusive' });
  });

  test('is inconclusive for a run that removes its handler at its end, before its log appears', async () => {
    const program: Program = async (inside) => {
      inside.handleSigterm(true);
      await sleep(500);
      inside.handleSigterm(false);
      inside.print('done');
      await sleep(RUN_MS);
      return train(inside);
    };
    const result = await checkTraining(program, {}, { only: ['training-sigterm'] });
    expect(outcomeOf(result, 'training-sigterm')).toMatchObject({ status: 'inconclusive' });
  });

  /** Loads libraries, prints its lines and ends at once; it is stopped meanwhile if it has a handler. */
  const trainsAtOnce =
    (onStop: (inside: Inside) => number): Program =>
    async (inside) => {
      inside.handleSigterm(true);
      const isStopped = await Promise.race([sleep(RUN_MS, false), inside.terminated.then(() => true)]);
      if (isStopped) return onStop(inside);
      ['epoch 1', 'epoch 2', 'done'].forEach((line) => inside.print(line));
      return train(inside);
    };

  test('stops a second run if the first one got the signal too late', async () => {
    const trainsLonger = (run: number): Program => trainsFor(run === 2 ? neverStops : () => 0);
    const neverStops = (inside: Inside): number => {
      inside.print('epoch 2');
      return train(inside);
    };
    let count = 0;
    const { findings } = await checkTraining(
      (inside) => trainsLonger(++count)(inside),
      {},
      { only: ['training-sigterm'], times },
    );
    expect(findings.map((finding) => finding.message)).toEqual([
      expect.stringContaining('exited after SIGTERM without saving a model'),
    ]);
  });

  test('finds nothing in a short run that handles SIGTERM before its first line', async () => {
    const result = await checkTraining(trainsAtOnce(train), {}, { only: ['training-sigterm'], times });
    expect(outcomeOf(result, 'training-sigterm')?.status).toBe('passed');
  });

  test('is inconclusive for a short run that fails at a signal before its first line', async () => {
    const result = await checkTraining(
      trainsAtOnce(() => 1),
      {},
      { only: ['training-sigterm'], times },
    );
    expect(outcomeOf(result, 'training-sigterm')).toMatchObject({
      status: 'inconclusive',
      reason: expect.stringContaining('the run ends too soon after its first log line to be stopped') as string,
    });
  });

  test('is inconclusive for a run that ends at once', async () => {
    const result = await checkTraining(train, {}, { only: ['training-sigterm'] });
    expect(outcomeOf(result, 'training-sigterm')).toMatchObject({ status: 'inconclusive' });
  });
});

describe('The checks of the training command', () => {
  function checkStart(error: EngineError, files: Record<string, string> = {}): Promise<CheckResult> {
    const engine = new CheckEngine();
    engine.startError = error;
    engine.imageRoot = directoryWith(files);
    return check(engine, { serving: false, training: {} }, { only: ['training'] });
  }

  test.each([
    ['not found', 'the image has no such program'],
    ['not executable', 'The program "train" is not executable.'],
    ['architecture', 'is built for another architecture'],
  ] as const)('report a program that is "%s"', async (startFailure, message) => {
    const { findings } = await checkStart(new EngineError('It cannot start.\n(exec failed)', startFailure));
    expect(findings).toEqual([
      expect.objectContaining({
        id: 'train-command',
        message: expect.stringContaining(message) as string,
        evidence: ['exec failed'],
      }),
    ]);
  });

  test.each([
    ['#!/usr/bin/python9\n', 'names the interpreter /usr/bin/python9, which does not exist in the image'],
    ['\u007fELF\u0000', 'The image has no loader for the program /usr/bin/train'],
  ])('report why a program that exists is not found: %j', async (start, message) => {
    const error = new EngineError('It cannot start.\n(no such file)', 'not found');
    const { findings } = await checkStart(error, { 'usr/bin/train': start });
    expect(findings.map((finding) => [finding.id, finding.message])).toEqual([
      ['train-command', expect.stringContaining(message)],
    ]);
  });

  test('report a program that is not executable, which the search on PATH skips', async () => {
    const engine = new CheckEngine();
    engine.startError = new EngineError('It cannot start.\n(executable file not found in $PATH)', 'not found');
    engine.imageRoot = directoryWith({ 'usr/bin/train': '#!/usr/bin/env python3\n' }, 0o644);
    const { findings } = await check(engine, { serving: false, training: {} }, { only: ['training'] });
    expect(findings.map(({ message }) => message)).toEqual(['The program /usr/bin/train is not executable.']);
  });

  /** A run whose program the engine finds not to be executable only after the start of the container, as newer engines do. */
  function checkExec(log: string[], files: Record<string, string>, entrypoint: string[] = []): Promise<CheckResult> {
    const engine = new CheckEngine((inside) => {
      log.forEach((line) => inside.print(line, 'stderr'));
      return 1;
    });
    engine.imageInfo = { entrypoint };
    engine.imageRoot = directoryWith(files);
    return check(engine, { serving: false, training: {} }, { only: ['training'] });
  }

  const noFile = 'exec /usr/bin/train: no such file or directory';
  const noFormat = 'exec /usr/bin/train: exec format error';
  test.each<[string, string[], Record<string, string>, string[], string, string]>([
    [
      'ends its lines with carriage returns',
      [noFile],
      { 'usr/bin/train': '#!/bin/sh\r\n' },
      [],
      'line-ends',
      'carriage returns',
    ],
    [
      'has no interpreter line',
      [noFormat],
      { 'usr/bin/train': 'echo ok\n' },
      [],
      'train-command',
      'without an interpreter line',
    ],
    [
      'begins with a byte order mark',
      [noFormat],
      { 'usr/bin/train': '\ufeff#!/bin/sh\n' },
      [],
      'train-command',
      'byte order mark',
    ],
    [
      'is read by a shell, with carriage returns',
      ['/entry.sh: line 2: set: -: invalid option'],
      { 'bin/bash': '\u007fELF\u0000', 'entry.sh': '#!/bin/bash\r\nset -e\r\n' },
      ['/bin/bash', '/entry.sh'],
      'line-ends',
      'The lines of /entry.sh end with carriage returns',
    ],
    [
      'is started by a sound script, with carriage returns',
      ["/usr/bin/env: 'python3\\r': No such file or directory"],
      { 'entry.sh': '#!/bin/sh\nexec "$@"\n', 'usr/bin/train': '#!/usr/bin/env python3\r\n' },
      ['/entry.sh'],
      'line-ends',
      'The lines of /usr/bin/train end with carriage returns',
    ],
    [
      'is named in the log, with carriage returns',
      ['/opt/run.sh: line 1: cd: /data: No such file or directory'],
      { 'usr/bin/train': '\u007fELF\u0000', 'opt/run.sh': 'cd /data\r\n' },
      [],
      'line-ends',
      'The lines of /opt/run.sh end with carriage returns',
    ],
  ])('name the script that %s', async (_, log, files, entrypoint, id, message) => {
    const { findings } = await checkExec(log, files, entrypoint);
    expect(findings.map((finding) => [finding.id, finding.message])).toEqual([[id, expect.stringContaining(message)]]);
  });

  test('do not blame carriage returns in a file that the log names, but no shell', async () => {
    const files = { 'usr/bin/train': '\u007fELF\u0000', 'opt/labels.csv': '1,first\r\n' };
    const result = await checkExec(['/opt/labels.csv: no label for the class 3'], files, []);
    expect(findingIds(result)).toEqual(['training-completes']);
  });

  test('do not blame carriage returns that the interpreter of a script accepts', async () => {
    const files = { 'usr/bin/python3': '\u007fELF\u0000', 'opt/train.py': 'import os\r\n' };
    const result = await checkExec(['ValueError: no data'], files, ['python3', '/opt/train.py']);
    expect(findingIds(result)).toEqual(['training-completes']);
  });

  test('report Windows line endings instead of a program that is not found', async () => {
    const error = new EngineError('It cannot start.\n(no such file)', 'not found');
    const files = { 'usr/bin/train': '#!/usr/bin/env python3\r\nprint()\r\n' };
    expect(findingIds(await checkStart(error, files))).toEqual(['line-ends']);
  });
});

function crashes(inside: Inside): number {
  inside.print('Traceback (most recent call last):', 'stderr');
  return 0;
}

/** Crashes with code 0 on the sample, or on any other data. */
function crashesOn(isSample: boolean): Program {
  return (inside) => {
    const data = readFileSync(`${inside.host('/opt/ml/input/data/train')}/rows.csv`, 'utf8');
    return (data === '1,2\n3,4\n') === isSample ? crashes(inside) : train(inside);
  };
}

function ignoresData(inside: Inside): number {
  writeFileSync(inside.host('/opt/ml/model/model.json'), '{}');
  return 0;
}

function failsSilently(inside: Inside): number {
  const data = readFileSync(`${inside.host('/opt/ml/input/data/train')}/rows.csv`, 'utf8');
  return data === '1,2\n3,4\n' ? train(inside) : 1;
}

function leavesPipe(inside: Inside): number {
  execFileSync('mkfifo', [inside.host('/opt/ml/model/pipe')]);
  return train(inside);
}

function savesInto(directory: string): Program {
  return (inside) => {
    const target = inside.host(`/opt/ml/model/${directory}`);
    mkdirSync(target);
    writeFileSync(`${target}/model.json`, '{}');
    return 0;
  };
}

function savesCheckpoint(inside: Inside): number {
  writeFileSync(`${inside.host('/opt/ml/checkpoints')}/epoch-1`, '{}');
  return train(inside);
}
