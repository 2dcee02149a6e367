// The policies of an organization, applied to everything that the library creates.
import {
  App,
  type AppProps,
  DefaultStackSynthesizer,
  Stack,
  Tags,
  aws_ec2 as ec2,
  aws_ecr_assets as ecr_assets,
  aws_iam as iam,
  aws_kms as kms,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AlgorithmImages, ContainerImage, HandlerConfig } from '../lib';
import { JobRequests } from '../lib/testing';
import { CONTINUOUS_LIFECYCLE, newTransformSchedule, newWorkflow, startAutomatically } from './continuous-fixtures';
import { FEATURES } from './features';
import { JOBS } from './jobs';
import { newByoAlgorithm } from './lifecycle-fixtures';
import { ACCOUNT, IMAGE_DIRECTORY, REGION } from './stacks';

interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
}
type Make = (stack: Stack) => unknown;

/** All features of hosting and the registry, each kind of job with all its properties, workflows, releases and monitors. */
const EVERYTHING: Make[] = [
  ...Object.values(FEATURES).map(({ make }) => make),
  ...Object.values(JOBS).flatMap(({ make }) => Object.values(make).slice(-3)),
  (stack) => newByoAlgorithm(stack).trainingJob!.publish('/churn/model'),
  (stack) => ContainerImage.fromAsset(IMAGE_DIRECTORY, { verify: true }).bind(stack),
  ...CONTINUOUS_LIFECYCLE,
];

/** The templates of an app with a stack for each function. */
function templatesOf(makes: Make[], props: AppProps, prepare: (app: App) => void = () => undefined): Template[] {
  const app = new App(props);
  prepare(app);
  const stacks = makes.map((_, index) => new Stack(app, `Stack${index}`));
  makes.forEach((make, index) => make(stacks[index]));
  return stacks.map((stack) => Template.fromStack(stack));
}

const resourcesIn = (templates: Template[], type: string): Record<string, unknown>[] =>
  templates
    .flatMap((template) => Object.values(template.toJSON().Resources as Record<string, Resource>))
    .filter(({ Type }) => Type === type)
    .map(({ Properties = {} }) => Properties);

const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/of-the-platform-team`;
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/of-the-platform-team`;

function applyPolicies(app: App): void {
  const stack = new Stack(app, 'Platform');
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['a'],
    privateSubnetIds: ['subnet-1'],
  });
  HandlerConfig.of(app).configure({ vpc, encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY) });
  Tags.of(app).add('Team', 'ml');
  iam.PermissionsBoundary.of(app).apply(iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', BOUNDARY));
}

