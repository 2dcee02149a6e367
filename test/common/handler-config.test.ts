import {
  App,
  type InjectionContext,
  PropertyInjectors,
  RemovalPolicy,
  Stack,
  Stage,
  aws_ec2 as ec2,
  aws_iam as iam,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  custom_resources as customResources,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type { Construct, IConstruct } from 'constructs';
import {
  ContainerImage,
  HandlerConfig,
  type HandlerOptions,
  InstanceType,
  JobWait,
  TrainingJob,
  TrainingResources,
} from '../../lib';
import {
  newDeployment,
  newTransformSchedule,
  newWorkflow,
  startAutomatically,
  testedEndpoint,
} from '../continuous-fixtures';
import {
  ACCOUNT,
  IMAGE_DIRECTORY,
  REGION,
  errorOf,
  image,
  newStack,
  placedStack,
  statementsOf,
  logEncryptionStatement,
} from '../stacks';

const FUNCTION = 'AWS::Lambda::Function';
const LOG_GROUP = 'AWS::Logs::LogGroup';
const STATE_MACHINE = 'AWS::StepFunctions::StateMachine';
const NETWORK_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/boundary`;

function newJob(scope: Construct, id = 'Train'): TrainingJob {
  return new TrainingJob(scope, id, {
    image: image(),
    resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
  });
}

/** A stack with both handlers. */
function withHandlers(stack: Stack): Template {
  newJob(stack);
  ContainerImage.fromAsset(IMAGE_DIRECTORY, { verify: true }).bind(stack);
  return Template.fromStack(stack);
}

function configured(options: (stack: Stack) => HandlerOptions): { stack: Stack; template: Template } {
  const stack = placedStack();
  HandlerConfig.of(stack).configure(options(stack));
  return { stack, template: withHandlers(stack) };
}

const propertiesOf = (template: Template, type: string): Record<string, unknown>[] =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties as Record<string, unknown>);

const vpcOf = (stack: Stack, subnetType = ec2.SubnetType.PRIVATE_WITH_EGRESS): ec2.Vpc =>
  new ec2.Vpc(stack, 'Vpc', {
    subnetConfiguration: [
      { name: 'public', subnetType: ec2.SubnetType.PUBLIC },
      { name: 'handlers', subnetType },
    ],
    restrictDefaultSecurityGroup: false,
  });

describe('The handlers of a stack without a configuration', () => {
  const template = withHandlers(placedStack());

  test('retain their logs for a month and delete them with the stack', () => {
    template.allResourcesProperties(LOG_GROUP, { RetentionInDays: 30, KmsKeyId: Match.absent() });
    template.allResources(LOG_GROUP, { DeletionPolicy: 'Delete' });
  });

  test('run outside a VPC, without a key and without a permissions boundary', () => {
    template.resourceCountIs(FUNCTION, 2);
    template.allResourcesProperties(FUNCTION, { VpcConfig: Match.absent(), KmsKeyArn: Match.absent() });
    template.allResourcesProperties(STATE_MACHINE, {
      StateMachineName: Match.absent(),
      EncryptionConfiguration: Match.absent(),
    });
    template.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: Match.absent() });
    expect(JSON.stringify(template.toJSON())).not.toContain('ec2:CreateNetworkInterface');
  });
});

describe('The handlers with `logRetention` and `logRemovalPolicy`', () => {
  test('retain their logs accordingly', () => {
    const { template } = configured(() => ({
      logRetention: logs.RetentionDays.ONE_YEAR,
      logRemovalPolicy: RemovalPolicy.RETAIN,
    }));
    template.resourceCountIs(LOG_GROUP, 2);
    template.allResourcesProperties(LOG_GROUP, { RetentionInDays: 365 });
    template.allResources(LOG_GROUP, { DeletionPolicy: 'Retain' });
  });
});

describe('The handlers with a `vpc`', () => {
  test('run in its private subnets, with a security group each', () => {
    const { stack, template } = configured((scope) => ({ vpc: vpcOf(scope) }));
    const { privateSubnets } = stack.node.findChild('Vpc') as ec2.Vpc;
    const configs = propertiesOf(template, FUNCTION)
      .filter(({ Description }) => String(Description).includes('SageMaker'))
      .map(({ VpcConfig }) => VpcConfig as { SubnetIds: unknown; SecurityGroupIds: unknown[] });
    expect(configs).toHaveLength(2);
    for (const { SubnetIds, SecurityGroupIds } of configs) {
      expect(SubnetIds).toEqual(stack.resolve(privateSubnets.map(({ subnetId }) => subnetId)));
      expect(SecurityGroupIds).toHaveLength(1);
    }
    template.resourceCountIs('AWS::EC2::SecurityGroup', 2);
  });

  test('let AWS Lambda create network interfaces before the function is created, but not their code', () => {
    const { stack, template } = configured((scope) => ({ vpc: vpcOf(scope) }));
    for (const handler of ['SageMakerJobs', 'SageMakerImages']) {
      expect(statementsOf(stack, `${handler}Role`)).toEqual(
        expect.arrayContaining([
          { Effect: 'Allow', Action: NETWORK_ACTIONS, Resource: '*' },
          {
            Effect: 'Deny',
            Action: NETWORK_ACTIONS,
            Resource: '*',
            Condition: {
              ArnEquals: {
                'lambda:SourceFunctionArn': {
                  'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${handler}Function`)), 'Arn'],
                },
              },
            },
          },
        ]),
      );
    }
    template.hasResource(FUNCTION, {
      DependsOn: Match.arrayWith([Match.stringLikeRegexp('SageMakerJobsRoleDefaultPolicy')]),
    });
  });

  test('run in the selected subnets with the specified security groups', () => {
    const { stack, template } = configured((scope) => {
      const vpc = vpcOf(scope);
      const securityGroups = [ec2.SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-12345678')];
      return { vpc, vpcSubnets: { subnets: [vpc.privateSubnets[0]] }, securityGroups };
    });
    const [subnet] = (stack.node.findChild('Vpc') as ec2.Vpc).privateSubnets;
    template.hasResourceProperties(FUNCTION, {
      VpcConfig: { SecurityGroupIds: ['sg-12345678'], SubnetIds: [stack.resolve(subnet.subnetId)] },
    });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });

  test('are validated: subnets and security groups require it', () => {
    expect(errorOf(() => HandlerConfig.of(newStack()).configure({ vpcSubnets: {} }))).toBe(
      'Handlers of Stack: `vpcSubnets` and `securityGroups` require `vpc`',
    );
  });

  test('add a warning about each endpoint that isolated subnets do not have', () => {
    const { stack } = configured((scope) => {
      const vpc = vpcOf(scope, ec2.SubnetType.PRIVATE_ISOLATED);
      vpc.addInterfaceEndpoint('States', { service: ec2.InterfaceVpcEndpointAwsService.STEP_FUNCTIONS });
      return { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } };
    });
    Annotations.fromStack(stack).hasWarning(
      '/Stack/SageMakerJobs',
      Match.stringLikeRegexp('Stack/Vpc has no endpoint for sagemaker.api, s3, so that'),
    );
    Annotations.fromStack(stack).hasWarning(
      '/Stack/SageMakerImages',
      Match.stringLikeRegexp('Stack/Vpc has no endpoint for ecr.api, s3, so that'),
    );
  });

  test.each<[string, (stack: Stack) => HandlerOptions]>([
    [
      'isolated subnets with all endpoints',
      (stack) => {
        const vpc = vpcOf(stack, ec2.SubnetType.PRIVATE_ISOLATED);
        const { ECR, SAGEMAKER_API, STEP_FUNCTIONS } = ec2.InterfaceVpcEndpointAwsService;
        [ECR, SAGEMAKER_API, STEP_FUNCTIONS].forEach((service, index) =>
          vpc.addInterfaceEndpoint(`Endpoint${index}`, { service }),
        );
        vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
        return { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } };
      },
    ],
    [
      'isolated subnets with a route to a transit gateway',
      (stack) => {
        const vpc = vpcOf(stack, ec2.SubnetType.PRIVATE_ISOLATED);
        vpc.isolatedSubnets.forEach((subnet) =>
          (subnet as ec2.Subnet).addRoute('Transit', {
            routerType: ec2.RouterType.TRANSIT_GATEWAY,
            routerId: 'tgw-1234567890abcdef0',
          }),
        );
        return { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } };
      },
    ],
    ['private subnets with a NAT gateway', (stack) => ({ vpc: vpcOf(stack) })],
    [
      'a VPC that is not part of the app',
      (stack) => ({
        vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
          vpcId: 'vpc-12345678',
          availabilityZones: ['eu-west-1a'],
          isolatedSubnetIds: ['subnet-12345678'],
        }),
        vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      }),
    ],
  ])('add no warning about endpoints for %s', (_, options) => {
    const { stack } = configured(options);
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('has no endpoint for'));
  });
});

