import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { randomFrom } from '../../local/container';
import { buildBase } from '../corpus';

const ROOT = path.join(__dirname, '..', '..');
const BYOA = path.join(ROOT, 'dist', 'bin', 'byoa.js');
const CONTAINERS = path.join(ROOT, 'test', 'fixtures', 'containers');
const LABEL = 'label=cdk-sagemaker-algorithm.run';

/** In CI a few; `KILLS=100 npm run test:docker -- check-interruption` kills more often. */
const KILLS = Number(process.env.KILLS ?? 10);
const LONGEST_MS = 9_000;
const TEST_MS = KILLS * 15_000;
const INTERRUPTED = 130;

beforeAll(buildBase);

function list(...words: string[]): string[] {
  const output = execFileSync('docker', words, { encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

/** Whatever a run may leave: its containers and networks, anonymous volumes, and directories. */
function traces(): Record<string, string[]> {
  return {
    containers: list('ps', '--all', '--quiet', '--filter', LABEL),
    networks: list('network', 'ls', '--quiet', '--filter', LABEL),
    volumes: list('volume', 'ls', '--quiet'),
    directories: readdirSync(tmpdir()).filter((name) => name.startsWith('byoa-')),
  };
}

function check(...more: string[]): ChildProcess {
  const request = path.join(CONTAINERS, 'data', 'request.csv');
  const channel = `train=${path.join(CONTAINERS, 'data', 'train')}`;
  return spawn(
    process.execPath,
    [BYOA, 'check', path.join(CONTAINERS, 'clean-python'), '--channel', channel, '--request', request, ...more],
    { stdio: 'ignore', cwd: ROOT },
  );
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('exit', (code) => resolve(code)));
}

/** Ends a check at some moment, if it is not over by then. */
async function endedAt(milliseconds: number, signal: NodeJS.Signals): Promise<number | null> {
  const child = check('--instance-count', '2', '--checkpoints');
  const timer = setTimeout(() => child.kill(signal), milliseconds);
  const code = await ended(child);
  clearTimeout(timer);
  return code;
}

test(
  'A check that is interrupted removes all that it has made before it ends',
  async () => {
    const before = traces();
    const random = randomFrom(7);
    for (let round = 0; round < KILLS / 2; round++) {
      const code = await endedAt(200 + random() * LONGEST_MS, round % 2 === 0 ? 'SIGINT' : 'SIGTERM');
      expect([0, INTERRUPTED]).toContain(code);
      expect(traces()).toEqual(before);
    }
  },
  TEST_MS,
);

test(
  'What a killed check has left is removed by the next one',
  async () => {
    const before = traces();
    const random = randomFrom(8);
    let left = 0;
    for (let round = 0; round < KILLS / 2; round++) {
      await endedAt(500 + random() * LONGEST_MS, 'SIGKILL');
      left += Object.values(traces()).flat().length - Object.values(before).flat().length;
    }
    expect(await ended(check('--only', 'platform'))).toBe(0);
    expect(traces()).toEqual(before);
    // Had nothing been left, the removal would not have been seen.
    expect(left).toBeGreaterThan(0);
  },
  TEST_MS,
);
