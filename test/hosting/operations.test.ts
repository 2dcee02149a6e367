import {
  Aws,
  CfnParameter,
  Duration,
  Size,
  Stack,
  aws_applicationautoscaling as appscaling,
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_logs as logs,
  aws_sns as sns,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  CapacitySize,
  CaptureMode,
  ContainerImage,
  DeploymentPolicy,
  Endpoint,
  EndpointConfig,
  type EndpointConfigProps,
  type EndpointProps,
  ExplainerBaseline,
  InferenceComponent,
  InstanceType,
  Model,
  ModelData,
  ProductionVariant,
  S3Location,
} from '../../lib';
import { CONFIG, ENDPOINT, MODEL, bucket, newConfig } from '../features';
import { ACCOUNT, IMAGE_DIRECTORY, REGION, image, newStack, onlyResource, placedStack, statementsOf } from '../stacks';

const PARTITION = { Ref: 'AWS::Partition' };
const arn = (rest: string): object => ({ 'Fn::Join': ['', ['arn:', PARTITION, rest]] });
const ENDPOINT_ARN = arn(`:sagemaker:${REGION}:${ACCOUNT}:endpoint/churn`);
const NAMES = [
  { Name: 'EndpointName', Value: 'churn' },
  { Name: 'VariantName', Value: 'main' },
];
const TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';
const POLICY = 'AWS::ApplicationAutoScaling::ScalingPolicy';
const ALARM = 'AWS::CloudWatch::Alarm';

function churn(stack: Stack, props: Partial<EndpointProps> = {}): Endpoint {
  return new Endpoint(stack, 'Endpoint', {
    endpointName: 'churn',
    ...props,
    endpointConfig: props.endpointConfig ?? newConfig(stack),
  });
}

function asyncConfig(stack: Stack): EndpointConfig {
  return newConfig(stack, {
    asyncInference: {
      input: S3Location.fromBucket(bucket(stack), 'in'),
      output: S3Location.fromBucket(bucket(stack), 'out'),
    },
  });
}