describe('The handlers with an `encryptionKey`', () => {
  const { stack, template } = configured((scope) => ({ encryptionKey: new kms.Key(scope, 'Key') }));
  const KEY = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };

  test('encrypt their log groups, which CloudWatch Logs is allowed to do', () => {
    expect(propertiesOf(template, LOG_GROUP).map(({ KmsKeyId }) => KmsKeyId)).toEqual([KEY, KEY]);
    const [{ KeyPolicy }] = propertiesOf(template, 'AWS::KMS::Key');
    expect((KeyPolicy as { Statement: unknown[] }).Statement.slice(1)).toEqual([logEncryptionStatement('*')]);
  });

  test('encrypt the state machine, whose role may use the key for it only', () => {
    const [{ StateMachineName: name, EncryptionConfiguration }] = propertiesOf(template, STATE_MACHINE);
    expect(name).toMatch(/^Stack-SageMakerJobs-[0-9A-F]{8}$/);
    expect(EncryptionConfiguration).toMatchObject({ KmsKeyId: KEY, Type: 'CUSTOMER_MANAGED_KMS_KEY' });
    expect(statementsOf(stack, 'SageMakerJobsWaiterRole')).toContainEqual({
      Effect: 'Allow',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: KEY,
      Condition: {
        StringEquals: {
          'kms:EncryptionContext:aws:states:stateMachineArn': {
            'Fn::Join': [
              '',
              ['arn:', { Ref: 'AWS::Partition' }, `:states:${REGION}:${ACCOUNT}:stateMachine:${String(name)}`],
            ],
          },
        },
      },
    });
  });
});

