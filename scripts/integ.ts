// npm run integ [-- --yes]
//
// Runs the acceptance test (test/integ) in the AWS account and region of the environment: deploys, trains, tunes, transforms, deploys again
// without a change, updates the endpoint under load, rolls back a container that does not start, and destroys everything.
//
//   --yes      start without a confirmation
//
// Against the local service: npx byoa local run -- npm run integ
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { note } from '../local/cli/session';
import { REPORT, STACK_NAME, TAG } from '../test/integ/settings';

const ROOT = path.join(__dirname, '..');
const TEST = path.join(ROOT, 'test', 'integ');
const RESULTS = path.join(ROOT, '.cache', 'results', 'acceptance.txt');

/** The instances that the test uses in AWS, and for how long, including their start-up. */
const USAGE: readonly {
  readonly what: string;
  readonly type: string;
  readonly instances: number;
  readonly minutes: number;
}[] = [
  { what: 'training job', type: 'ml.m5.large', instances: 1, minutes: 5 },
  { what: 'tuning job', type: 'ml.m5.large', instances: 2, minutes: 5 },
  { what: 'transform job', type: 'ml.m5.large', instances: 1, minutes: 8 },
  { what: 'endpoint', type: 'ml.c7i.large', instances: 2, minutes: 75 },
  { what: 'endpoint, new instances of its two updates', type: 'ml.c7i.large', instances: 2, minutes: 45 },
];
const TOTAL_MINUTES = 100;

/** An upper bound of the price of these instance types per hour, in all regions. */
const MAX_PRICE = 0.2;

function estimate(): string {
  const hours = USAGE.reduce((sum, { instances, minutes }) => sum + (instances * minutes) / 60, 0);
  const lines = USAGE.map(
    ({ what, type, instances, minutes }) => `  ${instances} x ${type} for about ${minutes} min: ${what}`,
  );
  return [
    `The acceptance test deploys the stack ${STACK_NAME} and runs about ${TOTAL_MINUTES} minutes. It uses:`,
    ...lines,
    `About ${hours.toFixed(1)} instance hours: at most $${(hours * MAX_PRICE).toFixed(2)}, if an hour costs at most $${MAX_PRICE}. See`,
    'https://aws.amazon.com/sagemaker/pricing/ for the prices of your region. Storage, requests and functions cost a few cents.',
    `All taggable resources have the tag ${TAG}. Ctrl-C ends the test and destroys the stack.`,
  ].join('\n');
}

async function isConfirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    note('The test costs money: confirm it with --yes.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Type yes to start: ').finally(() => terminal.close());
  return answer.trim() === 'yes';
}

/** Runs a Node.js program in a process group of its own, which does not receive the Ctrl-C of the terminal. */
function run(args: string[], interrupted?: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
      env: { ...process.env, [REPORT]: RESULTS, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    });
    const stop = (): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    };
    interrupted?.addEventListener('abort', stop, { once: true });
    child.on('close', (code) => {
      interrupted?.removeEventListener('abort', stop);
      resolve(code ?? 1);
    });
  });
}

async function accept(interrupted: AbortSignal): Promise<number> {
  mkdirSync(path.dirname(RESULTS), { recursive: true });
  rmSync(RESULTS, { force: true });
  const runner = path.join(ROOT, 'node_modules', '.bin', 'integ-runner');
  const app = `${process.execPath} --import tsx {filePath}`;
  const regions = ['--parallel-regions', process.env.AWS_REGION ?? ''];
  const args = [runner, '--language', 'typescript', '--app', app, '--directory', TEST, ...regions, '--force'];
  const code = await run(args, interrupted);
  if (code !== 0) await cleanUp();
  return interrupted.aborted ? 1 : code;
}

/** How often the destruction is tried: a job that is being stopped can write to a bucket that has just been emptied. */
const ATTEMPTS = 3;

/** Destroys what a test has left that was interrupted or failed. */
async function cleanUp(): Promise<void> {
  note(`Destroying what is left of the stack ${STACK_NAME}.`);
  const cdk = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const app = `${process.execPath} --import tsx ${path.join(TEST, 'integ.lifecycle.ts')}`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    await run(['--import', 'tsx', path.join(TEST, 'empty-buckets.ts')]);
    if ((await run([cdk, 'destroy', '--all', '--force', '--app', app])) === 0) return;
  }
  note(`The stack ${STACK_NAME} could not be destroyed completely: delete it in the CloudFormation console.`);
}

async function main(): Promise<void> {
  const { yes } = parseArgs({ options: { yes: { type: 'boolean' } } }).values;
  const { AWS_REGION, AWS_ENDPOINT_URL } = process.env;
  if ((AWS_REGION ?? '') === '') throw new Error('Set AWS_REGION to the region of the test.');
  note(AWS_ENDPOINT_URL === undefined ? estimate() : `The acceptance test runs against ${AWS_ENDPOINT_URL}.`);
  if (AWS_ENDPOINT_URL === undefined && yes !== true && !(await isConfirmed())) {
    process.exitCode = 1;
    return;
  }
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
  process.exitCode = await accept(controller.signal);
  if (existsSync(RESULTS)) note(readFileSync(RESULTS, 'utf8'));
}

main().catch((error: Error) => {
  note(error.message);
  process.exitCode = 1;
});
