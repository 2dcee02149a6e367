import validate from 'asl-validator';
import {
  App,
  Stack,
  Stage,
  type StageProps,
  Tags,
  aws_ec2 as ec2,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_kms as kms,
  aws_sqs as sqs,
  aws_ssm as ssm,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  ContinuousDeployment,
  type ContinuousDeploymentProps,
  HandlerConfig,
  ModelPackage,
  ModelPackageGroup,
  ReleaseOutcome,
} from '../../lib';
import { ACCOUNT, REGION, errorOf, newStack, placedStack } from '../stacks';

const NAME = 'Stack-Release';
const STATE_MACHINE = 'AWS::StepFunctions::StateMachine';
const PARTITION = { Ref: 'AWS::Partition' };

function deploymentIn(
  stack: Stack,
  overrides: Partial<ContinuousDeploymentProps> = {},
  id = 'Release',
): ContinuousDeployment {
  const group =
    (stack.node.tryFindChild('Group') as ModelPackageGroup | undefined) ?? new ModelPackageGroup(stack, 'Group');
  const props = { group, stackName: 'churn-hosting', parameterName: '/churn/deployed', stateMachineName: NAME };
  return new ContinuousDeployment(stack, id, { ...props, ...overrides });
}

const placedTemplate = (): Template => {
  const stack = placedStack();
  deploymentIn(stack);
  return Template.fromStack(stack);
};

const arn = (service: string, resource: string): object => ({
  'Fn::Join': ['', ['arn:', PARTITION, `:${service}:${REGION}:${ACCOUNT}:${resource}`]],
});

/** The definition of the only state machine, in which references are text. */
function definitionOf(template: Template): Record<string, never> {
  const [{ Properties }] = Object.values(template.findResources(STATE_MACHINE));
  const { DefinitionString } = Properties as { DefinitionString: { 'Fn::Join': [string, unknown[]] } };
  const pieces = DefinitionString['Fn::Join'][1].map((piece) =>
    typeof piece === 'string' ? piece : 'arn:aws:lambda:eu-west-1:111122223333:function:f',
  );
  return JSON.parse(pieces.join('')) as Record<string, never>;
}

const statementsOf = (template: Template, role: string): unknown[] =>
  Object.values(template.findResources('AWS::IAM::Policy'))
    .map(({ Properties }) => Properties as { Roles: { Ref: string }[]; PolicyDocument: { Statement: unknown[] } })
    .filter(({ Roles }) => Roles.some(({ Ref }) => Ref.startsWith(role)))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

describe('The state machine of a continuous deployment', () => {
  test('repeats a step until it is finished, and has a valid definition', () => {
    const definition = definitionOf(placedTemplate());
    expect(validate(definition).isValid).toBe(true);
    expect(definition).toMatchObject({
      StartAt: 'Reconcile',
      States: {
        Reconcile: {
          Next: 'Is finished',
          Type: 'Task',
          Parameters: {
            Action: 'Reconcile',
            'Execution.$': '$$.Execution.Id',
            Release: { Name: NAME, StackName: 'churn-hosting', ParameterName: '/churn/deployed' },
          },
          Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 10 }],
        },
        'Is finished': {
          Choices: [{ Variable: '$.IsFinished', BooleanEquals: true, Next: 'Finished' }],
          Default: 'Wait',
        },
        Wait: { Type: 'Wait', SecondsPath: '$.WaitSeconds', Next: 'Reconcile' },
        Finished: { Type: 'Succeed' },
      },
    });
  });

  test('has a role that only AWS Step Functions can assume, for this state machine, and that only invokes the function', () => {
    const template = placedTemplate();
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'states.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': arn('states', `stateMachine:${NAME}`) } },
          },
        ],
      },
    });
    expect(statementsOf(template, 'ReleaseStateMachineRole')).toEqual([
      { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: expect.anything() as unknown },
    ]);
  });
});

