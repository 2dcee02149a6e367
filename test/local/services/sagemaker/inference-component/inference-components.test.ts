import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import {
  CreateInferenceComponentCommand,
  type CreateInferenceComponentCommandInput,
  DeleteEndpointCommand,
  DeleteInferenceComponentCommand,
  DescribeInferenceComponentCommand,
  type DescribeInferenceComponentCommandOutput,
  ListInferenceComponentsCommand,
  UpdateInferenceComponentCommand,
  UpdateInferenceComponentRuntimeConfigCommand,
} from '@aws-sdk/client-sagemaker';
import { ServiceFixture } from '../../fixture';
import { EndpointFixture, Signal } from '../endpoint/endpoint-fixture';

const service = ServiceFixture.forEachTest();
const endpoint = new EndpointFixture(service);

const ROLE = { ExecutionRoleArn: 'arn:aws:iam::000000000000:role/any' };
const COMPUTE = { NumberOfCpuCoresRequired: 1, MinMemoryRequiredInMb: 1024 };

beforeEach(async () => {
  await endpoint.serve(({ inside, number }) => {
    inside.print('started');
    return (_, response) => void response.end(`${inside.spec.environment.VERSION} ${number}`);
  });
  for (const version of ['old', 'new']) await endpoint.createModel(version, { VERSION: version });
  await endpoint.createConfig('config', { ModelName: undefined, InitialInstanceCount: 1 }, ROLE);
  await endpoint.createWith('config');
});

/** Resolves when the inference component gets a status. Must be called before the request that leads to it. */
function becomes(status: string): Promise<void> {
  const signal = new Signal();
  service.events.subscribe('inferenceComponent', ({ InferenceComponentStatus }) => {
    if (InferenceComponentStatus === status) signal.send();
  });
  return signal.sent;
}

async function settled(request: Promise<unknown>, status = 'InService'): Promise<void> {
  const ended = becomes(status);
  await request;
  await ended;
}

const create = (change: Partial<CreateInferenceComponentCommandInput> = {}): Promise<unknown> =>
  service.sagemaker.send(
    new CreateInferenceComponentCommand({
      InferenceComponentName: 'component',
      EndpointName: 'churn',
      VariantName: 'main',
      Specification: { ModelName: 'old', ComputeResourceRequirements: COMPUTE },
      RuntimeConfig: { CopyCount: 1 },
      ...change,
    }),
  );

const describeComponent = (): Promise<DescribeInferenceComponentCommandOutput> =>
  service.sagemaker.send(new DescribeInferenceComponentCommand({ InferenceComponentName: 'component' }));

const setCopies = (CopyCount: number): Promise<unknown> =>
  service.sagemaker.send(
    new UpdateInferenceComponentRuntimeConfigCommand({
      InferenceComponentName: 'component',
      DesiredRuntimeConfig: { CopyCount },
    }),
  );

const invoke = (InferenceComponentName = 'component'): Promise<string> => endpoint.invoke({ InferenceComponentName });

async function containers(count: number): Promise<void> {
  while (service.engine.containers.size !== count) await new Promise((resolve) => setImmediate(resolve));
}

test('An inference component is invoked by its name, and its copies write to a log group of their own', async () => {
  expect(service.engine.containers.size).toBe(0);
  await settled(create());
  expect(await invoke()).toBe('old 1');
  expect(await describeComponent()).toMatchObject({
    InferenceComponentArn: 'arn:aws:sagemaker:us-east-1:000000000000:inference-component/component',
    EndpointName: 'churn',
    VariantName: 'main',
    Specification: { ModelName: 'old', ComputeResourceRequirements: COMPUTE },
    RuntimeConfig: { DesiredCopyCount: 1, CurrentCopyCount: 1 },
    InferenceComponentStatus: 'InService',
  });
  const logs = service.client(CloudWatchLogsClient);
  const group = { logGroupName: '/aws/sagemaker/InferenceComponents/component' };
  const { events = [] } = await logs.send(new FilterLogEventsCommand(group));
  expect(events).toMatchObject([{ logStreamName: expect.stringMatching(/^main\/i-[0-9a-f]{17}$/) as string }]);
});

