import {
  CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { type CommandResult, LocalMachine, ROOT, outputOf, succeeded, until } from './local-machine';

const [OWNER, HOST] = ['111111111111', '222222222222'];
const VERSION = `arn:aws:sagemaker:us-east-1:${OWNER}:model-package/churn/1`;
const ECHO = path.join(ROOT, 'test', 'interop', 'fixtures', 'echo');
const APP = path.join(__dirname, 'fixtures', 'two-accounts', 'app.ts');

const owner = new LocalMachine(APP);
const host = new LocalMachine(APP);
let training: CommandResult;
let hosting: CommandResult;

beforeAll(async () => {
  await owner.up('--account', OWNER);
  await host.up('--account', HOST, '--peer', owner.state);
  training = await owner.cdk('deploy', {}, 'Training');
  succeeded(training);
  const image = `${owner.host}/churn:1`;
  execFileSync('docker', ['build', '--quiet', '--tag', image, ECHO], { stdio: 'ignore' });
  execFileSync('docker', ['push', image], { stdio: 'ignore' });
  const Body = execFileSync('tar', ['-cz', '-C', ECHO, 'Dockerfile']);
  await owner.client(S3Client).send(new PutObjectCommand({ Bucket: 'models', Key: 'churn/model.tar.gz', Body }));
});
afterAll(async () => {
  await host.remove();
  await owner.remove();
});

interface Statement {
  readonly Action: string | string[];
  readonly Principal: object;
}
type Template = Record<string, { Type: string; Properties: Record<string, { Statement: Statement[] }> }>;

/** Updates the stack of the owner with a template that a change of the deployed one results in. */
async function update(change: (resources: Template) => void): Promise<void> {
  const cloudformation = owner.client(CloudFormationClient);
  const StackName = 'Training';
  const { TemplateBody = '' } = await cloudformation.send(new GetTemplateCommand({ StackName }));
  const template = JSON.parse(TemplateBody) as { Resources: Template };
  change(template.Resources);
  await cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
  await until(async () => {
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
    return Stacks?.[0].StackStatus === 'UPDATE_COMPLETE';
  });
}

/** Hosts the version without one of the grants to the hosting account, and returns the error. */
async function errorWithout(
  type: string,
  property: string,
  action: string,
  attempt: () => Promise<string>,
): Promise<string> {
  let removed: Statement[] = [];
  let all: Statement[] = [];
  await update((resources) => {
    const policy = Object.values(resources).find(({ Type }) => Type === type)!.Properties[property];
    all = policy.Statement;
    policy.Statement = all.filter(
      ({ Action, Principal }) => !JSON.stringify(Principal).includes(HOST) || ![Action].flat().includes(action),
    );
    removed = all.filter((statement) => !policy.Statement.includes(statement));
  });
  expect(removed).toHaveLength(1);
  try {
    return await attempt();
  } finally {
    await update((resources) => {
      Object.values(resources).find(({ Type }) => Type === type)!.Properties[property].Statement = all;
    });
  }
}

async function createModel(): Promise<string> {
  const input = { ModelName: 'probe', ExecutionRoleArn: outputOf(hosting, 'Hosting', 'RoleArn') };
  const command = new CreateModelCommand({ ...input, PrimaryContainer: { ModelPackageName: VERSION } });
  return host
    .client(SageMakerClient)
    .send(command)
    .then(() => 'The model was created.', String);
}

async function createEndpoint(): Promise<string> {
  const sagemaker = host.client(SageMakerClient);
  const EndpointName = 'probe';
  const EndpointConfigName = outputOf(hosting, 'Hosting', 'ConfigName');
  await sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName }));
  const described = (): Promise<DescribeEndpointCommandOutput> =>
    sagemaker.send(new DescribeEndpointCommand({ EndpointName }));
  await until(async () => (await described()).EndpointStatus !== 'Creating');
  const { FailureReason = 'The endpoint was created.' } = await described();
  await sagemaker.send(new DeleteEndpointCommand({ EndpointName }));
  await until(() =>
    described().then(
      () => false,
      () => true,
    ),
  );
  return FailureReason;
}

test('A version that a group shares is hosted by another account', async () => {
  const key = outputOf(training, 'Training', 'KeyId');
  hosting = await host.cdk('deploy', { key }, 'Hosting');
  succeeded(hosting);
  const EndpointName = outputOf(hosting, 'Hosting', 'EndpointName');
  const { Body } = await host
    .client(SageMakerRuntimeClient)
    .send(new InvokeEndpointCommand({ EndpointName, Body: 'ls' }));
  expect(Buffer.from(Body).toString()).toBe('model/Dockerfile');
});

test.each([
  ['group', 'AWS::SageMaker::ModelPackageGroup', 'ModelPackageGroupPolicy', 'sagemaker:CreateModel', createModel],
  ['repository', 'AWS::ECR::Repository', 'RepositoryPolicyText', 'ecr:BatchGetImage', createEndpoint],
  ['bucket', 'AWS::S3::BucketPolicy', 'PolicyDocument', 's3:GetObject', createEndpoint],
  ['key', 'AWS::KMS::Key', 'KeyPolicy', 'kms:Decrypt', createEndpoint],
])(
  'Without the statement in the policy of the %s, hosting fails with an error that names the permission',
  async (_resource, type, property, action, attempt) => {
    const error = await errorWithout(type, property, action, attempt);
    expect(error).toContain(action.replace('ecr:', ''));
  },
);