test('The handler may update exactly the hosting stack, and write exactly the parameter', () => {
  const statements = statementsOf(placedTemplate(), 'ReleaseRole');
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: ['cloudformation:DescribeStackEvents', 'cloudformation:DescribeStacks', 'cloudformation:UpdateStack'],
    Resource: arn('cloudformation', 'stack/churn-hosting/*'),
  });
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: ['ssm:GetParameter', 'ssm:PutParameter'],
    Resource: arn('ssm', 'parameter/churn/deployed'),
  });
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: 'ssm:GetParameters',
    Resource: [arn('ssm', 'parameter/churn/deployed'), arn('ssm', 'parameter/cdk-bootstrap/hnb659fds/version')],
  });
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    Resource: { 'Fn::GetAtt': [expect.stringMatching(/^SageMakerLocksTable/) as unknown, 'Arn'] },
  });
  expect(statements).toContainEqual({
    Effect: 'Allow',
    Action: ['states:DescribeExecution', 'states:StopExecution'],
    Resource: arn('states', `execution:${NAME}:*`),
  });
  expect(JSON.stringify(statements)).not.toContain('iam:PassRole');
});

test('The handler may read the version parameter of another bootstrap stack with `bootstrapQualifier`', () => {
  const stack = placedStack();
  deploymentIn(stack, { bootstrapQualifier: 'other' });
  expect(JSON.stringify(statementsOf(Template.fromStack(stack), 'ReleaseRole'))).toContain(
    '/cdk-bootstrap/other/version',
  );
});

test('The handler may read the other SSM parameters of the hosting stack that `stackParameters` contains, and no more of them', () => {
  const stack = placedStack();
  const created = new ssm.StringParameter(stack, 'Created', { stringValue: 'subnet-1' });
  const named = ssm.StringParameter.fromStringParameterName(stack, 'Named', '/network/vpc');
  deploymentIn(stack, { stackParameters: [named, created] });
  expect(statementsOf(Template.fromStack(stack), 'ReleaseRole')).toContainEqual({
    Effect: 'Allow',
    Action: 'ssm:GetParameters',
    Resource: [
      arn('ssm', 'parameter/churn/deployed'),
      arn('ssm', 'parameter/cdk-bootstrap/hnb659fds/version'),
      arn('ssm', 'parameter/network/vpc'),
      { 'Fn::Join': ['', ['arn:', PARTITION, `:ssm:${REGION}:${ACCOUNT}:parameter/`, { Ref: 'CreatedC1BBC76F' }]] },
    ],
  });
});

describe('A hosting stack of the app that reads another SSM parameter', () => {
  const warnings = (propsOf: (stack: Stack) => Partial<ContinuousDeploymentProps>): unknown[] => {
    const app = new App();
    const hosting = new Stack(app, 'churn-hosting');
    ModelPackage.fromReleaseParameter(hosting, 'Version', '/churn/deployed');
    ssm.StringParameter.valueForStringParameter(hosting, '/network/vpc');
    const stack = new Stack(app, 'Stack');
    deploymentIn(stack, propsOf(stack));
    const found = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('SSM parameters'));
    return found.map(({ id, entry }) => [id, entry.data]);
  };

  test('is warned about', () => {
    const warning = expect.stringContaining(
      'Stack churn-hosting reads the SSM parameters /network/vpc, which the continuous deployment has no permission to read',
    ) as unknown;
    expect(warnings(() => ({}))).toEqual([['/Stack/Release', warning]]);
  });

  test.each<[string, (stack: Stack) => Partial<ContinuousDeploymentProps>]>([
    [
      'contains it',
      (stack) => ({ stackParameters: [ssm.StringParameter.fromStringParameterName(stack, 'Vpc', '/network/vpc')] }),
    ],
    [
      'contains a parameter whose name is not known',
      (stack) => ({ stackParameters: [new ssm.StringParameter(stack, 'Vpc', { stringValue: 'vpc-1' })] }),
    ],
  ])('is not warned about if `stackParameters` %s', (_, propsOf) => {
    expect(warnings(propsOf)).toEqual([]);
  });
});

test('A look starts when a version changes its state, when an update of the stack ends, and every hour', () => {
  const template = placedTemplate();
  const Targets = [{ Arn: { Ref: expect.stringMatching(/^ReleaseStateMachine/) as unknown } }];
  const rules = Object.values(template.findResources('AWS::Events::Rule')).map(
    ({ Properties }) => Properties as object,
  );
  expect(rules).toHaveLength(3);
  rules.forEach((rule) => expect(rule).toMatchObject({ Targets }));
  expect(rules).toContainEqual(
    expect.objectContaining({
      EventPattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Model Package State Change'],
        detail: { ModelPackageGroupName: [expect.anything() as unknown] },
      },
    }),
  );
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.cloudformation'],
      'detail-type': ['CloudFormation Stack Status Change'],
      detail: {
        'stack-id': [{ prefix: arn('cloudformation', 'stack/churn-hosting/') }],
        'status-details': { status: Match.arrayWith(['UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE']) },
      },
    },
  });
  template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 hour)' });
  expect(statementsOf(template, 'ReleaseStateMachineEventsRole')).toEqual([
    { Effect: 'Allow', Action: 'states:StartExecution', Resource: Targets[0].Arn },
  ]);
});

