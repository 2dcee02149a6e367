import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { constants, tmpdir } from 'node:os';
import * as path from 'node:path';
import { type Ended, byoa } from './byoa';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A container engine that sends a signal to the command line when a command is called, and continues when it was received. */
const FAKE_DOCKER = `#!/bin/sh
echo "$1" >> "$STATE/calls"
if [ "$1" = "$SIGNAL_AT" ]; then kill -s "\${SIGNAL#SIG}" $PPID; cat "$STATE/received"; fi
case "$1" in
  image) echo '{"Id":"sha256:1","Os":"linux","Architecture":"amd64","Size":1}' ;;
  # docker run --detach --cidfile FILE …
  run) echo container > "$4" ;;
  wait) cat "$STATE/exit-code" ;;
  stop) echo 0 > "$STATE/exit-code" ;;
esac
`;

/** Sends one signal to the process itself as soon as it has a handler, before the command line is loaded. */
const SIGNAL_AFTER_HANDLER = `
const sendOnce = (name) => {
  if (name !== process.env.SIGNAL) return;
  process.off('newListener', sendOnce);
  process.nextTick(() => process.kill(process.pid, name));
};
process.on('newListener', sendOnce);
`;

/** A request that never settles, with nothing that keeps the process alive: what \`fetch\` did in Node.js 20. */
const ENDLESS_REQUEST = `
const { EventEmitter } = require('node:events');
require('node:http').request = () => Object.assign(new EventEmitter(), { end: () => undefined });
const { setTimeout } = globalThis;
globalThis.setTimeout = (...args) => setTimeout(...args).unref();
`;

function file(text: string, mode = 0o644): string {
  const name = path.join(mkdtempSync(path.join(tmpdir(), 'test-')), 'file.js');
  writeFileSync(name, text, { mode });
  return name;
}

/** The exit code that a shell reports. */
function shellCode({ code, signal }: Ended): number {
  return code ?? 128 + constants.signals[signal ?? 'SIGKILL'];
}

interface Interrupted {
  readonly code: number | null;
  readonly calls: string[];
  readonly leftovers: string[];
}

/** Runs a command that receives a signal while it waits for a command of the engine; without one, before it is loaded. */
async function interruptedAt(
  engineCommand: string | undefined,
  signal: string,
  ...args: string[]
): Promise<Interrupted> {
  const state = mkdtempSync(path.join(tmpdir(), 'test-'));
  const scratch = path.join(state, 'tmp');
  mkdirSync(scratch);
  const received = path.join(state, 'received');
  execFileSync('mkfifo', [path.join(state, 'exit-code'), received]);
  const { code } = await byoa(args, {
    env: {
      CDK_DOCKER: file(FAKE_DOCKER, 0o755),
      STATE: state,
      TMPDIR: scratch,
      SIGNAL: signal,
      ...(engineCommand === undefined
        ? { NODE_OPTIONS: `--require ${file(SIGNAL_AFTER_HANDLER)}` }
        : { SIGNAL_AT: engineCommand }),
    },
    onSpawn: ({ stderr }) =>
      stderr?.on('data', (text: Buffer) => {
        if (engineCommand !== undefined && text.toString().includes('Stopping. ')) void writeFile(received, '');
      }),
  });
  const calls = readFileSync(path.join(state, 'calls'), 'utf8').trim().split('\n');
  return { code, calls, leftovers: readdirSync(scratch) };
}

describe('A signal', () => {
  test('that arrives as soon as the process is spawned ends it with 130, as a shell reports it', async () => {
    const ended = await byoa(['train', 'image'], { onSpawn: (child) => child.kill('SIGINT') });
    expect(shellCode(ended)).toBe(130);
  });

  test.each(SIGNALS)('%s that arrives before the command line is loaded ends it with exit code 130', async (signal) => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { NODE_OPTIONS: `--require ${file(SIGNAL_AFTER_HANDLER)}`, SIGNAL: signal };
    const { code } = await byoa(['invoke', '--url', url, '--request', file('1,2')], { env });
    server.close();
    expect(code).toBe(130);
  });

  test('for a pipe without a reader ends a command without a stack trace', async () => {
    const { code, stderr } = await byoa(['check', '--help'], { onSpawn: ({ stdout }) => stdout?.destroy() });
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  });

  const output = ['--output', mkdtempSync(path.join(tmpdir(), 'test-'))];
  test.each(SIGNALS)(
    '%s that arrives before `byoa train` is loaded ends it before it creates anything',
    async (signal) => {
      const { code, calls, leftovers } = await interruptedAt(undefined, signal, 'train', 'image', ...output);
      expect([code, leftovers]).toEqual([130, []]);
      expect(calls).not.toContain('run');
    },
  );

  describe.each(SIGNALS)('%s during `byoa train`', (signal) => {
    test.each(['version', 'ps', 'network', 'image'])(
      'that arrives at `docker %s` ends it with exit code 130 before it creates a container',
      async (engineCommand) => {
        const { code, calls, leftovers } = await interruptedAt(engineCommand, signal, 'train', 'image', ...output);
        expect([code, leftovers]).toEqual([130, []]);
        expect(calls).not.toContain('run');
      },
    );

    test.each(['run', 'wait'])(
      'that arrives at `docker %s` ends it with exit code 130 and removes the container',
      async (engineCommand) => {
        const { code, calls, leftovers } = await interruptedAt(engineCommand, signal, 'train', 'image', ...output);
        expect([code, leftovers]).toEqual([130, []]);
        expect(calls).toContain('rm');
      },
    );
  });

  test.each(['version', 'ps', 'network'])(
    'that arrives at `docker %s` ends `byoa local up` with exit code 130 before the service starts',
    async (engineCommand) => {
      const directory = path.join(mkdtempSync(path.join(tmpdir(), 'test-')), 'state');
      const args = ['local', 'up', '--port', '0', '--directory', directory];
      expect(await interruptedAt(engineCommand, 'SIGTERM', ...args)).toMatchObject({ code: 130, leftovers: [] });
    },
  );
});

describe('The exit code', () => {
  test('is 2, with an error, when the event loop runs empty before the command has finished', async () => {
    const args = ['invoke', '--url', 'http://127.0.0.1:1', '--request', file('1,2')];
    expect(await byoa(args, { env: { NODE_OPTIONS: `--require ${file(ENDLESS_REQUEST)}` } })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'byoa: internal error: the command ended before it was finished.\n',
    });
  });

  test.each([['--help'], ['train', '--help'], ['local', 'env']])('of `byoa %s %s` is 0', async (...args) => {
    expect(await byoa(args.filter((word) => word !== undefined))).toMatchObject({ code: 0, stderr: '' });
  });
});
