import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand } from '@aws-sdk/client-sagemaker';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe as read, newProject, withDefaults, wrappedProject } from '../../../local/init';
import { serving } from '../fake-engine';
import { ServiceFixture } from '../services/fixture';
import { directoryWithPackages, write } from './projects';

describe('The program that invokes an asynchronous endpoint', () => {
  const service = ServiceFixture.forEachTest();
  const project = path.join(directoryWithPackages(), 'churn');
  write(project, newProject('churn', withDefaults({ serving: 'async' })));

  /** Runs the program against an endpoint whose container responds with a status and a body. Returns its output. */
  async function invoke(status: number, body: Buffer | string): Promise<string> {
    const program = serving(() => ({
      listener: (message, response) => {
        message.resume();
        if (message.url === '/ping') response.end();
        else response.writeHead(status).end(body);
      },
    }));
    await service.restart({ program });
    await service.s3.send(new CreateBucketCommand({ Bucket: 'data' }));
    const { sagemaker } = service;
    await sagemaker.send(new CreateModelCommand({ ModelName: 'churn', PrimaryContainer: { Image: 'churn:1' } }));
    const variant = { VariantName: 'main', ModelName: 'churn', InitialInstanceCount: 1, InstanceType: 'ml.m5.large' };
    const OutputConfig = { S3OutputPath: 's3://data/responses', S3FailurePath: 's3://data/failures' };
    const config = { ProductionVariants: [variant] as never, AsyncInferenceConfig: { OutputConfig } };
    await sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: 'churn', ...config }));
    const inService = new Promise<void>((resolve) =>
      service.events.subscribe('endpoint', ({ EndpointStatus }) => {
        if (EndpointStatus === 'InService') resolve();
      }),
    );
    await sagemaker.send(new CreateEndpointCommand({ EndpointName: 'churn', EndpointConfigName: 'churn' }));
    await inService;
    write(project, { 'outputs.json': JSON.stringify({ churn: { EndpointName: 'churn', BucketName: 'data' } }) });
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: service.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    };
    return new Promise((resolve) =>
      execFile(process.execPath, ['requests/invoke.mjs'], { cwd: project, env }, (_, stdout, stderr) =>
        resolve(stdout + stderr),
      ),
    );
  }

  test('prints what it waits for, and compares the response', async () => {
    const output = await invoke(200, readFileSync(path.join(project, 'requests', 'expected.json')));
    expect(output).toMatch(
      /^Waiting up to 5 minutes for s3:\/\/data\/responses\/\S+\.out, or for s3:\/\/data\/failures\/\S+ if the invocation fails\.\n/,
    );
    expect(output).toContain('The predictions are as expected.');
  });

  test('fails with the reason as soon as the endpoint reports that the invocation failed', async () => {
    expect(await invoke(400, 'row 3 has 2 columns')).toMatch(
      /AssertionError.*: The invocation failed: .*row 3 has 2 columns/,
    );
  });
});

describe('The program `train` that runs a training script', () => {
  const SCRIPT = `
import argparse, json, os, sys
parser = argparse.ArgumentParser()
parser.add_argument('--epochs', type=int, default=10)
parser.add_argument('--rate', type=float)
parser.add_argument('--optimizer')
parser.add_argument('--verbose', action='store_true')
parser.add_argument('--quiet', action="store_true")
arguments = vars(parser.parse_args())
print(json.dumps([arguments, {name: value for name, value in os.environ.items() if name.startswith('SM_')}]))
`;

  /** Runs the program with a directory in place of /opt/ml. */
  function train(
    script: string,
    hyperparameters: Record<string, string>,
  ): ReturnType<typeof spawnSync> & { ml: string } {
    const directory = write(mkdtempSync(path.join(tmpdir(), 'init-')), { 'train.py': script });
    const ml = path.join(directory, 'ml');
    const { files } = wrappedProject(directory, read(directory), { ...withDefaults({ app: 'none' }), name: 'churn' });
    write(directory, {
      train: String(files.get('train')).replace('/opt/ml', ml),
      'ml/input/config/hyperparameters.json': JSON.stringify(hyperparameters),
      'ml/input/config/inputdataconfig.json': JSON.stringify({ train: {}, extra: {} }),
      'ml/input/config/resourceconfig.json': JSON.stringify({ current_host: 'algo-2', hosts: ['algo-1', 'algo-2'] }),
    });
    return { ml, ...spawnSync('python3', [path.join(directory, 'train')], { encoding: 'utf8' }) };
  }

  test('passes hyperparameters as arguments, and switches without a value only if they are true', () => {
    const hyperparameters = {
      epochs: '5',
      rate: '1e-2',
      optimizer: '"sgd"',
      verbose: 'true',
      quiet: 'false',
      _tuning: 'x',
    };
    const { stdout, status } = train(SCRIPT, hyperparameters);
    const [given] = JSON.parse(String(stdout)) as [object];
    expect(given).toEqual({ epochs: 5, rate: 0.01, optimizer: 'sgd', verbose: true, quiet: false });
    expect(status).toBe(0);
  });

  test('sets the variables of script mode', () => {
    const { stdout, ml } = train(SCRIPT, { epochs: '5', optimizer: 'sgd' });
    const [, variables] = JSON.parse(String(stdout)) as [object, Record<string, string>];
    expect(variables).toEqual({
      SM_CHANNELS: '["extra", "train"]',
      SM_CHANNEL_EXTRA: `${ml}/input/data/extra`,
      SM_CHANNEL_TRAIN: `${ml}/input/data/train`,
      SM_CURRENT_HOST: 'algo-2',
      SM_HOSTS: '["algo-1", "algo-2"]',
      SM_HPS: '{"epochs": 5, "optimizer": "sgd"}',
      SM_HP_EPOCHS: '5',
      SM_HP_OPTIMIZER: 'sgd',
      SM_INPUT_CONFIG_DIR: `${ml}/input/config`,
      SM_INPUT_DIR: `${ml}/input`,
      SM_MODEL_DIR: `${ml}/model`,
      SM_NUM_CPUS: expect.stringMatching(/^[1-9]\d*$/) as string,
      SM_NUM_GPUS: expect.stringMatching(/^\d+$/) as string,
      SM_OUTPUT_DATA_DIR: `${ml}/output/data`,
      SM_OUTPUT_DIR: `${ml}/output`,
      SM_USER_ARGS: '["--epochs", "5", "--optimizer", "sgd"]',
    });
  });

  test.each([
    ['an unknown hyperparameter', SCRIPT, 'train.py: error: unrecognized arguments: --depth 3'],
    ['a syntax error', 'if', 'SyntaxError: invalid syntax'],
  ])('writes the reason of a failure by %s', (_, script, reason) => {
    const { status, ml } = train(script, { depth: '3' });
    expect([status, readFileSync(path.join(ml, 'output', 'failure'), 'utf8')]).toEqual([1, reason]);
  });
});
