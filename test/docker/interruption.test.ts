import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = path.join(__dirname, '..', '..');
const PROGRAM = path.join(ROOT, 'dist', 'bin', 'byoa.js');
const EXAMPLE = path.join(ROOT, 'assets', 'breast-cancer');
const TRAIN = [
  ...['train', EXAMPLE, '--channel', `train=${path.join(EXAMPLE, 'data', 'train')}`],
  ...['--hyperparameter', 'epochs=1000', '--hyperparameter', 'pause_seconds=0.2'],
];

/** The temporary directory of the runs: other processes create similar directories in the one of the machine. */
const temporary = mkdtempSync(path.join(tmpdir(), 'test-'));

function docker(...args: string[]): string[] {
  return execFileSync('docker', args, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

/** The containers, networks and directories that runs have left behind. */
function leftovers(): { containers: string[]; networks: string[]; directories: string[] } {
  const filter = ['--filter', 'label=cdk-sagemaker-algorithm.run', '--quiet'];
  return {
    containers: docker('ps', '--all', ...filter),
    networks: docker('network', 'ls', ...filter),
    directories: readdirSync(temporary),
  };
}

const NOTHING = { containers: [], networks: [], directories: [] };

interface CommandResult {
  readonly code: number | null;
  readonly lines: string[];
}

/** Runs the command line, and acts when it prints a line. */
function byoa(args: string[], when: RegExp, act: (child: ChildProcess) => void): Promise<CommandResult> {
  const output = mkdtempSync(path.join(tmpdir(), 'test-'));
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd: output,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (when.test(line)) act(child);
    });
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, lines })));
}

function slowImage(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'test-'));
  const from = 'FROM public.ecr.aws/docker/library/debian:bookworm-slim';
  writeFileSync(path.join(directory, 'Dockerfile'), `${from}\nRUN echo ${Date.now()} && sleep 60\n`);
  return directory;
}

/** Polls a condition of the engine, which has no event to wait for. */
async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 100));
}

const interrupt = (child: ChildProcess): void => void child.kill('SIGINT');

describe('An interrupted run leaves nothing behind', () => {
  test('when Ctrl-C arrives during the build of the image', async () => {
    const before = docker('ps', '--all', '--quiet');
    const { code } = await byoa(['train', slowImage(), '--verbose'], /sleep 60|Running in/, interrupt);
    expect(code).toBe(130);
    // The container of the builder has no label; the engine removes it when its client has disconnected.
    await until(() => docker('ps', '--all', '--quiet').every((container) => before.includes(container)));
    expect(leftovers()).toEqual(NOTHING);
  });

  test('when Ctrl-C arrives while the container starts', async () => {
    expect((await byoa(TRAIN, /^Starting$/, interrupt)).code).toBe(130);
    expect(leftovers()).toEqual(NOTHING);
  });

  test('when Ctrl-C arrives during training, except the artifacts', async () => {
    const { code, lines } = await byoa(TRAIN, /^epoch=2;/, interrupt);
    expect(code).toBe(130);
    expect(lines.some((line) => /^Stopped after/.test(line))).toBe(true);
    expect(lines[lines.length - 1]).toMatch(/model\.tar\.gz$/);
    expect(leftovers()).toEqual(NOTHING);
  });

  test('when Ctrl-C arrives twice', async () => {
    const twice = (child: ChildProcess): void => {
      interrupt(child);
      setImmediate(() => interrupt(child));
    };
    expect((await byoa(TRAIN, /^epoch=2;/, twice)).code).toBe(130);
    expect(leftovers()).toEqual(NOTHING);
  });

  test('when the terminal is closed during serving', async () => {
    const model = mkdtempSync(path.join(tmpdir(), 'test-'));
    const plain = { classes: ['a', 'b'], mean: [], scale: [], coefficients: [], intercept: 0 };
    writeFileSync(path.join(model, 'model.json'), JSON.stringify(plain));
    const args = ['serve', EXAMPLE, '--target', 'inference', '--model', model];
    const { code, lines } = await byoa(args, /^Listening on http:\/\/127\.0\.0\.1:\d+\/invocations$/, (child) =>
      child.kill('SIGHUP'),
    );
    expect(lines).toContain('Stopping');
    expect(code).toBe(0);
    expect(leftovers()).toEqual(NOTHING);
  });
});

test('The next run removes the containers, networks and directories of a killed run', async () => {
  await byoa(TRAIN, /^epoch=2;/, (child) => child.kill('SIGKILL'));
  expect(leftovers().containers).toHaveLength(1);
  await byoa(['invoke', EXAMPLE, '--request', path.join(EXAMPLE, 'data', 'request.csv')], /^Starting$/, interrupt);
  expect(leftovers()).toEqual(NOTHING);
});

test('A run does not remove the containers of another run that has not ended', async () => {
  const counts: number[] = [];
  const { code } = await byoa(TRAIN, /^epoch=2;/, (child) => {
    const env = { ...process.env, TMPDIR: temporary };
    const other = spawn(process.execPath, [PROGRAM, 'train', 'no-such-image'], { env, stdio: 'ignore' });
    other.on('close', () => {
      counts.push(leftovers().containers.length);
      interrupt(child);
    });
  });
  expect([code, counts]).toEqual([130, [1]]);
  expect(leftovers()).toEqual(NOTHING);
});