function user(stack: Stack): iam.Role {
  return new iam.Role(stack, 'User', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
}

/** What the role of the model may do beyond what every model may. */
function beyond(stack: Stack): unknown[] {
  return [...statementsOf(stack, 'ModelRole'), ...statementsOf(stack, 'ModelThatIsDumped')].filter(
    (statement) => !/logs:|PutMetricData/.test(JSON.stringify((statement as { Action: unknown }).Action)),
  );
}

describe('The role of a model may', () => {
  function withConfig(props: (stack: Stack) => Partial<EndpointConfigProps>): unknown[] {
    const stack = placedStack();
    newConfig(stack, props(stack));
    return beyond(stack);
  }
  const objects = (prefix: string): object => arn(`:s3:::models/${prefix}`);

  test('do nothing more because of an endpoint that only answers', () => {
    expect(withConfig(() => ({}))).toEqual([]);
  });

  test('read requests, write answers and tell of them, where they come later', () => {
    const topic = `arn:aws:sns:${REGION}:${ACCOUNT}:done`;
    const statements = withConfig((stack) => ({
      asyncInference: {
        input: S3Location.fromBucket(bucket(stack), 'in/'),
        output: S3Location.fromBucket(bucket(stack), 'out'),
        failure: S3Location.fromBucket(bucket(stack), 'failed'),
        successTopic: sns.Topic.fromTopicArn(stack, 'Done', topic),
      },
    }));
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
        Resource: [arn(':s3:::models'), objects('in/*')],
      },
      {
        Effect: 'Allow',
        Action: [
          's3:PutObject',
          's3:PutObjectLegalHold',
          's3:PutObjectRetention',
          's3:PutObjectTagging',
          's3:PutObjectVersionTagging',
          's3:Abort*',
        ],
        Resource: objects('out/*'),
      },
      expect.objectContaining({ Resource: objects('failed/*') }),
      { Effect: 'Allow', Action: 'sns:Publish', Resource: topic },
    ]);
  });

  test('write what is kept of requests, and use the key', () => {
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0123`;
    const statements = withConfig((stack) => ({
      dataCapture: {
        destination: S3Location.fromBucket(bucket(stack), 'kept'),
        encryptionKey: kms.Key.fromKeyArn(stack, 'Key', key),
      },
    }));
    expect(statements).toEqual([
      expect.objectContaining({ Resource: objects('kept/*') }),
      {
        Effect: 'Allow',
        Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'],
        Resource: key,
      },
    ]);
  });

  test('let the service encrypt volumes', () => {
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0123`;
    const statements = withConfig((stack) => ({ encryptionKey: kms.Key.fromKeyArn(stack, 'Key', key) }));
    expect(statements).toEqual([
      expect.objectContaining({ Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'] }),
      { Effect: 'Allow', Action: ['kms:CreateGrant', 'kms:DescribeKey'], Resource: key },
    ]);
  });

  test('read what explanations start from', () => {
    const statements = withConfig((stack) => ({
      explainer: { baseline: ExplainerBaseline.fromObject(bucket(stack), 'base.csv') },
    }));
    expect(statements).toEqual([expect.objectContaining({ Resource: [arn(':s3:::models'), objects('base.csv')] })]);
  });

  test('write core dumps, with their key', () => {
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0123`;
    const statements = withConfig((stack) => ({
      variants: [
        ProductionVariant.instances('main', {
          model: new Model(stack, 'ModelThatIsDumped', { image: image() }),
          instanceType: InstanceType.ML_M5_LARGE,
          coreDump: {
            destination: S3Location.fromBucket(bucket(stack), 'dumps'),
            encryptionKey: kms.Key.fromKeyArn(stack, 'Key', key),
          },
        }),
      ],
    }));
    expect(statements).toEqual([
      expect.objectContaining({ Resource: objects('dumps/*') }),
      expect.objectContaining({ Action: expect.arrayContaining(['kms:Encrypt']) as unknown, Resource: key }),
    ]);
  });

  test('invoke the function that knows the password of a private registry', () => {
    const stack = placedStack();
    const functionArn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:login`;
    const credentialsProvider = lambda.Function.fromFunctionArn(stack, 'Login', functionArn);
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
    new Model(stack, 'Model', {
      image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1', { credentialsProvider }),
      vpc,
    });
    expect(beyond(stack)).toContainEqual({ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: functionArn });
  });

  test('open a shell, where it is asked for', () => {
    const statements = withConfig((stack) => ({
      variants: [
        ProductionVariant.instances('main', {
          model: new Model(stack, 'Model', { image: image() }),
          instanceType: InstanceType.ML_M5_LARGE,
          ssmAccess: true,
        }),
      ],
    }));
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: [
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        Resource: '*',
      },
    ]);
  });

  test('look at the alarms that roll an update back', () => {
    const stack = placedStack();
    const alarmArn = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:errors`;
    churn(stack).addRollbackAlarm(cloudwatch.Alarm.fromAlarmArn(stack, 'Alarm', alarmArn));
    expect(beyond(stack)).toEqual([{ Effect: 'Allow', Action: 'cloudwatch:DescribeAlarms', Resource: alarmArn }]);
  });

  test('read all objects of a model that is not packed', () => {
    const stack = placedStack();
    new Model(stack, 'Model', { image: image(), modelData: ModelData.fromUncompressedPrefix(bucket(stack), 'llm') });
    expect(beyond(stack)).toEqual([expect.objectContaining({ Resource: [arn(':s3:::models'), objects('llm/*')] })]);
  });
});

describe('A model in a network', () => {
  test('has connections, and a security group of its own', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
    const model = new Model(stack, 'Model', { image: image(), vpc });
    model.connections.allowFromAnyIpv4(ec2.Port.tcp(443));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [Match.objectLike({ FromPort: 443 })],
    });
  });

  test('has no connections without one', () => {
    const model = new Model(newStack(), 'Model', { image: image() });
    expect(() => model.connections).toThrow(
      'Model Stack/Model has no connections because it is not in a VPC. Specify `vpc`.',
    );
  });
});

describe('Who may ask an endpoint', () => {
  test.each<[string, (endpoint: Endpoint, role: iam.Role) => iam.Grant, string]>([
    ['at once', (endpoint, role) => endpoint.grantInvoke(role), 'sagemaker:InvokeEndpoint'],
    [
      'for answers in pieces',
      (endpoint, role) => endpoint.grantInvokeWithResponseStream(role),
      'sagemaker:InvokeEndpointWithResponseStream',
    ],
    ['for later', (endpoint, role) => endpoint.grantInvokeAsync(role), 'sagemaker:InvokeEndpointAsync'],
  ])('%s may do just that', (_, grant, action) => {
    const stack = placedStack();
    grant(churn(stack), user(stack));
    expect(statementsOf(stack, 'User')).toEqual([{ Effect: 'Allow', Action: action, Resource: ENDPOINT_ARN }]);
  });

  test('through a component may ask the component and its endpoint', () => {
    const stack = placedStack();
    const component = InferenceComponent.fromInferenceComponentName(stack, 'Component', 'Churn');
    component.grantInvoke(user(stack));
    expect(statementsOf(stack, 'User')).toEqual([
      {
        Effect: 'Allow',
        Action: ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'],
        Resource: arn(`:sagemaker:${REGION}:${ACCOUNT}:inference-component/churn`),
      },
    ]);
  });
});

describe('A variant of an endpoint', () => {
  test('is the same one whenever it is asked for', () => {
    const endpoint = churn(newStack());
    expect(endpoint.variant('main')).toBe(endpoint.variant('main'));
  });

  test('of an imported configuration may have any name', () => {
    const stack = newStack();
    const config = EndpointConfig.fromEndpointConfigName(stack, 'Imported', 'imported');
    expect(churn(stack, { endpointConfig: config }).variant('any').variantName).toBe('any');
  });

  test.each<[string, string, (endpoint: Endpoint) => cloudwatch.Metric]>([
    ['Invocations', 'Sum', (e) => e.variant('main').metricInvocations()],
    ['InvocationsPerInstance', 'Sum', (e) => e.variant('main').metricInvocationsPerInstance()],
    ['ConcurrentRequestsPerModel', 'Maximum', (e) => e.variant('main').metricConcurrentRequestsPerModel()],
    ['Invocation4XXErrors', 'Sum', (e) => e.variant('main').metricInvocation4xxErrors()],
    ['Invocation5XXErrors', 'Sum', (e) => e.variant('main').metricInvocation5xxErrors()],
    ['InvocationModelErrors', 'Sum', (e) => e.variant('main').metricInvocationModelErrors()],
    ['ModelLatency', 'Average', (e) => e.variant('main').metricModelLatency()],
    ['OverheadLatency', 'Average', (e) => e.variant('main').metricOverheadLatency()],
    ['ModelSetupTime', 'Average', (e) => e.variant('main').metricModelSetupTime()],
  ])('has the metric %s of its requests', (metricName, statistic, metric) => {
    expect(metric(churn(newStack()))).toMatchObject({
      namespace: 'AWS/SageMaker',
      metricName,
      statistic,
      dimensions: { EndpointName: 'churn', VariantName: 'main' },
    });
  });

  test.each<[string, (endpoint: Endpoint) => cloudwatch.Metric]>([
    ['CPUUtilization', (e) => e.variant('main').metricCpuUtilization()],
    ['MemoryUtilization', (e) => e.variant('main').metricMemoryUtilization()],
    ['DiskUtilization', (e) => e.variant('main').metricDiskUtilization()],
    ['GPUUtilization', (e) => e.variant('main').metricGpuUtilization()],
    ['GPUMemoryUtilization', (e) => e.variant('main').metricGpuMemoryUtilization()],
  ])('has the metric %s of its instances', (metricName, metric) => {
    expect(metric(churn(newStack()))).toMatchObject({
      namespace: '/aws/sagemaker/Endpoints',
      metricName,
      dimensions: { EndpointName: 'churn', VariantName: 'main' },
    });
  });

  test('tells when requests fail', () => {
    const stack = newStack();
    churn(stack).variant('main').createErrorAlarm('Errors');
    expect(onlyResource(stack, ALARM)).toEqual({
      AlarmDescription: 'More than 1 % of the requests to variant main fail.',
      ComparisonOperator: 'GreaterThanThreshold',
      DatapointsToAlarm: 2,
      Dimensions: NAMES,
      EvaluationPeriods: 3,
      MetricName: 'Invocation5XXErrors',
      Namespace: 'AWS/SageMaker',
      Period: 60,
      Statistic: 'Average',
      Threshold: 0.01,
      TreatMissingData: 'notBreaching',
    });
  });

  test('tells when its model does not answer, as it is told to', () => {
    const stack = newStack();
    const topic = sns.Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:${REGION}:${ACCOUNT}:ops`);
    const action: cloudwatch.IAlarmAction = { bind: () => ({ alarmActionArn: topic.topicArn }) };
    churn(stack)
      .variant('main')
      .createModelErrorAlarm('Errors', {
        maxPercent: 5,
        period: Duration.minutes(5),
        evaluationPeriods: 1,
        alarmName: 'model',
        actions: [action],
      });
    expect(onlyResource(stack, ALARM)).toMatchObject({
      AlarmName: 'model',
      MetricName: 'InvocationModelErrors',
      Threshold: 0.05,
      Period: 300,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      AlarmActions: [topic.topicArn],
    });
  });

  test('tells when its model is slow, in microseconds', () => {
    const stack = newStack();
    const variant = churn(stack).variant('main');
    variant.createLatencyAlarm('Slow');
    variant.createLatencyAlarm('Slower', { maxLatency: Duration.millis(250), percentile: 90 });
    const template = Template.fromStack(stack);
    template.hasResourceProperties(ALARM, {
      MetricName: 'ModelLatency',
      ExtendedStatistic: 'p99',
      Threshold: 1_000_000,
    });
    template.hasResourceProperties(ALARM, { ExtendedStatistic: 'p90', Threshold: 250_000 });
  });

  test('tells when nobody asks for a day', () => {
    const stack = newStack();
    churn(stack).variant('main').createIdleAlarm('Idle');
    expect(onlyResource(stack, ALARM)).toMatchObject({
      MetricName: 'Invocations',
      Statistic: 'Sum',
      Period: 3600,
      EvaluationPeriods: 24,
      DatapointsToAlarm: 24,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'breaching',
    });
  });

  test.each<[string, object]>([
    ['`maxPercent` must be 0 to 99, got 100', { maxPercent: 100 }],
    ['`maxPercent` must be 0 to 99, got -1', { maxPercent: -1 }],
  ])('refuses an alarm: %s', (fault, options) => {
    expect(() => churn(newStack()).variant('main').createErrorAlarm('Errors', options)).toThrow(fault);
  });

  test('refuses an alarm on no percentile', () => {
    const variant = churn(newStack()).variant('main');
    expect(() => variant.createLatencyAlarm('Slow', { percentile: 101 })).toThrow(
      '`percentile` must be above 0 and at most 100, got 101',
    );
  });
});

