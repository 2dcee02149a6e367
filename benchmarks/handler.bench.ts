import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import * as path from 'node:path';

const ROUNDS = 15;
const MAX_KILOBYTES = 400;
const MAX_MILLISECONDS = 40;
const BUNDLE = path.join(__dirname, '..', 'dist', 'handlers', 'jobs', 'index.js');

/** Milliseconds that a new process takes to run some code. */
function elapsed(code: string): number {
  const started = process.hrtime.bigint();
  spawnSync(process.execPath, ['-e', code], {
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  return Number(process.hrtime.bigint() - started) / 1e6;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Size of the handler of jobs, and what importing it takes over a bare `node`, pair by pair. */
export function run(): void {
  spawnSync(process.execPath, ['scripts/build.mjs', '--if-stale'], { stdio: 'inherit' });
  const kilobytes = statSync(BUNDLE).size / 1000;
  const milliseconds = median(
    Array.from({ length: ROUNDS }, () => elapsed(`require(${JSON.stringify(BUNDLE)})`) - elapsed('0')),
  );
  console.log(`bundle: ${kilobytes.toFixed(0)} kB (at most ${MAX_KILOBYTES})`);
  console.log(`import: ${milliseconds.toFixed(0)} ms over bare node (at most ${MAX_MILLISECONDS})`);
}
