// The first command of the README: deploys the example with the real `cdk` to a local SageMaker, invokes its endpoint, and
// destroys it.
//
//   npm start [-- --no-install]     --no-install: do not install a Docker Engine where none runs
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { environment, removeState, serviceOf, spawned } from '../local/cli/local';
import { Session, note } from '../local/cli/session';
import type { StartOptions } from '../local/cli/start-options';

const ROOT = path.join(__dirname, '..');
const VALIDATION = path.join(ROOT, 'assets', 'breast-cancer', 'data', 'validation', 'validation.csv');
const CDK = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const LABELS: Record<string, string> = { '0': 'malignant', '1': 'benign' };

function step(title: string): void {
  note(`\n== ${title}`);
}

/** Runs a program of this project, whose output the user sees. */
function run(command: string, ...args: string[]): void {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error(`"${[command, ...args].join(' ')}" exited with code ${status}.`);
}

interface Predictions {
  readonly predictions: { readonly label: string; readonly probability: number }[];
}

/** The rows of the validation data, which are not used for training, and their labels. */
function heldOut(): { rows: string; labels: string[] } {
  const lines = readFileSync(VALIDATION, 'utf8').trim().split('\n');
  const pairs = lines.map((line) => [line.slice(0, 1), line.slice(2)]);
  return { rows: pairs.map(([, row]) => row).join('\n'), labels: pairs.map(([label]) => LABELS[label]) };
}

/** Invokes the endpoint with the AWS SDK and returns the share of correct predictions, as text. */
async function predict(endpoint: string, url: string): Promise<string> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SageMakerRuntimeClient({ endpoint: url, region: 'us-east-1', credentials });
  const { rows, labels } = heldOut();
  const command = new InvokeEndpointCommand({ EndpointName: endpoint, ContentType: 'text/csv', Body: rows });
  const { Body } = await client.send(command);
  const { predictions } = JSON.parse(Buffer.from(Body).toString()) as Predictions;
  predictions.slice(0, 5).forEach(({ label, probability }, index) => {
    const prediction = `${label.padEnd(9)} (benign with probability ${probability.toFixed(3)})`;
    note(`  row ${index + 1}: ${prediction}, actual: ${labels[index]}`);
  });
  const correct = predictions.filter(({ label }, index) => label === labels[index]).length;
  return `Held-out accuracy: ${(correct / labels.length).toFixed(3)} (${correct} of ${labels.length} rows)`;
}

/** Deploys, invokes and destroys the example. Returns the exit code of the first command that fails, or 0. */
async function lifecycle(url: string, directory: string): Promise<number> {
  const outputs = path.join(directory, 'outputs.json');
  const cdk = (...words: string[]): Promise<number> =>
    spawned([process.execPath, CDK, ...words, '--all'], environment(url, { directory }));

  step('Deploying the example with `cdk deploy`: image, algorithm, training job, model, endpoint');
  const code = await cdk('deploy', '--require-approval', 'never', '--outputs-file', outputs);
  if (code !== 0) return code;

  step('Invoking the endpoint with held-out rows, through the AWS SDK');
  const [stack] = Object.values(JSON.parse(readFileSync(outputs, 'utf8')) as Record<string, Record<string, string>>);
  const accuracy = await predict(stack.EndpointName, url);
  note(`  ${accuracy}`);

  step('Destroying the example with `cdk destroy`');
  const destroyed = await cdk('destroy', '--force');
  if (destroyed === 0) console.log(`\nThe endpoint returned predictions, and the stack was destroyed. ${accuracy}`);
  return destroyed;
}

async function main(): Promise<void> {
  process.chdir(ROOT);
  // Suppresses a notice about future versions of the SDK, which does not concern users of the library.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  run('bash', 'scripts/docker-engine.sh', ...process.argv.slice(2));
  process.exitCode = await Session.of(async (session) => {
    step('Preparing the base image');
    run('bash', 'scripts/base-image.sh');
    const directory = mkdtempSync(path.join(tmpdir(), 'start-'));
    const options: StartOptions = { directory, port: '0', host: '127.0.0.1', maxInstances: '2' };
    try {
      const { service, close } = await serviceOf(session, options, {});
      const code = await lifecycle(service.context.url, directory).finally(close);
      if (code === 0) console.log(`CloudFormation templates: ${path.join(ROOT, 'cdk.out')}`);
      return code;
    } finally {
      await removeState(directory, session.engine);
    }
  });
}

main().catch((error: Error) => {
  note(error.message);
  process.exitCode = 1;
});
