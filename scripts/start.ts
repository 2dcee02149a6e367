// What a newcomer runs first: the example, deployed with the real `cdk` to a SageMaker on this machine, asked, and destroyed.
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type StartOptions, close, environment, removeState, serviceOf, spawned } from '../local/cli/local';
import { Session, note } from '../local/cli/session';

const ROOT = path.join(__dirname, '..');
const VALIDATION = path.join(ROOT, 'assets', 'breast-cancer', 'data', 'validation', 'validation.csv');
const CDK = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const LABELS: Record<string, string> = { '0': 'malignant', '1': 'benign' };

function step(title: string): void {
  note(`\n== ${title}`);
}

/** Runs a program of this project; its output is the user's. */
function run(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with code ${status}.`);
}

interface Answer {
  readonly predictions: { readonly label: string; readonly probability: number }[];
}

/** The held-out rows: what is asked, and what is right. */
function heldOut(): { rows: string; labels: string[] } {
  const lines = readFileSync(VALIDATION, 'utf8').trim().split('\n');
  const cut = lines.map((line) => [line.slice(0, 1), line.slice(2)]);
  return { rows: cut.map(([, row]) => row).join('\n'), labels: cut.map(([label]) => LABELS[label]) };
}

/** Asks the endpoint as any program would, with the AWS SDK. */
async function predict(endpoint: string, url: string): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SageMakerRuntimeClient({ endpoint: url, region: 'us-east-1', credentials });
  const { rows, labels } = heldOut();
  const command = new InvokeEndpointCommand({ EndpointName: endpoint, ContentType: 'text/csv', Body: rows });
  const { Body } = await client.send(command);
  const { predictions } = JSON.parse(Buffer.from(Body).toString()) as Answer;
  predictions.slice(0, 5).forEach(({ label, probability }, index) => {
    const shown = `${label.padEnd(9)} (benign with probability ${probability.toFixed(3)})`;
    note(`  row ${index + 1}: ${shown}, in truth ${labels[index]}`);
  });
  const right = predictions.filter(({ label }, index) => label === labels[index]).length;
  console.log(`\nHeld-out accuracy: ${(right / labels.length).toFixed(3)} (${right} of ${labels.length} rows)`);
}

/** The example's life against a service that was started for it: 0 when all of it went well. */
async function lifecycle(url: string, directory: string): Promise<number> {
  const outputs = path.join(directory, 'outputs.json');
  const cdk = (...words: string[]): Promise<number> =>
    spawned([process.execPath, CDK, ...words, '--all'], environment(url, { directory }));

  step('Deploying the example with `cdk deploy`: image, algorithm, training on the real data, model, endpoint');
  const code = await cdk('deploy', '--require-approval', 'never', '--outputs-file', outputs);
  if (code !== 0) return code;

  step('Asking the endpoint about rows that it has not seen, with the AWS SDK');
  const [stack] = Object.values(JSON.parse(readFileSync(outputs, 'utf8')) as Record<string, Record<string, string>>);
  await predict(stack.EndpointName, url);

  step('Destroying it with `cdk destroy`');
  return cdk('destroy', '--force');
}

async function main(): Promise<void> {
  if (process.argv.includes('--install-docker')) run('bash', 'scripts/docker-engine.sh');
  process.chdir(ROOT);
  process.exitCode = await Session.of(async (session) => {
    step('Looking for the base image');
    run('bash', 'scripts/base-image.sh');
    const directory = mkdtempSync(path.join(tmpdir(), 'start-'));
    const options: StartOptions = { directory, port: '0', listen: '127.0.0.1' };
    try {
      const service = await serviceOf(session, options, {});
      const code = await lifecycle(service.context.url, directory).finally(() => close(service, options));
      if (code === 0) console.log(`CloudFormation templates: ${path.join(ROOT, 'cdk.out')}`);
      return code;
    } finally {
      await removeState(directory, session.engine);
    }
  });
}

void main();