test('The parameter is created by a custom resource, and not part of the template', () => {
  const template = placedTemplate();
  template.resourceCountIs('AWS::SSM::Parameter', 0);
  template.hasResource('Custom::SageMakerReleaseParameter', {
    DependsOn: Match.arrayWith([
      Match.stringLikeRegexp('ReleaseRights'),
      Match.stringLikeRegexp('ReleaseStateMachine'),
    ]),
  });
});

test('An alarm reports that a person is required, also if an hour has no outcome', () => {
  const template = placedTemplate();
  template.resourceCountIs('AWS::CloudWatch::Alarm', 1);
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'cdk-sagemaker-algorithm',
    MetricName: 'Blocked',
    Dimensions: [{ Name: 'WorkflowName', Value: NAME }],
    Period: 3600,
    EvaluationPeriods: 2,
    DatapointsToAlarm: 1,
    Threshold: 1,
    TreatMissingData: 'notBreaching',
    AlarmActions: Match.absent(),
  });
});

test('Outcomes are events and metrics', () => {
  const stack = placedStack();
  const deployment = deploymentIn(stack);
  const target = new targets.SqsQueue(new sqs.Queue(stack, 'Queue'));
  deployment.onReleased('Done', { target });
  deployment.onRolledBack('Back', { target });
  deployment.onOutcome('Any', { target });
  const template = Template.fromStack(stack);
  const pattern = (detail: object): object => ({
    source: ['cdk-sagemaker-algorithm'],
    'detail-type': ['Continuous Deployment Outcome'],
    detail,
  });
  for (const outcome of ['Released', 'RolledBack']) {
    const detail = { workflowName: [NAME], outcome: [outcome] };
    template.hasResourceProperties('AWS::Events::Rule', { EventPattern: pattern(detail) });
  }
  const detail = { workflowName: [NAME], outcome: Match.absent() };
  template.hasResourceProperties('AWS::Events::Rule', { EventPattern: pattern(detail) });
  expect(deployment.metric(ReleaseOutcome.RELEASED)).toMatchObject({
    metricName: 'Released',
    dimensions: { WorkflowName: NAME },
  });
});

test('Tags are applied to the state machine, the function and the table', () => {
  const stack = placedStack();
  deploymentIn(stack);
  Tags.of(stack).add('team', 'fraud');
  const template = Template.fromStack(stack);
  const Tag = [{ Key: 'team', Value: 'fraud' }];
  for (const type of [STATE_MACHINE, 'AWS::Lambda::Function', 'AWS::DynamoDB::Table']) {
    template.allResourcesProperties(type, { Tags: Tag });
  }
});

test('A stack can contain two deployments, which share a table and have a name each', () => {
  const stack = placedStack();
  const options = { stateMachineName: undefined };
  const first = deploymentIn(stack, options);
  const second = deploymentIn(stack, { ...options, parameterName: '/other/deployed', stackName: 'other' }, 'Other');
  expect(first.stateMachineName).not.toBe(second.stateMachineName);
  const template = Template.fromStack(stack);
  template.resourceCountIs(STATE_MACHINE, 2);
  template.resourceCountIs('AWS::DynamoDB::Table', 1);
});

test('A deployment in a stack without an account and a region refers to those of the deployment', () => {
  const stack = newStack();
  deploymentIn(stack);
  const text = JSON.stringify(statementsOf(Template.fromStack(stack), 'ReleaseRole'));
  expect(text).toContain('{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":stack/churn-hosting/*"');
});