test('A copy has the GPUs of the machine only if it requires accelerators and the service is started with --gpus', async () => {
  await endpoint.serve(() => (_, response) => void response.end(), { gpus: true });
  service.engine.hasGpus = true;
  await endpoint.createConfig('gpu', { ModelName: undefined, InstanceType: 'ml.g5.xlarge' }, ROLE);
  const updated = endpoint.becomes('InService');
  await endpoint.startUpdate('gpu');
  await updated;
  const accelerators = { ...COMPUTE, NumberOfAcceleratorDevicesRequired: 1 };
  for (const [InferenceComponentName, ComputeResourceRequirements] of Object.entries({
    cpu: COMPUTE,
    gpu: accelerators,
  }))
    await settled(create({ InferenceComponentName, Specification: { ModelName: 'old', ComputeResourceRequirements } }));
  expect(service.engine.history.map(({ gpus }) => gpus)).toEqual([false, true]);
});

test('The number of copies changes up to the limit; without a copy, an invocation fails as on SageMaker', async () => {
  await settled(create());
  await settled(setCopies(3));
  await containers(2);
  expect((await describeComponent()).RuntimeConfig).toEqual({ DesiredCopyCount: 3, CurrentCopyCount: 3 });
  await settled(setCopies(0));
  await containers(0);
  await expect(invoke()).rejects.toMatchObject({
    name: 'ValidationError',
    message: expect.stringMatching(/^Inference Component has no capacity to process this request\./) as string,
  });
  await settled(setCopies(1));
  expect(await invoke()).toBe('old 3');
});

test('A copy count is restored if a new copy does not become healthy', async () => {
  await settled(create());
  service.engine.fault = { start: 'no space left on device' };
  await settled(setCopies(2));
  expect(await describeComponent()).toMatchObject({
    FailureReason: 'no space left on device',
    RuntimeConfig: { DesiredCopyCount: 1, CurrentCopyCount: 1 },
  });
  expect(await invoke()).toBe('old 1');
});

test('An update replaces the copies, and the old ones remain if the new ones do not become healthy', async () => {
  await settled(create());
  const update = (ModelName: string): Promise<unknown> =>
    service.sagemaker.send(
      new UpdateInferenceComponentCommand({
        InferenceComponentName: 'component',
        Specification: { ModelName, ComputeResourceRequirements: COMPUTE },
        DeploymentConfig: {
          RollingUpdatePolicy: { MaximumBatchSize: { Type: 'COPY_COUNT', Value: 1 }, WaitIntervalInSeconds: 0 },
        },
      }),
    );
  await settled(update('new'));
  expect(await invoke()).toBe('new 2');
  await containers(1);
  service.engine.fault = { start: 'no space left on device' };
  await settled(update('old'));
  expect(await invoke()).toBe('new 2');
  expect(await describeComponent()).toMatchObject({
    FailureReason: 'no space left on device',
    Specification: { ModelName: 'new' },
  });
});

test('An inference component whose copies do not become healthy has failed', async () => {
  service.engine.fault = { start: 'no space left on device' };
  await settled(create(), 'Failed');
  expect((await describeComponent()).FailureReason).toBe('no space left on device');
});

test('An inference component can have a container instead of a model', async () => {
  const Container = { Image: 'churn:1', Environment: { VERSION: 'inline' } };
  await settled(create({ Specification: { Container, ComputeResourceRequirements: COMPUTE } }));
  expect(await invoke()).toBe('inline 1');
  expect((await describeComponent()).Specification?.Container).toMatchObject({
    DeployedImage: { SpecifiedImage: 'churn:1' },
    Environment: { VERSION: 'inline' },
  });
});

