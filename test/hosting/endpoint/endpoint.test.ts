import {
  aws_apigateway as apigateway,
  aws_applicationautoscaling as appscaling,
  aws_cloudwatch as cloudwatch,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_sns as sns,
  Duration,
  Size,
  Stack,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  CapacitySize,
  DeploymentPolicy,
  Endpoint,
  InferenceComponent,
  InstanceType,
  Model,
  ProductionVariant,
  VariantProperty,
} from '../../../lib';
import { CONFIG, ENDPOINT, MODEL, newConfig } from '../../features';
import {
  additionalStatements,
  ALARM,
  arn,
  asyncConfig,
  newCaller,
  newEndpoint,
  SCALABLE_TARGET,
  SCALING_POLICY,
} from '../../hosting-fixtures';
import { ACCOUNT, errorOf, image, newStack, onlyResource, placedStack, REGION, statementsOf } from '../../stacks';

const ENDPOINT_ARN = arn(`:sagemaker:${REGION}:${ACCOUNT}:endpoint/churn`);

describe('Endpoint', () => {
  test('has a name that is known at synthesis, and its endpoint configuration', () => {
    const stack = newStack();
    const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack) });
    expect(endpoint.endpointName).toMatch(/^Stack-Endpoint-[A-F0-9]{8}$/);
    expect(onlyResource(stack, 'AWS::SageMaker::Endpoint')).toEqual({
      EndpointName: endpoint.endpointName,
      EndpointConfigName: { 'Fn::GetAtt': [expect.stringMatching(/^Config/), 'EndpointConfigName'] },
    });
  });

  test('has the specified name', () => {
    const stack = newStack();
    new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack), endpointName: 'Churn' });
    expect(onlyResource(stack, 'AWS::SageMaker::Endpoint').EndpointName).toBe('Churn');
  });

  test('has no deployment policy and no retained properties by default', () => {
    const stack = newStack();
    newEndpoint(stack);
    expect(Object.keys(onlyResource(stack, ENDPOINT)).sort()).toEqual(['EndpointConfigName', 'EndpointName']);
  });

  test('has the L1 resource as its default child', () => {
    expect(newEndpoint(newStack()).node.defaultChild).toBeDefined();
  });

  test('has a rule on its state changes', () => {
    const stack = newStack();
    const topic = new sns.Topic(stack, 'Topic');
    newEndpoint(stack).onStateChange('Changed', { target: new targets.SnsTopic(topic) });
    expect(onlyResource(stack, 'AWS::Events::Rule')).toMatchObject({
      EventPattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Endpoint State Change'],
        detail: { EndpointName: ['churn'] },
      },
      Targets: [{ Arn: { Ref: expect.any(String) as unknown } }],
    });
  });

  test('is accepted by an API Gateway integration', () => {
    const stack = placedStack();
    const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack), endpointName: 'churn' });
    const api = new apigateway.RestApi(stack, 'Api');
    api.root.addMethod('POST', new apigateway.SagemakerIntegration(endpoint));
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).toContain('endpoints/churn/invocations');
  });

  test('rejects a name with an underscore', () => {
    const stack = newStack();
    const props = { endpointConfig: newConfig(stack), endpointName: 'a_b' };
    expect(errorOf(() => new Endpoint(stack, 'Endpoint', props))).toContain('`endpointName` must start and end with');
  });

  test('rejects an endpoint configuration of another stack', () => {
    const stack = newStack();
    const config = newConfig(stack);
    const other = new Stack(stack.node.root, 'Other');
    expect(errorOf(() => new Endpoint(other, 'Endpoint', { endpointConfig: config }))).toContain(
      '`endpointConfig` Stack/Config must be in the same stack as the endpoint',
    );
  });

  test('rejects a retained property that is listed twice', () => {
    const stack = newStack();
    const retainedVariantProperties = [VariantProperty.DESIRED_WEIGHT, VariantProperty.DESIRED_WEIGHT];
    const props = { endpointConfig: newConfig(stack), retainedVariantProperties };
    expect(errorOf(() => new Endpoint(stack, 'Endpoint', props))).toContain(
      '`retainedVariantProperties` must be unique, got more than one "DesiredWeight"',
    );
  });

  test('rejects a variant that does not exist', () => {
    const stack = newStack();
    const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack) });
    expect(errorOf(() => endpoint.variant('none'))).toBe(
      'Endpoint Stack/Endpoint has no variant "none". Its variants are: main.',
    );
  });
});