describe('The roles of the handlers', () => {
  const boundaryOf = (scope: Construct): iam.IManagedPolicy =>
    iam.ManagedPolicy.fromManagedPolicyArn(scope, 'Boundary', BOUNDARY);
  const boundaries = (stack: Stack): unknown[] =>
    propertiesOf(withHandlers(stack), 'AWS::IAM::Role').map(({ PermissionsBoundary }) => PermissionsBoundary);

  test('have the permissions boundary of the configuration, and other roles do not', () => {
    const stack = newStack();
    HandlerConfig.of(stack).configure({ permissionsBoundary: boundaryOf(stack) });
    // The execution role of the job, and the roles of two functions and of the state machine.
    expect(boundaries(stack).sort()).toEqual([BOUNDARY, BOUNDARY, BOUNDARY, undefined]);
  });

  test('have the permissions boundary that the CDK applies to a scope', () => {
    const stack = newStack();
    iam.PermissionsBoundary.of(stack.node.root).apply(boundaryOf(stack));
    expect(boundaries(stack)).toEqual([BOUNDARY, BOUNDARY, BOUNDARY, BOUNDARY]);
  });

  test('have the permissions boundary of the configuration rather than that of a scope', () => {
    const stack = newStack();
    const other = iam.ManagedPolicy.fromManagedPolicyArn(stack, 'Other', `${BOUNDARY}-of-app`);
    iam.PermissionsBoundary.of(stack.node.root).apply(other);
    HandlerConfig.of(stack).configure({ permissionsBoundary: boundaryOf(stack) });
    expect(boundaries(stack).sort()).toEqual([BOUNDARY, BOUNDARY, BOUNDARY, `${BOUNDARY}-of-app`]);
  });
});

