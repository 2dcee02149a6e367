import {
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  ListEndpointsCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type CommandResult, LocalMachine, ROOT, containers, outputOf as outputOfStack, until } from './local-machine';

const APP = path.join(__dirname, 'fixtures', 'local-app', 'app.ts');
const ROWS = readFileSync(path.join(ROOT, 'assets/breast-cancer/data/validation/validation.csv'), 'utf8').split('\n');
const ROW = ROWS[0].slice(2);

const machine = new LocalMachine(APP);
const { state } = machine;
const client = <T>(Client: new (config: object) => T): T => machine.client(Client);
const cdk = (command: string, context?: Record<string, string>): Promise<CommandResult> =>
  machine.cdk(command, context);
const outputOf = (output: string, name: string): string => outputOfStack({ code: 0, output }, 'Local', name);

async function predict(EndpointName: string): Promise<number> {
  const { Body } = await client(SageMakerRuntimeClient).send(
    new InvokeEndpointCommand({ EndpointName, ContentType: 'text/csv', Body: ROW }),
  );
  return (JSON.parse(Buffer.from(Body).toString()) as { predictions: unknown[] }).predictions.length;
}

async function jobs(): Promise<(string | undefined)[]> {
  const { TrainingJobSummaries = [] } = await client(SageMakerClient).send(
    new ListTrainingJobsCommand({ SortOrder: 'Descending' }),
  );
  return TrainingJobSummaries.map(({ TrainingJobName }) => TrainingJobName);
}

/** The output of `byoa local status`. */
async function status(): Promise<string> {
  return (await machine.byoa('status')).output;
}

/** The names of images that were pushed to a local service. */
function pushedImages(): string[] {
  const filter = '--filter=reference=127.0.0.1:*/*';
  const { stdout } = spawnSync('docker', ['images', filter, '--format', '{{.Repository}}:{{.Tag}}'], {
    encoding: 'utf8',
  });
  return stdout
    .split('\n')
    .filter((name) => name !== '')
    .sort();
}

let first: { job: string; endpoint: string; config?: string };

const before = pushedImages();

beforeAll(() => machine.up());
afterAll(() => machine.remove());

describe('The unmodified cdk with a local service', () => {
  test('deploys a stack with a training job and an endpoint, which can be invoked', async () => {
    const { code, output } = await cdk('deploy');
    expect([code, output.includes('CREATE_FAILED')]).toEqual([0, false]);
    const [job, endpoint] = [outputOf(output, 'Job'), outputOf(output, 'EndpointName')];
    const { TrainingJobStatus } = await client(SageMakerClient).send(
      new DescribeTrainingJobCommand({ TrainingJobName: job }),
    );
    expect([TrainingJobStatus, await predict(endpoint), await jobs()]).toEqual(['Completed', 1, [job]]);
    const { EndpointConfigName } = await client(SageMakerClient).send(
      new DescribeEndpointCommand({ EndpointName: endpoint }),
    );
    expect(await status()).toMatch(
      /Local: CREATE_COMPLETE\n( {2}recorded but not emulated: .*\n)* {2}recorded .*AWS::Logs::LogGroup/,
    );
    first = { job, endpoint, config: EndpointConfigName };
  });

  test('changes nothing when the app has not changed', async () => {
    const { code, output } = await cdk('deploy');
    expect([code, output.includes('(no changes)'), await jobs()]).toEqual([0, true, [first.job]]);
  });

  test('starts no training job for a new inference image and one for a changed hyperparameter, while all invocations succeed', async () => {
    let isDeployed = false;
    let count = 0;
    const invocations = (async () => {
      for (; !isDeployed; count++) await predict(first.endpoint);
    })();
    const image = await cdk('deploy', { mark: 'second' });
    const afterImage = await jobs();
    const update = await cdk('deploy', { mark: 'second', epochs: '4' });
    isDeployed = true;
    await invocations;
    expect([image.code, afterImage]).toEqual([0, [first.job]]);
    expect([update.code, await jobs()]).toEqual([0, [outputOf(update.output, 'Job'), first.job]]);
    expect(count).toBeGreaterThan(0);
    const { EndpointConfigName } = await client(SageMakerClient).send(
      new DescribeEndpointCommand({ EndpointName: first.endpoint }),
    );
    expect(EndpointConfigName).not.toBe(first.config);
    first = { ...first, config: EndpointConfigName };
  });

  test('prints the failure reason of a training job, and rolls back', async () => {
    const { code, output } = await cdk('deploy', { mark: 'second', epochs: '4', data: 'README.md' });
    expect(code).toBe(1);
    expect(output).toMatch(/failed: AlgorithmError: .*train/);
    expect(await status()).toContain('Local: UPDATE_ROLLBACK_COMPLETE\n');
    expect(await predict(first.endpoint)).toBe(1);
  });

  test('keeps the old model when the new one does not become healthy', async () => {
    const { code, output } = await cdk('deploy', { mark: 'second', epochs: '4', broken: 'yes' });
    expect([code, await status()]).toEqual([1, expect.stringContaining('Local: UPDATE_ROLLBACK_COMPLETE\n')]);
    expect(output).toContain('The container did not become healthy');
    const endpoint = await client(SageMakerClient).send(new DescribeEndpointCommand({ EndpointName: first.endpoint }));
    expect([endpoint.EndpointStatus, endpoint.EndpointConfigName]).toEqual(['InService', first.config]);
    expect(await predict(first.endpoint)).toBe(1);
  });

  test('finds all resources after the local service was killed and started again', async () => {
    await machine.end('SIGKILL');
    await machine.up();
    const inService = async (): Promise<boolean> => {
      const { EndpointStatus } = await client(SageMakerClient).send(
        new DescribeEndpointCommand({ EndpointName: first.endpoint }),
      );
      return EndpointStatus === 'InService';
    };
    await until(inService);
    expect([await predict(first.endpoint), containers().length]).toEqual([1, 1]);
  });

  test('destroys the stack, and leaves no container', async () => {
    const { code } = await cdk('destroy');
    const { Endpoints } = await client(SageMakerClient).send(new ListEndpointsCommand({}));
    expect([code, Endpoints, containers()]).toEqual([0, [], []]);
  });
});

test('`byoa local down` removes everything, including the names of pushed images', async () => {
  expect(pushedImages().length).toBeGreaterThan(before.length);
  const { code } = await machine.byoa('down');
  expect([code, existsSync(state), containers(), pushedImages()]).toEqual([0, false, [], before]);
});