describe('A caller of an endpoint', () => {
  test.each<[string, (endpoint: Endpoint, role: iam.Role) => iam.Grant, string]>([
    ['to invoke it', (endpoint, role) => endpoint.grantInvoke(role), 'sagemaker:InvokeEndpoint'],
    [
      'to invoke it with response streaming',
      (endpoint, role) => endpoint.grantInvokeWithResponseStream(role),
      'sagemaker:InvokeEndpointWithResponseStream',
    ],
    [
      'to invoke it asynchronously',
      (endpoint, role) => endpoint.grantInvokeAsync(role),
      'sagemaker:InvokeEndpointAsync',
    ],
  ])('is granted permission %s only', (_, grant, action) => {
    const stack = placedStack();
    grant(newEndpoint(stack), newCaller(stack));
    expect(statementsOf(stack, 'User')).toEqual([{ Effect: 'Allow', Action: action, Resource: ENDPOINT_ARN }]);
  });

  test('is granted permission on an ARN with a lower-case name', () => {
    const stack = placedStack();
    const role = new iam.Role(stack, 'Caller', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack), endpointName: 'Churn' }).grantInvoke(role);
    expect(statementsOf(stack, 'Caller')).toEqual([
      {
        Effect: 'Allow',
        Action: 'sagemaker:InvokeEndpoint',
        Resource: {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:${REGION}:${ACCOUNT}:endpoint/churn`]],
        },
      },
    ]);
  });

  test('is granted permission on an imported endpoint', () => {
    const stack = placedStack();
    const role = new iam.Role(stack, 'Caller', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const arn = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:endpoint/churn`;
    Endpoint.fromEndpointArn(stack, 'A', arn).grantInvoke(role);
    expect(statementsOf(stack, 'Caller')).toMatchObject([{ Resource: arn }]);
    expect(Endpoint.fromEndpointName(stack, 'B', 'churn').endpointName).toBe('churn');
  });
});

describe('Rollback alarms of an endpoint', () => {
  const onAlarms = (stack: Stack): object[] =>
    Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter((policy) =>
      JSON.stringify(policy).includes('cloudwatch:DescribeAlarms'),
    );

  test('roll back an update without a deployment policy', () => {
    const stack = newStack();
    const endpoint = newEndpoint(stack);
    endpoint.addRollbackAlarm(endpoint.variant('main').createErrorAlarm('Errors'));
    expect(onlyResource(stack, ENDPOINT).DeploymentConfig).toEqual({
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: { Ref: expect.stringMatching(/^Endpoint/) as unknown } }] },
      BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 } },
    });
  });

  test('consist of the alarms of the deployment policy and of added alarms', () => {
    const stack = newStack();
    const external = cloudwatch.Alarm.fromAlarmArn(stack, 'A', `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:a`);
    const endpoint = newEndpoint(stack, { deployment: DeploymentPolicy.allAtOnce({ alarms: [external] }) });
    endpoint.addRollbackAlarm(endpoint.variant('main').createErrorAlarm('Errors'));
    expect(onlyResource(stack, ENDPOINT).DeploymentConfig).toMatchObject({
      AutoRollbackConfiguration: {
        Alarms: [{ AlarmName: 'a' }, { AlarmName: { Ref: expect.any(String) as unknown } }],
      },
    });
  });

  test('include an alarm only once', () => {
    const stack = newStack();
    const alarm = cloudwatch.Alarm.fromAlarmArn(stack, 'A', `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:a`);
    newEndpoint(stack, { deployment: DeploymentPolicy.allAtOnce({ alarms: [alarm] }) }).addRollbackAlarm(alarm);
    expect(onlyResource(stack, ENDPOINT).DeploymentConfig).toMatchObject({
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'a' }] },
    });
  });

  test('are limited to 10', () => {
    const stack = newStack();
    const endpoint = newEndpoint(stack);
    for (let i = 0; i < 11; i++) endpoint.addRollbackAlarm(endpoint.variant('main').createErrorAlarm(`Errors${i}`));
    expect(errorOf(() => Template.fromStack(stack))).toContain('`deployment.alarms` must have 1 to 10 entries, got 11');
  });

  test('can be described by the execution role of the model', () => {
    const stack = placedStack();
    const alarmArn = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:errors`;
    newEndpoint(stack).addRollbackAlarm(cloudwatch.Alarm.fromAlarmArn(stack, 'Alarm', alarmArn));
    expect(additionalStatements(stack)).toEqual([
      { Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: alarmArn },
    ]);
  });

  test('can depend on a model, because models do not depend on the permission to describe them', () => {
    const stack = placedStack();
    const model = new Model(stack, 'Model', { image: image() });
    const config = newConfig(stack, {
      variants: [ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_M5_LARGE })],
    });
    const alarm = new cloudwatch.Alarm(stack, 'Alarm', {
      metric: new cloudwatch.Metric({ namespace: 'A', metricName: 'B' }),
      threshold: 1,
      evaluationPeriods: 1,
      alarmDescription: model.modelName,
    });
    newEndpoint(stack, { endpointConfig: config }).addRollbackAlarm(alarm);
    expect(() => Template.fromStack(stack)).not.toThrow();
    const [policy] = onAlarms(stack) as { Properties: { PolicyName: string } }[];
    expect(policy.Properties.PolicyName).toMatch(/^EndpointRollbackRights/);
    const template = Template.fromStack(stack);
    template.hasResource(ENDPOINT, { DependsOn: Match.arrayWith([Match.stringLikeRegexp('^EndpointRollbackRights')]) });
  });

  test('cause no dependency cycle if the execution role is in another stack', () => {
    const stack = placedStack();
    const other = new Stack(stack.node.root, 'Other', { env: { account: ACCOUNT, region: REGION } });
    const role = new iam.Role(other, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    const model = new Model(stack, 'Model', { image: image(), role });
    const config = newConfig(stack, {
      variants: [ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_M5_LARGE })],
    });
    const endpoint = newEndpoint(stack, { endpointConfig: config });
    endpoint.addRollbackAlarm(endpoint.variant('main').createErrorAlarm('Errors'));
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('can be described by the execution role of inference components', () => {
    const stack = placedStack();
    const shared = ProductionVariant.inferenceComponents('shared', { instanceType: InstanceType.ML_M5_LARGE });
    const endpoint = newEndpoint(stack, { endpointConfig: newConfig(stack, { variants: [shared] }) });
    const alarmArn = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:errors`;
    const alarm = cloudwatch.Alarm.fromAlarmArn(stack, 'Alarm', alarmArn);
    endpoint.addRollbackAlarm(alarm);
    new InferenceComponent(stack, 'Component', {
      endpoint,
      variantName: 'shared',
      model: new Model(stack, 'Shared', { image: image() }),
      compute: { minMemory: Size.gibibytes(1) },
      deployment: DeploymentPolicy.rolling({ bakeTime: Duration.minutes(1), alarms: [alarm] }),
    });
    expect(onAlarms(stack)).toHaveLength(2);
    for (const policy of onAlarms(stack)) expect(JSON.stringify(policy)).toContain('"Ref":"ConfigRole');
  });
});