describe('A variant is scaled', () => {
  test('within its bounds, by the role that the service makes itself', () => {
    const stack = placedStack();
    churn(stack).variant('main').autoScale({ minCapacity: 2, maxCapacity: 8 });
    expect(onlyResource(stack, TARGET)).toEqual({
      ServiceNamespace: 'sagemaker',
      ResourceId: 'endpoint/churn/variant/main',
      ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      MinCapacity: 2,
      MaxCapacity: 8,
      RoleARN: arn(
        `:iam::${ACCOUNT}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`,
      ),
    });
    const [target] = Object.values(Template.fromStack(stack).findResources(TARGET));
    expect(target.DependsOn).toEqual([expect.stringMatching(/^Endpoint/)]);
  });

  test('by what its models answer at a time', () => {
    const stack = newStack();
    churn(stack)
      .variant('main')
      .autoScale({ maxCapacity: 2 })
      .scaleOnConcurrency('Concurrency', {
        targetConcurrency: 5,
        scaleInCooldown: Duration.minutes(10),
        scaleOutCooldown: Duration.seconds(30),
        disableScaleIn: true,
      });
    expect(onlyResource(stack, POLICY).TargetTrackingScalingPolicyConfiguration).toEqual({
      PredefinedMetricSpecification: {
        PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
      },
      TargetValue: 5,
      ScaleInCooldown: 600,
      ScaleOutCooldown: 30,
      DisableScaleIn: true,
    });
  });

  test('by any metric', () => {
    const stack = newStack();
    const variant = churn(stack).variant('main');
    const metric = variant.metricGpuUtilization({ statistic: 'Average' });
    variant.autoScale({ maxCapacity: 2 }).scaleOnMetric('Gpu', { metric, targetValue: 70 });
    expect(onlyResource(stack, POLICY).TargetTrackingScalingPolicyConfiguration).toMatchObject({
      CustomizedMetricSpecification: { MetricName: 'GPUUtilization', Dimensions: NAMES },
      TargetValue: 70,
    });
  });

  test('at certain times', () => {
    const stack = newStack();
    churn(stack)
      .variant('main')
      .autoScale({ maxCapacity: 2 })
      .scaleOnSchedule('Night', { schedule: appscaling.Schedule.cron({ hour: '22', minute: '0' }), maxCapacity: 1 });
    expect(onlyResource(stack, TARGET)).toMatchObject({
      ScheduledActions: [{ ScheduledActionName: 'Night', ScalableTargetAction: { MaxCapacity: 1 } }],
    });
  });

  test('by what waits, and to zero and back, by metrics that really exist', () => {
    const stack = newStack();
    churn(stack, { endpointConfig: asyncConfig(stack) })
      .variant('main')
      .autoScale({ minCapacity: 0, maxCapacity: 2 })
      .scaleOnBacklog('Backlog', { targetBacklogPerInstance: 5 });
    const ofEndpoint = [{ Name: 'EndpointName', Value: 'churn' }];
    const template = Template.fromStack(stack);
    template.hasResourceProperties(TARGET, { MinCapacity: 0 });
    template.hasResourceProperties(POLICY, {
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        CustomizedMetricSpecification: {
          Namespace: 'AWS/SageMaker',
          MetricName: 'ApproximateBacklogSizePerInstance',
          Dimensions: ofEndpoint,
          Statistic: 'Average',
        },
        TargetValue: 5,
      },
    });
    template.hasResourceProperties(POLICY, {
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
    });
    template.hasResourceProperties(ALARM, {
      MetricName: 'HasBacklogWithoutCapacity',
      Namespace: 'AWS/SageMaker',
      Dimensions: ofEndpoint,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });

  test('by what waits without a way back from zero, where one instance always stays', () => {
    const stack = newStack();
    churn(stack, { endpointConfig: asyncConfig(stack) })
      .variant('main')
      .autoScale({ maxCapacity: 2 })
      .scaleOnBacklog('Backlog', { targetBacklogPerInstance: 5 });
    const template = Template.fromStack(stack);
    template.resourceCountIs(POLICY, 1);
    template.resourceCountIs(ALARM, 0);
  });

  test('and keeps the number of its instances when the endpoint moves', () => {
    const stack = newStack();
    churn(stack).variant('main').autoScale({ maxCapacity: 2 });
    expect(onlyResource(stack, ENDPOINT)).toMatchObject({
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [
        { VariantPropertyType: 'DesiredWeight' },
        { VariantPropertyType: 'DataCaptureConfig' },
      ],
    });
  });

  test('and keeps nothing, where nothing is to be kept', () => {
    const stack = newStack();
    churn(stack, { retainedVariantProperties: [] }).variant('main').autoScale({ maxCapacity: 2 });
    expect(onlyResource(stack, ENDPOINT)).not.toHaveProperty('RetainAllVariantProperties');
  });
});

describe('An endpoint', () => {
  test('says nothing of policies and of what is kept by default', () => {
    const stack = newStack();
    churn(stack);
    expect(Object.keys(onlyResource(stack, ENDPOINT)).sort()).toEqual(['EndpointConfigName', 'EndpointName']);
  });

  test('moves all at once under the eyes of alarms that are added', () => {
    const stack = newStack();
    const endpoint = churn(stack);
    endpoint.addRollbackAlarm(endpoint.variant('main').createErrorAlarm('Errors'));
    expect(onlyResource(stack, ENDPOINT).DeploymentConfig).toEqual({
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: { Ref: expect.stringMatching(/^Endpoint/) as unknown } }] },
      BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 } },
    });
  });

  test('has alarms of the policy and of its own', () => {
    const stack = newStack();
    const external = cloudwatch.Alarm.fromAlarmArn(stack, 'A', `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:a`);
    const endpoint = churn(stack, { deployment: DeploymentPolicy.allAtOnce({ alarms: [external] }) });
    endpoint.addRollbackAlarm(endpoint.variant('main').createErrorAlarm('Errors'));
    expect(onlyResource(stack, ENDPOINT).DeploymentConfig).toMatchObject({
      AutoRollbackConfiguration: {
        Alarms: [{ AlarmName: 'a' }, { AlarmName: { Ref: expect.any(String) as unknown } }],
      },
    });
  });

  test('tells of its state', () => {
    const stack = newStack();
    const topic = new sns.Topic(stack, 'Topic');
    churn(stack).onStateChange('Changed', { target: new targets.SnsTopic(topic) });
    expect(onlyResource(stack, 'AWS::Events::Rule')).toMatchObject({
      EventPattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Endpoint State Change'],
        detail: { EndpointName: ['churn'] },
      },
      Targets: [{ Arn: { Ref: expect.any(String) as unknown } }],
    });
  });

  test('leaves its log group to the service by default', () => {
    const stack = newStack();
    churn(stack);
    Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 0);
  });

  test('comes after its log group, which has an end', () => {
    const stack = newStack();
    churn(stack, { logs: {} });
    const template = Template.fromStack(stack);
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: '/aws/sagemaker/Endpoints/churn', RetentionInDays: 90 },
      DeletionPolicy: 'Delete',
    });
    template.hasResource(ENDPOINT, { DependsOn: [Match.stringLikeRegexp('^EndpointLogs')] });
  });

  test('keeps its logs as long as it is told to', () => {
    const stack = newStack();
    churn(stack, { logs: { retention: logs.RetentionDays.ONE_WEEK } });
    expect(onlyResource(stack, 'AWS::Logs::LogGroup').RetentionInDays).toBe(7);
  });

  test('that stands down leaves model and configuration, and nothing that costs money', () => {
    const stack = newStack();
    const endpoint = churn(stack, { enabled: false });
    const variant = endpoint.variant('main');
    const scaling = variant.autoScale({ maxCapacity: 2 });
    scaling.scaleOnInvocations('Invocations', { maxRequestsPerSecond: 1 });
    scaling.scaleOnSchedule('Night', { schedule: appscaling.Schedule.cron({ hour: '22' }), maxCapacity: 1 });
    const template = Template.fromStack(stack);
    for (const type of [ENDPOINT, TARGET, POLICY]) template.resourceCountIs(type, 0);
    template.resourceCountIs(CONFIG, 1);
    template.resourceCountIs(MODEL, 1);
  });
});