test('The inference components of an endpoint are listed, and have to be deleted before it', async () => {
  await settled(create());
  const list = async (EndpointNameEquals: string): Promise<(string | undefined)[]> => {
    const { InferenceComponents } = await service.sagemaker.send(
      new ListInferenceComponentsCommand({ EndpointNameEquals }),
    );
    return (InferenceComponents ?? []).map(({ InferenceComponentName }) => InferenceComponentName);
  };
  expect([await list('churn'), await list('other')]).toEqual([['component'], []]);
  const remove = (): Promise<unknown> => service.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'churn' }));
  await expect(remove()).rejects.toThrow('Cannot delete endpoint "churn", which has inference components.');
  const deletion = new DeleteInferenceComponentCommand({ InferenceComponentName: 'component' });
  await settled(service.sagemaker.send(deletion), 'Deleted');
  await containers(0);
  const deleted = endpoint.becomes('Deleted');
  await remove();
  await deleted;
});

test('The copies of an inference component start again with the service', async () => {
  await settled(create());
  await endpoint.serve(() => (_, response) => void response.end('again'));
  while ((await describeComponent()).InferenceComponentStatus !== 'InService');
  expect(await invoke()).toBe('again');
});

test.each<[string, Partial<CreateInferenceComponentCommandInput>, string]>([
  [
    'an adapter',
    { Specification: { BaseInferenceComponentName: 'base', Container: { ArtifactUrl: 's3://data/adapter.tar.gz' } } },
    'The local service does not support adapters of a base inference component: BaseInferenceComponentName.',
  ],
  [
    'neither a model nor a container',
    { Specification: { ComputeResourceRequirements: COMPUTE } },
    'Exactly one of ModelName and Container is required.',
  ],
  ['no compute resources', { Specification: { ModelName: 'old' } }, 'ComputeResourceRequirements is required.'],
  [
    'an unknown variant',
    { VariantName: 'other' },
    'The endpoint "churn" has no variant "other" for inference components.',
  ],
  [
    'an unknown model',
    { Specification: { ModelName: 'none', ComputeResourceRequirements: COMPUTE } },
    'Could not find model "none".',
  ],
])('An inference component with %s is rejected', async (_, change, message) => {
  await expect(create(change)).rejects.toThrow(message);
});

test('An invocation of an endpoint for inference components requires the name of one of them', async () => {
  await expect(endpoint.invoke()).rejects.toThrow('Inference Component Name header is required for endpoints');
  await expect(invoke('none')).rejects.toThrow('Could not find inference component "none".');
});

test('A stack creates, updates and deletes an inference component', async () => {
  const template = (model: string): string =>
    JSON.stringify({
      Resources: {
        Component: {
          Type: 'AWS::SageMaker::InferenceComponent',
          Properties: {
            InferenceComponentName: 'component',
            EndpointName: 'churn',
            VariantName: 'main',
            Specification: { ModelName: model, ComputeResourceRequirements: COMPUTE },
            RuntimeConfig: { CopyCount: 1 },
          },
        },
      },
      Outputs: { Arn: { Value: { Ref: 'Component' } } },
    });
  const ended = async (): Promise<[string | undefined, string | undefined]> => {
    for (;;) {
      const { Stacks } = await service.cloudformation.send(new DescribeStacksCommand({ StackName: 'stack' }));
      const { StackStatus, Outputs } = Stacks?.[0] ?? {};
      if (StackStatus?.endsWith('COMPLETE') === true && !StackStatus.includes('CLEANUP'))
        return [StackStatus, Outputs?.[0].OutputValue];
    }
  };
  await service.cloudformation.send(new CreateStackCommand({ StackName: 'stack', TemplateBody: template('old') }));
  expect(await ended()).toEqual([
    'CREATE_COMPLETE',
    'arn:aws:sagemaker:us-east-1:000000000000:inference-component/component',
  ]);
  expect(await invoke()).toBe('old 1');
  await service.cloudformation.send(new UpdateStackCommand({ StackName: 'stack', TemplateBody: template('new') }));
  expect((await ended())[0]).toBe('UPDATE_COMPLETE');
  expect(await invoke()).toBe('new 2');
  await service.cloudformation.send(new DeleteStackCommand({ StackName: 'stack' }));
  await expect(
    waitUntilStackDeleteComplete(
      { client: service.cloudformation, maxWaitTime: 60, minDelay: 1 },
      { StackName: 'stack' },
    ),
  ).resolves.toMatchObject({ state: 'SUCCESS' });
  expect(service.engine.containers.size).toBe(0);
});
