import { CreateModelPackageCommand, DescribeEndpointCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import * as path from 'node:path';
import { Lifecycle } from './lifecycle';
import { LocalMachine, outputOf, succeeded, until } from './local-machine';

const CLASSES = ['a', 'b', 'c'];
const machine = new LocalMachine(path.join(__dirname, 'fixtures', 'shadow-app', 'app.ts'));
const lifecycle = new Lifecycle(machine, {
  group: 'shadow',
  parameter: '/shadow/released',
  trainingStack: 'Training',
  hostingStack: 'Hosting',
});
let image = '';

beforeAll(async () => {
  await machine.up();
  const training = await machine.cdk('deploy', {}, 'Training');
  succeeded(training);
  image = outputOf(training, 'Training', 'ImageUri');
  succeeded(await machine.cdk('deploy', {}, 'Hosting'));
});
afterAll(() => machine.remove());

/** Registers an approved version, and returns its ARN. */
async function approve(Environment: Record<string, string>): Promise<string> {
  const { ModelPackageArn = '' } = await machine.client(SageMakerClient).send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: 'shadow',
      ModelApprovalStatus: 'Approved',
      InferenceSpecification: {
        Containers: [{ Image: image, Environment }],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
      },
    }),
  );
  return ModelPackageArn;
}

/** The responses of the endpoint to one request of each class. */
async function predictions(): Promise<string[]> {
  const responses: string[] = [];
  for (const Body of CLASSES) {
    responses.push(await lifecycle.invoke({ EndpointName: 'shadowed', ContentType: 'text/csv', Body }));
  }
  return responses;
}

async function shadowVariants(): Promise<string[]> {
  const command = new DescribeEndpointCommand({ EndpointName: 'shadowed' });
  const { ShadowProductionVariants = [] } = await machine.client(SageMakerClient).send(command);
  return ShadowProductionVariants.map(({ VariantName = '' }) => VariantName);
}

/** Invokes the endpoint, and lets hours pass, until a condition is met. */
async function hoursUntil(isMet: () => Promise<boolean>): Promise<void> {
  await until(async () => {
    expect(await predictions()).toEqual(CLASSES);
    succeeded(await machine.byoa('advance', '1h'));
    return isMet();
  }, 500);
}

test('A version that differs in one class is rejected with the figures, and one that passes the comparison of a processing job is released', async () => {
  await approve({});
  await until(async () => (await lifecycle.released()) === '1');
  expect([await predictions(), await shadowVariants()]).toEqual([CLASSES, []]);

  const different = await approve({ MISTAKE: 'b' });
  await until(async () => (await shadowVariants()).length > 0);
  expect(await shadowVariants()).toEqual(['candidate']);
  await hoursUntil(async () => (await lifecycle.describe(different)).ModelApprovalStatus === 'Rejected');
  const { ApprovalDescription = '' } = await lifecycle.describe(different);
  expect(ApprovalDescription).toMatch(
    /^The shadow test failed: \d+ of \d+ requests have the same response as that of the released version \(0\.\d+\), less than `minAgreement` 0\.9; for example, \$\[0\]\[0\] is "b" in production, and "mistake" in the shadow variant; /,
  );
  const [equal, all, share] = (ApprovalDescription.match(/\d+(\.\d+)?/g) ?? []).map(Number);
  // One of three classes differs. The last file of captured data can end between the requests for the classes.
  expect([Math.floor(all / 3), Math.ceil(all / 3)]).toContain(all - equal);
  expect(share).toBe(equal / all);
  await until(async () => (await shadowVariants()).length === 0);
  expect([await predictions(), await lifecycle.parameter()]).toEqual([CLASSES, '1']);

  // The comparison of the next version is a processing job. A running execution ends with the options that it has started with.
  await until(async () => {
    succeeded(await machine.byoa('advance', '1m'));
    return !(await lifecycle.isRunning('shadow-release'));
  }, 500);
  succeeded(await machine.cdk('deploy', { comparison: 'job' }, 'Training'));
  await approve({ LOG: 'yes' });
  await until(async () => (await shadowVariants()).length > 0);
  await hoursUntil(async () => (await lifecycle.parameter()) === '3');
  expect(await lifecycle.processingJobs()).toEqual(['Completed']);
  await until(async () => (await lifecycle.released()) === '3');
  expect([await predictions(), await shadowVariants()]).toEqual([CLASSES, []]);
});