describe('Where the alpha module is known to fail,', () => {
  const two = (stack: Stack): EndpointConfig =>
    newConfig(stack, {
      variants: ['a', 'b'].map((name, index) =>
        ProductionVariant.instances(name, {
          model: new Model(stack, name, { image: image() }),
          instanceType: InstanceType.ML_M5_LARGE,
          weight: index,
        }),
      ),
    });

  test('two images of one directory that differ in their target are two images of one model', () => {
    const stack = newStack();
    const containers = ['a', 'b'].map((target) => ({ image: ContainerImage.fromAsset(IMAGE_DIRECTORY, { target }) }));
    new Model(stack, 'Model', { containers });
    const [a, b] = onlyResource(stack, MODEL).Containers as { Image: object }[];
    expect(a.Image).not.toEqual(b.Image);
  });

  test('two variants of one endpoint are both scaled', () => {
    const stack = newStack();
    const endpoint = churn(stack, { endpointConfig: two(stack) });
    for (const name of ['a', 'b']) {
      endpoint
        .variant(name)
        .autoScale({ maxCapacity: 2 })
        .scaleOnInvocations('Invocations', { maxRequestsPerSecond: 1 });
    }
    Template.fromStack(stack).resourceCountIs(POLICY, 2);
  });

  test('a weight of 0 stays 0', () => {
    const stack = newStack();
    two(stack);
    expect(onlyResource(stack, CONFIG)).toMatchObject({
      ProductionVariants: [{ InitialVariantWeight: 0 }, { InitialVariantWeight: 1 }],
    });
  });

  test('a capacity of 0 stays 0', () => {
    const stack = newStack();
    churn(stack, { endpointConfig: asyncConfig(stack) })
      .variant('main')
      .autoScale({ minCapacity: 0, maxCapacity: 1 })
      .scaleOnBacklog('Backlog', { targetBacklogPerInstance: 1 });
    expect(onlyResource(stack, TARGET).MinCapacity).toBe(0);
  });

  test('instances may be fewer at first than at least', () => {
    const stack = newStack();
    expect(() => churn(stack).variant('main').autoScale({ minCapacity: 3, maxCapacity: 4 })).not.toThrow();
  });

  test('a role starts from nothing', () => {
    const stack = newStack();
    new Model(stack, 'Model', { image: image() });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  test('names are checked', () => {
    const model = new Model(newStack(), 'Model', { image: image() });
    const make = (): unknown => ProductionVariant.instances('a_b', { model, instanceType: InstanceType.ML_M5_LARGE });
    expect(make).toThrow('`variantName` must start and end with a letter or digit');
  });

  test('the L1s are found by the usual escape hatch', () => {
    const stack = newStack();
    const config = newConfig(stack);
    const endpoint = churn(stack, { endpointConfig: config });
    for (const construct of [config, endpoint]) expect(construct.node.defaultChild).toBeDefined();
  });

  test('what is kept of requests says so by default for both', () => {
    const stack = newStack();
    newConfig(stack, { dataCapture: { destination: S3Location.fromBucket(bucket(stack)), enabled: false } });
    expect(onlyResource(stack, CONFIG).DataCaptureConfig).toEqual({
      EnableCapture: false,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: 's3://models',
      CaptureOptions: [{ CaptureMode: CaptureMode.INPUT }, { CaptureMode: CaptureMode.OUTPUT }],
    });
  });
});

describe('An endpoint that was made elsewhere', () => {
  test('has metrics, alarms and scaling, too', () => {
    const stack = newStack();
    const variant = Endpoint.fromEndpointName(stack, 'Endpoint', 'churn').variant('main');
    variant.createErrorAlarm('Errors');
    variant.autoScale({ minCapacity: 0, maxCapacity: 2 }).scaleOnBacklog('Backlog', { targetBacklogPerInstance: 5 });
    const template = Template.fromStack(stack);
    template.hasResourceProperties(ALARM, { MetricName: 'Invocation5XXErrors', Dimensions: NAMES });
    template.hasResourceProperties(TARGET, { ResourceId: 'endpoint/churn/variant/main' });
  });
});

describe('Where alarms roll back,', () => {
  const onAlarms = (stack: Stack): object[] =>
    Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter((policy) =>
      JSON.stringify(policy).includes('cloudwatch:DescribeAlarms'),
    );

  test('models do not wait for the right to look at them, so that an alarm may act on a model', () => {
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
    churn(stack, { endpointConfig: config }).addRollbackAlarm(alarm);
    expect(() => Template.fromStack(stack)).not.toThrow();
    const [policy] = onAlarms(stack) as { Properties: { PolicyName: string } }[];
    expect(policy.Properties.PolicyName).toMatch(/^EndpointRollbackRights/);
    const template = Template.fromStack(stack);
    template.hasResource(ENDPOINT, { DependsOn: Match.arrayWith([Match.stringLikeRegexp('^EndpointRollbackRights')]) });
  });

  test('a role of another stack is no cycle', () => {
    const stack = placedStack();
    const other = new Stack(stack.node.root, 'Other', { env: { account: ACCOUNT, region: REGION } });
    const role = new iam.Role(other, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    const model = new Model(stack, 'Model', { image: image(), role });
    const config = newConfig(stack, {
      variants: [ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_M5_LARGE })],
    });
    const endpoint = churn(stack, { endpointConfig: config });
    endpoint.addRollbackAlarm(endpoint.variant('main').createErrorAlarm('Errors'));
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('the role of inference components may look at them, too', () => {
    const stack = placedStack();
    const shared = ProductionVariant.inferenceComponents('shared', { instanceType: InstanceType.ML_M5_LARGE });
    const endpoint = churn(stack, { endpointConfig: newConfig(stack, { variants: [shared] }) });
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

  test('an alarm counts once', () => {
    const stack = newStack();
    const alarm = cloudwatch.Alarm.fromAlarmArn(stack, 'A', `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:a`);
    churn(stack, { deployment: DeploymentPolicy.allAtOnce({ alarms: [alarm] }) }).addRollbackAlarm(alarm);
    expect(onlyResource(stack, ENDPOINT).DeploymentConfig).toMatchObject({
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'a' }] },
    });
  });
});

describe('The role of a model in a pool may do what that of the variant may', () => {
  const pooled = (stack: Stack, more: Partial<EndpointConfigProps> = {}, options: object = {}): unknown[] => {
    newConfig(stack, {
      variants: [
        ProductionVariant.instances('main', {
          model: new Model(stack, 'Model', { image: image() }),
          instancePools: [
            { instanceType: InstanceType.ML_G5_XLARGE, priority: 1 },
            {
              instanceType: InstanceType.ML_C7I_LARGE,
              priority: 2,
              model: new Model(stack, 'Pool', { image: image('b') }),
            },
          ],
          ...options,
        }),
      ],
      ...more,
    });
    return statementsOf(stack, 'PoolRole');
  };

  test.each<[string, string, (stack: Stack) => unknown[]]>([
    [
      'what is kept',
      'kept/*',
      (stack) => pooled(stack, { dataCapture: { destination: S3Location.fromBucket(bucket(stack), 'kept') } }),
    ],
    ['a shell', 'ssmmessages', (stack) => pooled(stack, {}, { ssmAccess: true })],
    [
      'core dumps',
      'dumps/*',
      (stack) => pooled(stack, {}, { coreDump: { destination: S3Location.fromBucket(bucket(stack), 'dumps') } }),
    ],
  ])('%s', (_, right, statements) => {
    expect(JSON.stringify(statements(placedStack()))).toContain(right);
  });
});

describe('A place in a bucket', () => {
  test('that starts with "/" is the same in URI and rights', () => {
    const stack = placedStack();
    newConfig(stack, { dataCapture: { destination: S3Location.fromBucket(bucket(stack), '/kept/') } });
    expect(onlyResource(stack, CONFIG)).toMatchObject({ DataCaptureConfig: { DestinationS3Uri: 's3://models/kept' } });
    expect(beyond(stack)).toEqual([expect.objectContaining({ Resource: arn(':s3:::models/kept/*') })]);
  });

  test.each<[string, (stack: Stack) => unknown]>([
    ['an archive', (stack) => ModelData.fromObject(bucket(stack), '/model.tar.gz')],
    ['an object', (stack) => ModelData.fromUncompressedObject(bucket(stack), '/model')],
    ['a prefix', (stack) => ModelData.fromUncompressedPrefix(bucket(stack), '/models')],
  ])('as the key of %s must not start with "/"', (_, make) => {
    expect(() => make(newStack())).toThrow('must not start with "/"');
  });

  test('of published data may be the whole bucket', () => {
    const stack = placedStack();
    const modelData = ModelData.fromParameter('/churn/model', { location: S3Location.fromBucket(bucket(stack), '') });
    new Model(stack, 'Model', { image: image(), modelData });
    expect(beyond(stack)).toEqual([
      expect.objectContaining({ Resource: [arn(':s3:::models'), arn(':s3:::models/*')] }),
    ]);
  });
});

describe('What only the deployment knows', () => {
  const token = (stack: Stack): number => new CfnParameter(stack, 'P', { type: 'Number' }).valueAsNumber;

  test.each<[string, (stack: Stack) => unknown]>([
    [
      'maxPercent',
      (stack) =>
        churn(stack)
          .variant('main')
          .createErrorAlarm('A', { maxPercent: token(stack) }),
    ],
    [
      'maxLatency',
      (stack) =>
        churn(stack)
          .variant('main')
          .createLatencyAlarm('A', { maxLatency: Duration.millis(token(stack)) }),
    ],
    [
      'maxRequestsPerSecond',
      (stack) =>
        churn(stack)
          .variant('main')
          .autoScale({ maxCapacity: 2 })
          .scaleOnInvocations('A', { maxRequestsPerSecond: token(stack) }),
    ],
  ])('is refused where it would have to be calculated with: %s', (property, make) => {
    expect(() => make(newStack())).toThrow(`\`${property}\` must not be a token`);
  });

  test('may be a part of a name', () => {
    const stack = newStack();
    const modelName = `${Aws.STACK_NAME}-${Aws.REGION}-a-name-that-is-quite-long`;
    expect(() => new Model(stack, 'Model', { image: image(), modelName })).not.toThrow();
  });

  test('may be no instance at all, which then comes back', () => {
    const stack = newStack();
    churn(stack, { endpointConfig: asyncConfig(stack) })
      .variant('main')
      .autoScale({ minCapacity: token(stack), maxCapacity: 2 })
      .scaleOnBacklog('Backlog', { targetBacklogPerInstance: 5 });
    Template.fromStack(stack).resourceCountIs(ALARM, 1);
  });
});

test('An endpoint that stands down has nothing that wakes it up', () => {
  const stack = newStack();
  churn(stack, { endpointConfig: asyncConfig(stack), enabled: false })
    .variant('main')
    .autoScale({ minCapacity: 0, maxCapacity: 2 })
    .scaleOnBacklog('Backlog', { targetBacklogPerInstance: 5 });
  Template.fromStack(stack).resourceCountIs(ALARM, 0);
});

test('An endpoint that stands down has no inference components, and nothing that scales them', () => {
  const stack = newStack();
  const shared = ProductionVariant.inferenceComponents('shared', { instanceType: InstanceType.ML_M5_LARGE });
  const endpoint = churn(stack, { endpointConfig: newConfig(stack, { variants: [shared] }), enabled: false });
  new InferenceComponent(stack, 'Component', {
    endpoint,
    variantName: 'shared',
    container: { image: image() },
    compute: { minMemory: Size.gibibytes(1) },
  }).autoScale({ maxCapacity: 2 });
  Template.fromStack(stack).resourceCountIs('AWS::SageMaker::InferenceComponent', 0);
  Template.fromStack(stack).resourceCountIs(TARGET, 0);
});

test('An endpoint that stands down needs no alarms', () => {
  const stack = newStack();
  churn(stack, {
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

test('A shadow has metrics and alarms', () => {
  const stack = newStack();
  const on = (name: string): ProductionVariant =>
    ProductionVariant.instances(name, {
      model: new Model(stack, name, { image: image() }),
      instanceType: InstanceType.ML_M5_LARGE,
    });
  const config = newConfig(stack, { variants: [on('main')], shadowVariant: on('shadow') });
  expect(churn(stack, { endpointConfig: config }).variant('shadow').metricInvocations().dimensions).toMatchObject({
    VariantName: 'shadow',
  });
});

test('A configuration comes after the whole policies of its roles', () => {
  const stack = newStack();
  asyncConfig(stack);
  const [config] = Object.values(Template.fromStack(stack).findResources(CONFIG));
  expect(config.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^ModelRoleDefaultPolicy/)]));
});

test('An inference component comes after its endpoint, whose name is a literal', () => {
  const stack = newStack();
  const shared = ProductionVariant.inferenceComponents('shared', { instanceType: InstanceType.ML_M5_LARGE });
  new InferenceComponent(stack, 'Component', {
    endpoint: churn(stack, { endpointConfig: newConfig(stack, { variants: [shared] }) }),
    variantName: 'shared',
    container: { image: image() },
    compute: { minMemory: Size.gibibytes(1) },
  });
  const [component] = Object.values(Template.fromStack(stack).findResources('AWS::SageMaker::InferenceComponent'));
  expect(component.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^Endpoint[0-9A-F]{8}$/)]));
});
