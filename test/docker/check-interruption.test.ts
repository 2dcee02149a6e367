import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '../../local/container';
import { buildBase } from '../corpus';

const ROOT = path.join(__dirname, '..', '..');
const BYOA = path.join(ROOT, 'dist', 'bin', 'byoa.js');
const CONTAINERS = path.join(ROOT, 'test', 'fixtures', 'containers');
const LABEL = 'label=cdk-sagemaker-algorithm.run';

/** `KILLS=100 npm run test:docker -- check-interruption` ends more checks than CI. */
const KILLS = Number(process.env.KILLS ?? 10);

/** The latest random moment of a signal. */
const LATEST_MS = 9_000;

/** Only stops a test that hangs. */
const TEST_MS = KILLS * 60_000;
const INTERRUPTED = 130;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const directory = mkdtempSync(path.join(tmpdir(), 'test-'));
const model = path.join(directory, 'model');

/** The temporary directory of the checks: other processes create similar directories in the one of the machine. */
const temporary = path.join(directory, 'tmp');

beforeAll(() => {
  buildBase();
  mkdirSync(model);
  mkdirSync(temporary);
  writeFileSync(path.join(model, 'model.json'), '{"slope": 2}');
});

afterAll(() => rmSync(directory, { recursive: true }));

function list(...words: string[]): string[] {
  const output = execFileSync('docker', words, { encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

/** Everything that a check creates outside its process. */
function traces(): Record<string, string[]> {
  return {
    containers: list('ps', '--all', '--quiet', '--filter', LABEL),
    networks: list('network', 'ls', '--quiet', '--filter', LABEL),
    volumes: list('volume', 'ls', '--quiet'),
    directories: readdirSync(temporary),
  };
}

/** Reports that the process handles signals: before that, only Node.js itself runs. */
const REPORT_HANDLER =
  "process.on('newListener', (name) => name === 'SIGTERM' && process.nextTick(() => process.connected && (process.send('ready'), process.disconnect())));";

function check(container: string, ...options: string[]): ChildProcess {
  const preload = `data:text/javascript,${encodeURIComponent(REPORT_HANDLER)}`;
  const args = ['--import', preload, BYOA, 'check', path.join(CONTAINERS, container), ...options];
  return spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    cwd: ROOT,
    env: { ...process.env, TMPDIR: temporary },
  });
}

const data = ['--channel', `train=${path.join(CONTAINERS, 'data', 'train')}`];
const request = ['--request', path.join(CONTAINERS, 'data', 'request.csv')];

/** Checks that take longer than any test. */
const endless = {
  training: () =>
    check(
      'clean-python',
      ...[...data, ...request, '--hyperparameter', 'epochs=1000000', '--instance-count', '2', '--checkpointing'],
    ),
  serving: () => check('never-listens', '--no-training', '--model', model, ...request),
};

async function exitCodeOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

/** Starts a check and sends a signal at a moment after it has started to handle signals. */
async function interrupt(
  start: () => ChildProcess,
  signal: NodeJS.Signals,
  moment: (startTime: number, ended: AbortSignal) => Promise<unknown>,
): Promise<number | null> {
  const startTime = Date.now() / 1000;
  const child = start();
  const exit = exitCodeOf(child);
  // A process that cannot start never sends the message.
  await Promise.race([once(child, 'message'), exit]);
  const ended = new AbortController();
  await Promise.race([moment(startTime, ended.signal), exit]);
  ended.abort();
  child.kill(signal);
  return exit;
}

const atOnce = (): Promise<void> => Promise.resolve();
const after = (milliseconds: number) => (): Promise<void> => sleep(milliseconds);

/** The moment when the engine reports an event of the first containers of the check. */
const at =
  (event: string, containers = 1) =>
  async (startTime: number, signal: AbortSignal) => {
    const options = ['--since', String(startTime), '--filter', LABEL, '--filter', `event=${event}`];
    const events = spawn('docker', ['events', ...options], { stdio: ['ignore', 'pipe', 'inherit'], signal });
    events.on('error', () => undefined); // the signal
    let output = '';
    for await (const chunk of events.stdout) {
      output += String(chunk);
      if (output.split('\n').length > containers) return;
    }
  };

describe.each(['training', 'serving'] as const)('A check whose %s does not end', (phase) => {
  describe.each(SIGNALS)('exits with code 130 and leaves nothing behind when %s arrives', (signal) => {
    test.each([
      ['while the command line is loaded', atOnce],
      ['as soon as the engine has created a container', at('create')],
      ['as soon as the engine has started a container', at('start')],
    ])('%s', async (_, moment) => {
      const before = traces();
      expect(await interrupt(endless[phase], signal, moment)).toBe(INTERRUPTED);
      expect(traces()).toEqual(before);
    });
  });

  test(
    'exits with code 130 and leaves nothing behind when signals arrive at random times',
    async () => {
      const before = traces();
      const random = randomFrom(7);
      for (let round = 0; round < KILLS / 2; round++) {
        const code = await interrupt(endless[phase], SIGNALS[round % 2], after(random() * LATEST_MS));
        expect(code).toBe(INTERRUPTED);
        expect(traces()).toEqual(before);
      }
    },
    TEST_MS,
  );
});

describe('A check that starts the first host after the others', () => {
  const options = ['--no-serving', '--only', 'late-hosts', '--instance-count', '2', '--time', 'firstHostDelay=3600'];
  const delayed = (): ChildProcess => check('clean-waits-for-hosts', ...data, ...options);

  test.each(SIGNALS)(
    'exits with code 130 and leaves nothing behind when %s arrives before that host starts',
    async (signal) => {
      const before = traces();
      // The two hosts of the run without a delay, and one of the other run.
      expect(await interrupt(delayed, signal, at('start', 3))).toBe(INTERRUPTED);
      expect(traces()).toEqual(before);
    },
  );
});

test(
  'The next check removes everything that killed checks have left behind',
  async () => {
    const before = traces();
    const random = randomFrom(8);
    // At least this one leaves a container behind.
    await interrupt(endless.training, 'SIGKILL', at('start'));
    expect(traces().containers.length).toBeGreaterThan(before.containers.length);
    for (let round = 1; round < KILLS / 2; round++) {
      await interrupt(endless.training, 'SIGKILL', after(random() * LATEST_MS));
    }
    expect(await exitCodeOf(check('clean-python', '--only', 'platform'))).toBe(0);
    expect(traces()).toEqual(before);
  },
  TEST_MS,
);