describe('The configuration', () => {
  const retentionOf = (stack: Stack): unknown =>
    propertiesOf(Template.fromStack(stack), LOG_GROUP).map(({ RetentionInDays }) => RetentionInDays);

  test('of an app applies to its stacks and stages, and that of an inner scope overrides its properties', () => {
    const app = new App();
    const stage = new Stage(app, 'Prod');
    const [outer, inner, staged] = [new Stack(app, 'Outer'), new Stack(app, 'Inner'), new Stack(stage, 'Staged')];
    HandlerConfig.of(inner).configure({ logRetention: logs.RetentionDays.ONE_WEEK });
    HandlerConfig.of(app).configure({
      logRetention: logs.RetentionDays.ONE_YEAR,
      logRemovalPolicy: RemovalPolicy.RETAIN,
    });
    HandlerConfig.of(stage).configure({ logRetention: logs.RetentionDays.TEN_YEARS });
    [outer, inner, staged].forEach((stack) => newJob(stack));
    expect([outer, inner, staged].map(retentionOf)).toEqual([[365], [7], [3653]]);
    for (const stack of [outer, inner, staged]) {
      Template.fromStack(stack).allResources(LOG_GROUP, { DeletionPolicy: 'Retain' });
    }
  });

  test('of a later call overrides only the properties that the call sets', () => {
    const stack = newStack();
    HandlerConfig.of(stack).configure({
      logRetention: logs.RetentionDays.ONE_WEEK,
      logRemovalPolicy: RemovalPolicy.RETAIN,
    });
    HandlerConfig.of(stack).configure({ logRetention: logs.RetentionDays.ONE_DAY, logRemovalPolicy: undefined });
    newJob(stack);
    expect(retentionOf(stack)).toEqual([1]);
    Template.fromStack(stack).allResources(LOG_GROUP, { DeletionPolicy: 'Retain' });
  });

  test.each<[string, (stack: Stack) => IConstruct, string]>([
    ['its stack', (stack) => stack, 'The handlers of Stack must'],
    ['the app', (stack) => stack.node.root, 'The handlers of the app must'],
  ])('of %s is rejected after a handler was created', (_, scopeOf, start) => {
    const stack = newStack();
    newJob(stack);
    const error = errorOf(() =>
      HandlerConfig.of(scopeOf(stack)).configure({ logRetention: logs.RetentionDays.ONE_DAY }),
    );
    expect(error).toContain(`${start} be configured before they are created, and Stack/SageMakerJobs already exists.`);
    expect(error).toContain('Call `HandlerConfig.of(…).configure(…)` before the first job');
  });

  test('of a stack is accepted after a handler of another stack was created', () => {
    const app = new App();
    newJob(new Stack(app, 'First'));
    const second = new Stack(app, 'Second');
    HandlerConfig.of(second).configure({ logRetention: logs.RetentionDays.ONE_DAY });
    newJob(second);
    expect(retentionOf(second)).toEqual([1]);
  });

  test('does not change the identity of jobs', () => {
    const logicalIds = (options: (stack: Stack) => HandlerOptions): string[] =>
      Object.keys(configured(options).template.findResources('Custom::SageMakerTrainingJob'));
    const all = logicalIds((stack) => ({ vpc: vpcOf(stack), encryptionKey: new kms.Key(stack, 'Key') }));
    expect(all).toEqual(logicalIds(() => ({})));
  });
});

describe('The mechanisms of the CDK', () => {
  test('CustomResourceConfig sets the retention and the removal policy of the logs of the handlers', () => {
    const stack = newStack();
    const config = customResources.CustomResourceConfig.of(stack.node.root);
    config.addLogRetentionLifetime(logs.RetentionDays.TEN_YEARS);
    config.addRemovalPolicy(RemovalPolicy.RETAIN);
    const template = withHandlers(stack);
    template.resourceCountIs(LOG_GROUP, 2);
    template.allResourcesProperties(LOG_GROUP, { RetentionInDays: 3653 });
    template.allResources(LOG_GROUP, { DeletionPolicy: 'Retain' });
  });

  test('PropertyInjectors can set the VPC of the functions, which then have permission to create network interfaces', () => {
    const stack = newStack();
    const vpc = vpcOf(stack);
    PropertyInjectors.of(stack).add({
      constructUniqueId: lambda.Function.PROPERTY_INJECTION_ID,
      inject: (props: lambda.FunctionProps, _context: InjectionContext): lambda.FunctionProps => ({ ...props, vpc }),
    });
    newJob(stack);
    expect(propertiesOf(Template.fromStack(stack), FUNCTION)).toContainEqual(
      expect.objectContaining({
        VpcConfig: expect.objectContaining({ SubnetIds: expect.anything() as unknown }) as unknown,
      }),
    );
    expect(statementsOf(stack, 'SageMakerJobsRole')).toContainEqual({
      Effect: 'Allow',
      Action: NETWORK_ACTIONS,
      Resource: '*',
    });
  });
});

