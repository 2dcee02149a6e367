import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import * as path from 'node:path';
import { StateDirectory, runningIn } from '../../../local/cli/state-directory';
import { runId } from '../../../local/container';
import { byoa } from './byoa';

const MODULE = path.join(__dirname, '..', '..', '..', 'local', 'cli', 'state-directory.ts');

/** A process that takes a state directory when it receives a line, and prints whether it has succeeded. It keeps it until it ends. */
const TAKING = `
  const { StateDirectory } = require(${JSON.stringify(MODULE)});
  console.log('ready');
  process.stdin.once('data', () => {
    try {
      new StateDirectory(process.argv[1]);
      console.log('taken');
    } catch (error) {
      console.log(error.message);
    }
  });
`;

let directory: string;
const processes: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'state-'));
});
afterEach(() => processes.splice(0).forEach((one) => one.kill('SIGKILL')));

async function starting(): Promise<{ child: ChildProcess; take: () => Promise<string> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--eval', TAKING, directory], { stdio: 'pipe' });
  processes.push(child);
  await once(child.stdout, 'data');
  const take = async (): Promise<string> => {
    child.stdin.write('\n');
    return String(((await once(child.stdout, 'data')) as Buffer[])[0]).trim();
  };
  return { child, take };
}

describe('A state directory', () => {
  test('is taken by one of several services that start at the same time, after one was killed', async () => {
    const first = await starting();
    expect(await first.take()).toBe('taken');
    first.child.kill('SIGKILL');
    await once(first.child, 'close');
    const others = await Promise.all([starting(), starting(), starting(), starting()]);
    const results = await Promise.all(others.map(({ take }) => take()));
    expect(results.filter((result) => result === 'taken')).toHaveLength(1);
    expect(results.filter((result) => result.startsWith('The service is already running on '))).toHaveLength(3);
    expect(readdirSync(directory)).toEqual(['lock']);
  });

  test('is free again when it is released', () => {
    const state = new StateDirectory(directory);
    state.announce('http://127.0.0.1:4599');
    expect(() => new StateDirectory(directory)).toThrow(
      `The service is already running on http://127.0.0.1:4599 (process ${process.pid} of `,
    );
    expect(runningIn(directory)).toEqual({ pid: process.pid, run: runId(process.pid), url: 'http://127.0.0.1:4599' });
    state.release();
    expect(runningIn(directory)).toBeUndefined();
    new StateDirectory(directory).release();
  });

  test('is not in use by a process that has the process ID of a service that was killed', async () => {
    const other = spawn('sleep', ['600']);
    processes.push(other);
    const run = `${hostname()}_${other.pid}_1`;
    writeFileSync(path.join(directory, 'running.json'), JSON.stringify({ pid: other.pid, run, url: 'http://a' }));
    mkdirSync(path.join(directory, 'lock'));
    writeFileSync(path.join(directory, 'lock', run), '');
    expect(runningIn(directory)).toBeUndefined();
    await byoa(['local', 'down', '--directory', directory]);
    expect([other.exitCode, other.signalCode]).toEqual([null, null]);
    new StateDirectory(directory).release();
  });

  test('with an incomplete running.json is not in use, and the file is named', async () => {
    writeFileSync(path.join(directory, 'running.json'), '{"pid":1');
    const { code, stderr } = await byoa(['local', 'status', '--directory', directory]);
    expect(code).toBe(1);
    expect(stderr).toContain(`${path.join(directory, 'running.json')} is not complete`);
    expect(stderr).toContain('The service is not running.');
  });
});

test('A state directory that is created can only be read by its user', () => {
  const created = path.join(directory, 'new');
  new StateDirectory(created).release();
  expect(statSync(created).mode & 0o777).toBe(0o700);
});