describe('A disabled endpoint', () => {
  test('has a model and an endpoint configuration, but no endpoint and no scaling', () => {
    const stack = newStack();
    const endpoint = newEndpoint(stack, { enabled: false });
    const variant = endpoint.variant('main');
    const scaling = variant.autoScale({ maxCapacity: 2 });
    scaling.scaleOnInvocations('Invocations', { maxRequestsPerSecond: 1 });
    scaling.scaleOnSchedule('Night', { schedule: appscaling.Schedule.cron({ hour: '22' }), maxCapacity: 1 });
    const template = Template.fromStack(stack);
    for (const type of [ENDPOINT, SCALABLE_TARGET, SCALING_POLICY]) template.resourceCountIs(type, 0);
    template.resourceCountIs(CONFIG, 1);
    template.resourceCountIs(MODEL, 1);
  });

  test('has no alarm that scales out from zero instances', () => {
    const stack = newStack();
    newEndpoint(stack, { endpointConfig: asyncConfig(stack), enabled: false })
      .variant('main')
      .autoScale({ minCapacity: 0, maxCapacity: 2 })
      .scaleOnBacklog('Backlog', { targetBacklogPerInstance: 5 });
    Template.fromStack(stack).resourceCountIs(ALARM, 0);
  });

  test('has no inference components and no scaling of copies', () => {
    const stack = newStack();
    const shared = ProductionVariant.inferenceComponents('shared', { instanceType: InstanceType.ML_M5_LARGE });
    const endpoint = newEndpoint(stack, { endpointConfig: newConfig(stack, { variants: [shared] }), enabled: false });
    new InferenceComponent(stack, 'Component', {
      endpoint,
      variantName: 'shared',
      container: { image: image() },
      compute: { minMemory: Size.gibibytes(1) },
    }).autoScale({ maxCapacity: 2 });
    Template.fromStack(stack).resourceCountIs('AWS::SageMaker::InferenceComponent', 0);
    Template.fromStack(stack).resourceCountIs(SCALABLE_TARGET, 0);
  });

  test('requires no rollback alarms', () => {
    const stack = newStack();
    newEndpoint(stack, {
      enabled: false,
      deployment: DeploymentPolicy.canary({ size: CapacitySize.percent(50) }),
      endpointConfig: newConfig(stack, {
        variants: [
          ProductionVariant.instances('main', {
            model: new Model(stack, 'Model', { image: image() }),
            instanceType: InstanceType.ML_M5_LARGE,
            instanceCount: 2,
          }),
        ],
      }),
    });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});