describe('A deployment with a configuration of handlers', () => {
  test('encrypts the state machine, the table and the logs, whose roles may use the key', () => {
    const stack = placedStack();
    HandlerConfig.of(stack).configure({ encryptionKey: new kms.Key(stack, 'Key') });
    deploymentIn(stack);
    const template = Template.fromStack(stack);
    const key = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };
    template.hasResourceProperties(STATE_MACHINE, { EncryptionConfiguration: { Type: 'CUSTOMER_MANAGED_KMS_KEY' } });
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      SSESpecification: { KMSMasterKeyId: key, SSEType: 'KMS' },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: key });
    for (const role of ['ReleaseRole', 'ReleaseStateMachineRole']) {
      expect(JSON.stringify(statementsOf(template, role))).toContain('kms:Decrypt');
    }
  });

  test('runs in the VPC, and applies the permissions boundary to the role', () => {
    const stack = placedStack();
    const permissionsBoundary = iam.ManagedPolicy.fromAwsManagedPolicyName('Boundary');
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    HandlerConfig.of(stack).configure({ vpc, permissionsBoundary });
    deploymentIn(stack);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Releases the newest approved version of a model package group',
      VpcConfig: Match.anyValue(),
    });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: { Statement: [Match.objectLike({ Principal: { Service: 'lambda.amazonaws.com' } })] },
      PermissionsBoundary: Match.anyValue(),
    });
  });
});

describe('Continuous deployments of two stages with the same names', () => {
  const synthesize = (props?: StageProps): void => {
    const app = new App();
    const stages = ['Development', 'Production'].map((id) => new Stage(app, id, props));
    stages.forEach((stage) => deploymentIn(new Stack(stage, 'Stack')));
    stages.forEach((stage) => stage.synth());
  };

  test('are accepted if the stages have no environment, since they can be of different accounts', () => {
    expect(() => synthesize()).not.toThrow();
  });

  test('are an error if the stages have the same environment', () => {
    expect(() => synthesize({ env: { account: ACCOUNT, region: REGION } })).toThrow(
      'must be the hosting stack of a single continuous deployment',
    );
  });
});

