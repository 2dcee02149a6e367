// Hook of integ.lifecycle.ts, which runs when the stack is deployed: deploys it again in the ways that users do.
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeEndpointCommand,
  SageMakerClient,
  paginateListHyperParameterTuningJobs,
  paginateListTrainingJobs,
  paginateListTransformJobs,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { REPORT, STACK_NAME, STEP, type Step } from './settings';

const ROOT = path.join(__dirname, '..', '..');
const REQUESTS = readFileSync(path.join(ROOT, 'assets', 'breast-cancer', 'data', 'request.csv'), 'utf8');

/** The pause between two requests, which leaves the endpoint time for its own work. */
const PAUSE_MS = 200;

const [sagemaker, runtime, cloudformation] = [
  new SageMakerClient(),
  new SageMakerRuntimeClient(),
  new CloudFormationClient(),
];

/** Reports a result, and fails if it is not the expected one. */
function report(title: string, isExpected: boolean, detail: string): void {
  const line = `${isExpected ? 'passed' : 'FAILED'}: ${title} (${detail})\n`;
  process.stdout.write(line);
  const file = process.env[REPORT];
  if (file !== undefined) appendFileSync(file, line);
  if (!isExpected) process.exitCode = 1;
}

/** Deploys the stack with the CDK CLI; returns its exit code. */
async function deploy(step: Step): Promise<number> {
  const output = mkdtempSync(path.join(tmpdir(), 'acceptance-'));
  const app = `${process.execPath} --import tsx ${path.join(__dirname, 'integ.lifecycle.ts')}`;
  const options = [
    '--no-path-metadata',
    '--no-asset-metadata',
    '--no-version-reporting',
    '--require-approval',
    'never',
  ];
  const args = [path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk'), 'deploy', STACK_NAME];
  const child = spawn(process.execPath, [...args, ...options, '--app', app, '--output', output], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, [STEP]: step },
  });
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? 1)));
  rmSync(output, { recursive: true, force: true });
  return code;
}

async function stack(): Promise<{ status: string; output: (name: string) => string }> {
  const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: STACK_NAME }));
  const { StackStatus = '', Outputs = [] } = Stacks[0];
  return {
    status: StackStatus,
    output: (name) => Outputs.find(({ OutputKey }) => OutputKey === name)?.OutputValue ?? '',
  };
}

/** The number of the jobs of the stack, of all kinds: their names begin with the same two words as that of the training job. */
async function jobCount(trainingJob: string): Promise<number> {
  const NameContains = `${trainingJob.split('-').slice(0, 2).join('-')}-`;
  const client = { client: sagemaker };
  let count = 0;
  for await (const { TrainingJobSummaries = [] } of paginateListTrainingJobs(client, { NameContains })) {
    count += TrainingJobSummaries.length;
  }
  for await (const { TransformJobSummaries = [] } of paginateListTransformJobs(client, { NameContains })) {
    count += TransformJobSummaries.length;
  }
  for await (const page of paginateListHyperParameterTuningJobs(client, { NameContains })) {
    count += page.HyperParameterTuningJobSummaries?.length ?? 0;
  }
  return count;
}

async function invoke(EndpointName: string): Promise<string> {
  const { Body } = await runtime.send(
    new InvokeEndpointCommand({ EndpointName, ContentType: 'text/csv', Body: REQUESTS }),
  );
  return Buffer.from(Body).toString();
}

/** Invokes an endpoint until it is stopped, and returns the number of responses and the errors. */
function load(endpoint: string): { stop: () => Promise<{ responses: number; errors: string[] }> } {
  let isStopped = false;
  const result = { responses: 0, errors: [] as string[] };
  const running = (async (): Promise<void> => {
    while (!isStopped) {
      await invoke(endpoint).then(
        () => result.responses++,
        (error: Error) => result.errors.push(error.message),
      );
      await pause(PAUSE_MS);
    }
  })();
  return {
    stop: async () => {
      isStopped = true;
      await running;
      return result;
    },
  };
}

function describe({ responses, errors }: { responses: number; errors: string[] }): string {
  return [`${responses} responses`, `${errors.length} errors`, ...errors.slice(0, 1)].join(', ');
}

async function configOf(EndpointName: string): Promise<string> {
  const { EndpointConfigName = '', EndpointStatus } = await sagemaker.send(
    new DescribeEndpointCommand({ EndpointName }),
  );
  return `${EndpointConfigName} ${EndpointStatus}`;
}

async function run(): Promise<void> {
  const { output } = await stack();
  const [endpoint, trainingJob] = [output('EndpointName'), output('TrainingJobName')];
  const jobs = await jobCount(trainingJob);
  const config = await configOf(endpoint);

  const unchanged = await deploy('deployed');
  const [jobsAfter, configAfter] = [await jobCount(trainingJob), await configOf(endpoint)];
  report(
    'A deployment without a change starts no job and does not update the endpoint',
    unchanged === 0 && jobsAfter === jobs && configAfter === config,
    `exit code ${unchanged}, ${jobs} jobs before and ${jobsAfter} after`,
  );

  const underLoad = load(endpoint);
  const updated = await deploy('updated');
  const { responses, errors } = await underLoad.stop();
  const current = await configOf(endpoint);
  report(
    'An update of the endpoint loses no request and starts no job',
    updated === 0 &&
      errors.length === 0 &&
      responses > 0 &&
      current !== config &&
      (await jobCount(trainingJob)) === jobs,
    `exit code ${updated}, ${describe({ responses, errors })}`,
  );

  const duringFailure = load(endpoint);
  const broken = await deploy('broken');
  const failure = await duringFailure.stop();
  const { status } = await stack();
  report(
    'A container that does not start is rolled back, and the previous one responds to all requests',
    broken !== 0 &&
      status === 'UPDATE_ROLLBACK_COMPLETE' &&
      failure.errors.length === 0 &&
      failure.responses > 0 &&
      (await configOf(endpoint)) === current,
    `exit code ${broken}, ${status}, ${describe(failure)}`,
  );
}

void run();
