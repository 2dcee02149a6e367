import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
const TEST_MS = KILLS * 30_000;
const INTERRUPTED = 130;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

const model = mkdtempSync(path.join(tmpdir(), 'test-'));

beforeAll(() => {
  buildBase();
  writeFileSync(path.join(model, 'model.json'), '{"slope": 2}');
});

afterAll(() => rmSync(model, { recursive: true }));

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
    directories: readdirSync(tmpdir()).filter((name) => name.startsWith('byoa-')),
  };
}

/** Reports when the process handles signals: before that, nothing but Node.js itself runs. */
const REPORT_HANDLER =
  "process.on('newListener', (name) => name === 'SIGTERM' && process.nextTick(() => process.connected && (process.send('ready'), process.disconnect())));";

function check(container: string, ...options: string[]): ChildProcess {
  const preload = `data:text/javascript,${encodeURIComponent(REPORT_HANDLER)}`;
  const args = ['--import', preload, BYOA, 'check', path.join(CONTAINERS, container), ...options];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], cwd: ROOT });
}

const data = ['--channel', `train=${path.join(CONTAINERS, 'data', 'train')}`];
const request = ['--request', path.join(CONTAINERS, 'data', 'request.csv')];

/** Checks that do not end by themselves within the time of the test. */
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

/** Sends a signal some milliseconds after the process has started to handle signals. */
async function interrupt(child: ChildProcess, signal: NodeJS.Signals, milliseconds: number): Promise<number | null> {
  const exit = exitCodeOf(child);
  // A process that cannot start never sends the message.
  await Promise.race([once(child, 'message'), exit]);
  if (milliseconds > 0) await sleep(milliseconds);
  child.kill(signal);
  return exit;
}

describe.each(['training', 'serving'] as const)('A check whose %s does not end', (phase) => {
  test.each(SIGNALS)('exits with code 130 and leaves nothing behind after %s during start-up', async (signal) => {
    const before = traces();
    expect(await interrupt(endless[phase](), signal, 0)).toBe(INTERRUPTED);
    expect(traces()).toEqual(before);
  });

  test(
    'exits with code 130 and leaves nothing behind after a signal at any time',
    async () => {
      const before = traces();
      const random = randomFrom(7);
      for (let round = 0; round < KILLS / 2; round++) {
        const code = await interrupt(endless[phase](), SIGNALS[round % 2], random() * LATEST_MS);
        expect(code).toBe(INTERRUPTED);
        expect(traces()).toEqual(before);
      }
    },
    TEST_MS,
  );
});

test(
  'The next check removes everything that killed checks have left behind',
  async () => {
    const before = traces();
    const random = randomFrom(8);
    let orphans = 0;
    for (let round = 0; round < KILLS / 2; round++) {
      await interrupt(endless.training(), 'SIGKILL', random() * LATEST_MS);
      orphans += Object.values(traces()).flat().length - Object.values(before).flat().length;
    }
    expect(await exitCodeOf(check('clean-python', '--only', 'platform'))).toBe(0);
    expect(traces()).toEqual(before);
    // Without orphans, the removal would not have been tested.
    expect(orphans).toBeGreaterThan(0);
  },
  TEST_MS,
);
