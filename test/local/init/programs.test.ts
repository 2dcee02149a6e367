import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand } from '@aws-sdk/client-sagemaker';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { newProject, withDefaults } from '../../../local/init';
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