describe('With the policies of a platform team in the app,', () => {
  const defaultStackSynthesizer = new DefaultStackSynthesizer({ qualifier: 'platform' });
  const templates = templatesOf(EVERYTHING, { defaultStackSynthesizer }, applyPolicies);

  test('the permissions boundary applies to every role', () => {
    const roles = resourcesIn(templates, 'AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(100);
    expect(roles.filter(({ PermissionsBoundary: boundary }) => boundary !== BOUNDARY)).toEqual([]);
  });

  test('no role has a managed policy', () => {
    expect(
      resourcesIn(templates, 'AWS::IAM::Role').filter(({ ManagedPolicyArns: arns }) => arns !== undefined),
    ).toEqual([]);
  });

  test('no function has environment variables', () => {
    expect(
      resourcesIn(templates, 'AWS::Lambda::Function').filter(({ Environment }) => Environment !== undefined),
    ).toEqual([]);
  });

  test('the bootstrap qualifier is the only one', () => {
    const text = JSON.stringify(templates.map((template) => template.toJSON()));
    expect(text).toContain('cdk-platform-assets-');
    expect(text).toContain('cdk-platform-container-assets-');
    expect(text).not.toContain('hnb659fds');
  });

  test('no ARN contains a partition, except those of imported resources', () => {
    const arns = JSON.stringify(templates.map((template) => template.toJSON())).match(/arn:aws[\w-]*:[^"\\]*/g) ?? [];
    const isImported = (arn: string): boolean => arn === BOUNDARY || arn.split(':')[3] === REGION;
    expect(arns.filter((arn) => !isImported(arn))).toEqual([]);
  });

  test('every function runs in the VPC', () => {
    const functions = resourcesIn(templates, 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(20);
    expect(functions.filter(({ VpcConfig }) => VpcConfig === undefined)).toEqual([]);
  });

  test('the key encrypts every log group, state machine and table of the handlers', () => {
    const keys = [
      ...resourcesIn(templates, 'AWS::Logs::LogGroup')
        // `logs` of an endpoint has a key of its own.
        .filter(({ LogGroupName: name }) => !String(name).startsWith('/aws/sagemaker/'))
        .map(({ KmsKeyId }) => KmsKeyId),
      ...resourcesIn(templates, 'AWS::StepFunctions::StateMachine').map(
        ({ EncryptionConfiguration: configuration }) => (configuration as { KmsKeyId?: string })?.KmsKeyId,
      ),
      ...resourcesIn(templates, 'AWS::DynamoDB::Table').map(
        ({ SSESpecification: specification }) => (specification as { KMSMasterKeyId?: string })?.KMSMasterKeyId,
      ),
    ];
    expect(new Set(keys)).toEqual(new Set([KEY]));
  });

  test('the tags reach every job, also those that state machines start', () => {
    const requests = templates
      .map((template) => JobRequests.fromTemplate(template))
      .flatMap((jobs) => [
        ...Object.values(jobs.findTrainingJobs()),
        ...Object.values(jobs.findTuningJobs()),
        ...Object.values(jobs.findTransformJobs()),
        ...Object.values(jobs.findProcessingJobs()),
      ]);
    expect(requests.length).toBeGreaterThan(15);
    expect(new Set(requests.map(({ Tags: tags }) => JSON.stringify(tags)))).toEqual(
      new Set([JSON.stringify([{ Key: 'Team', Value: 'ml' }])]),
    );
  });

  test.each(['Model', 'EndpointConfig', 'Endpoint', 'InferenceComponent', 'ModelPackageGroup', 'Algorithm'])(
    'the tags reach every resource of the type AWS::SageMaker::%s',
    (type) => {
      const resources = resourcesIn(templates, `AWS::SageMaker::${type}`);
      expect(resources).not.toEqual([]);
      expect(resources.filter(({ Tags: tags }) => !JSON.stringify(tags ?? []).includes('Team'))).toEqual([]);
    },
  );
});

test('A permissions boundary and a bootstrap qualifier in the context apply to every role', () => {
  const makes: Make[] = [(stack) => newByoAlgorithm(stack), (stack) => startAutomatically(newWorkflow(stack))];
  const templates = templatesOf(makes, {
    context: {
      '@aws-cdk/core:permissionsBoundary': { name: 'cdk-${Qualifier}-boundary' },
      '@aws-cdk/core:bootstrapQualifier': 'platform',
    },
  });
  const boundaries = resourcesIn(templates, 'AWS::IAM::Role').map((role) => JSON.stringify(role.PermissionsBoundary));
  expect(boundaries.length).toBeGreaterThan(5);
  expect(boundaries.filter((boundary) => !boundary?.includes('policy/cdk-platform-boundary'))).toEqual([]);
});

test.each(['cn-north-1', 'us-gov-west-1'])(
  'A stack in the region %s contains no ARN of another partition',
  (region) => {
    const env = { account: ACCOUNT, region };
    const stack = new Stack(new App(), 'Stack', { env });
    newByoAlgorithm(stack, {
      images: AlgorithmImages.combined(
        ContainerImage.fromAsset(IMAGE_DIRECTORY, { platform: ecr_assets.Platform.LINUX_AMD64 }),
      ),
    });
    newWorkflow(stack);
    newTransformSchedule(stack);
    const text = JSON.stringify(Template.fromStack(stack).toJSON());
    expect(text).not.toContain('arn:aws');
    expect(text).toContain('"Ref":"AWS::Partition"');
  },
);