describe('A deployment is an error', () => {
  test('with all invalid properties at once', () => {
    const stack = newStack();
    const message = errorOf(() =>
      deploymentIn(stack, { stackName: 'a_b', parameterName: 'churn/deployed', stateMachineName: 'a b' }),
    );
    expect(message).toContain('`stackName` must be a stack name (letters, digits and hyphens), got: "a_b"');
    expect(message).toContain('`parameterName` must be a parameter name');
    expect(message).toContain('got: "churn/deployed"');
    expect(message).toContain('`stateMachineName` must be 1 to 80 letters');
  });

  test.each(['/aws/deployed', 'ssm', '/a//b', 'a b', '/', ''])('with the parameter name "%s"', (parameterName) => {
    expect(() => deploymentIn(newStack(), { parameterName })).toThrow('`parameterName` must be a parameter name');
  });

  test.each(['stackName', 'parameterName', 'stateMachineName'] as const)('with a token as `%s`', (property) => {
    const stack = newStack();
    expect(() => deploymentIn(stack, { [property]: stack.region })).toThrow(`\`${property}\` must be a literal text`);
  });

  test('with its own stack as the hosting stack', () => {
    expect(() => deploymentIn(newStack('Own'), { stackName: 'Own' })).toThrow('must be another stack');
  });

  test('if its own stack reads the parameter', () => {
    const stack = newStack();
    deploymentIn(stack);
    ModelPackage.fromReleaseParameter(stack, 'Version', '/churn/deployed');
    expect(() => Template.fromStack(stack)).toThrow('`parameterName` must be read by another stack');
  });

  test('if the hosting stack of the app reads another parameter', () => {
    const app = new App();
    const hosting = new Stack(app, 'churn-hosting');
    ModelPackage.fromReleaseParameter(hosting, 'Version', '/churn/released');
    deploymentIn(new Stack(app, 'Stack'));
    expect(() => app.synth()).toThrow(
      '`stackName` must be a stack that reads the parameter "/churn/deployed", got: "churn-hosting", which reads "/churn/released". Use',
    );
  });

  test('if another one updates the same hosting stack', () => {
    const app = new App();
    deploymentIn(new Stack(app, 'Stack'));
    deploymentIn(new Stack(app, 'Other'), { parameterName: '/other/deployed' });
    expect(() => app.synth()).toThrow(
      '`stackName` must be the hosting stack of a single continuous deployment, got: "churn-hosting", which Other/Release updates too',
    );
  });

  test('if another one writes the same parameter', () => {
    const app = new App();
    deploymentIn(new Stack(app, 'Stack'));
    deploymentIn(new Stack(app, 'Other'), { stackName: 'other-hosting' });
    expect(() => app.synth()).toThrow(
      '`parameterName` must be the parameter of a single continuous deployment, got: "/churn/deployed", which Other/Release writes too',
    );
  });

  test('if a template contains the parameter', () => {
    const stack = newStack();
    deploymentIn(stack);
    new ssm.StringParameter(stack, 'Parameter', { parameterName: '/churn/deployed', stringValue: 'none' });
    expect(() => Template.fromStack(stack)).toThrow(
      '`parameterName` must not be a parameter of a template, got: "/churn/deployed", which Stack/Parameter/Resource creates',
    );
  });

  test('if a template of its region contains the parameter, and also one of another region', () => {
    const app = new App();
    const newPlaced = (id: string, region: string): Stack => new Stack(app, id, { env: { account: ACCOUNT, region } });
    for (const stack of [newPlaced('Far', 'us-east-1'), newPlaced('Near', REGION)]) {
      new ssm.StringParameter(stack, 'Parameter', { parameterName: '/churn/deployed', stringValue: 'none' });
    }
    deploymentIn(newPlaced('Own', REGION));
    expect(() => app.synth()).toThrow('got: "/churn/deployed", which Near/Parameter/Resource creates');
  });

  test('if another stack of the app reads the parameter, which is named', () => {
    const app = new App();
    ModelPackage.fromReleaseParameter(new Stack(app, 'churn-hostng'), 'Version', '/churn/deployed');
    deploymentIn(new Stack(app, 'Stack'));
    expect(() => app.synth()).toThrow('got: "churn-hosting". The parameter is read by: "churn-hostng"');
  });

  test.each([
    ['account', `arn:aws:sagemaker:${REGION}:444455556666:model-package-group/churn`],
    ['region', `arn:aws:sagemaker:us-east-1:${ACCOUNT}:model-package-group/churn`],
  ])('with a group of another %s', (_, groupArn) => {
    const stack = placedStack();
    const group = ModelPackageGroup.fromModelPackageGroupArn(stack, 'Imported', groupArn);
    expect(() => deploymentIn(stack, { group })).toThrow(
      `\`group\` Stack/Imported must be in the account and the region of the continuous deployment (aws://${ACCOUNT}/${REGION})`,
    );
  });

  test('if another construct of the stack has the name of its state machine', () => {
    const stack = newStack();
    deploymentIn(stack);
    deploymentIn(stack, { stackName: 'other-hosting', parameterName: '/other/deployed' }, 'Other');
    expect(() => Template.fromStack(stack)).toThrow('`stateMachineName` must be unique');
  });

  test('with a value of another type, which is named', () => {
    const stack = newStack();
    expect(errorOf(() => deploymentIn(stack, { stackName: stack as never }))).toContain('`stackName`');
  });

  test('but not if another one updates a hosting stack with the same name in another account', () => {
    const app = new App();
    deploymentIn(new Stack(app, 'Stack', { env: { account: ACCOUNT, region: REGION } }));
    deploymentIn(new Stack(app, 'Other', { env: { account: '444455556666', region: REGION } }));
    expect(() => app.synth()).not.toThrow();
  });

  test('but not if the hosting stack of the app reads the parameter', () => {
    const app = new App();
    ModelPackage.fromReleaseParameter(new Stack(app, 'churn-hosting'), 'Version', '/churn/deployed');
    deploymentIn(new Stack(app, 'Stack'));
    expect(() => app.synth()).not.toThrow();
  });
});

test.each<[string, (hosting: Stack, own: Stack) => void, boolean]>([
  ['with a warning if the hosting stack of the app can be deployed first', () => undefined, true],
  ['without one if the hosting stack depends on it', (hosting, own) => hosting.addStackDependency(own), false],
])('A deployment is accepted %s', (_, relate, isWarned) => {
  const app = new App();
  const own = new Stack(app, 'Stack');
  const hosting = new Stack(app, 'churn-hosting');
  ModelPackage.fromReleaseParameter(hosting, 'Version', '/churn/deployed');
  deploymentIn(own);
  relate(hosting, own);
  app.synth();
  const found = Annotations.fromStack(own).findWarning('*', Match.stringLikeRegexp('does not depend on it'));
  expect(found.length > 0).toBe(isWarned);
});