/** The constructs of the continuous lifecycle, whose stacks have one function each, and the number of state machines and tables. */
const CONTINUOUS: [string, (stack: Stack) => unknown, number][] = [
  ['TrainingWorkflow', (stack) => startAutomatically(newWorkflow(stack)), 1],
  ['TransformSchedule', (stack) => newTransformSchedule(stack), 1],
  ['ContinuousDeployment', (stack) => newDeployment(stack), 1],
  ['smoke test', (stack) => testedEndpoint(stack), 0],
];

describe.each(CONTINUOUS)('The handler of a %s', (_, make, stateMachineCount) => {
  const configuredWith = (options: (stack: Stack) => HandlerOptions): { stack: Stack; template: Template } => {
    const stack = placedStack();
    HandlerConfig.of(stack).configure(options(stack));
    make(stack);
    const template = Template.fromStack(stack);
    template.resourceCountIs(FUNCTION, 1);
    template.resourceCountIs(LOG_GROUP, 1);
    return { stack, template };
  };

  test('retains its logs as configured', () => {
    const { template } = configuredWith(() => ({
      logRetention: logs.RetentionDays.ONE_YEAR,
      logRemovalPolicy: RemovalPolicy.RETAIN,
    }));
    template.allResourcesProperties(LOG_GROUP, { RetentionInDays: 365 });
    template.allResources(LOG_GROUP, { DeletionPolicy: 'Retain' });
  });

  test('runs in the configured VPC, with permission for its network interfaces', () => {
    const { stack, template } = configuredWith((scope) => ({ vpc: vpcOf(scope) }));
    const { privateSubnets } = stack.node.findChild('Vpc') as ec2.Vpc;
    template.allResourcesProperties(FUNCTION, {
      VpcConfig: { SubnetIds: stack.resolve(privateSubnets.map(({ subnetId }) => subnetId)) as unknown },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{ Effect: 'Allow', Action: NETWORK_ACTIONS, Resource: '*' }]),
      },
    });
  });

  test('warns about each endpoint that isolated subnets do not have', () => {
    const { stack } = configuredWith((scope) => ({
      vpc: vpcOf(scope, ec2.SubnetType.PRIVATE_ISOLATED),
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    }));
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('has no endpoint for .*sagemaker.api.*s3'));
  });

  test('encrypts its logs, its table and its state machine with the configured key', () => {
    const { template } = configuredWith((scope) => ({ encryptionKey: new kms.Key(scope, 'Key') }));
    const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };
    template.allResourcesProperties(LOG_GROUP, { KmsKeyId: key });
    const tables = template.findResources('AWS::DynamoDB::Table', {
      Properties: { SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key } },
    });
    const stateMachines = template.findResources(STATE_MACHINE, {
      Properties: { EncryptionConfiguration: { KmsKeyId: key, Type: 'CUSTOMER_MANAGED_KMS_KEY' } },
    });
    expect(Object.keys(tables)).toHaveLength(stateMachineCount);
    expect(Object.keys(stateMachines)).toHaveLength(stateMachineCount);
  });

  test('has the configured permissions boundary in the roles of functions, state machines and rules', () => {
    const { template } = configuredWith((scope) => ({
      permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyArn(scope, 'Boundary', BOUNDARY),
    }));
    const roles = propertiesOf(template, 'AWS::IAM::Role').filter(({ AssumeRolePolicyDocument }) =>
      /"(lambda|states|events)\.amazonaws\.com"/.test(JSON.stringify(AssumeRolePolicyDocument)),
    );
    expect(roles.length).toBeGreaterThan(0);
    for (const { PermissionsBoundary } of roles) expect(PermissionsBoundary).toBe(BOUNDARY);
  });

  test('is configured before it is created: a later configuration is an error', () => {
    const stack = placedStack();
    make(stack);
    expect(errorOf(() => HandlerConfig.of(stack).configure({ logRetention: logs.RetentionDays.ONE_DAY }))).toContain(
      'The handlers of Stack must be configured before they are created',
    );
  });
});

test('A stack without a job that is waited for has no state machine to encrypt', () => {
  const stack = newStack();
  HandlerConfig.of(stack).configure({ encryptionKey: new kms.Key(stack, 'Key') });
  new TrainingJob(stack, 'Train', {
    image: image(),
    resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    wait: JobWait.none(),
  });
  Template.fromStack(stack).resourceCountIs(STATE_MACHINE, 0);
});
