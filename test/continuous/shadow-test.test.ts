import {
  App,
  Duration,
  Stack,
  Tags,
  Token,
  aws_cloudwatch as cloudwatch,
  aws_ecr as ecr,
  aws_events_targets as targets,
  aws_kms as kms,
  aws_s3 as s3,
  aws_sqs as sqs,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  CaptureMode,
  ContainerImage,
  ContinuousDeployment,
  type ContinuousDeploymentProps,
  type DataCaptureOptions,
  Endpoint,
  EndpointConfig,
  InstanceType,
  Model,
  ModelPackage,
  ModelPackageGroup,
  Objective,
  ProcessingInput,
  ProcessingResources,
  ProductionVariant,
  ReleaseOutcome,
  S3Location,
  type ShadowComparisonOptions,
  type ShadowTestOptions,
} from '../../lib';
import { ACCOUNT, REGION, errorOf, newStack, placedStack, statementsOf } from '../stacks';

const bucketIn = (stack: Stack): s3.IBucket =>
  (stack.node.tryFindChild('Capture') as s3.IBucket | undefined) ??
  s3.Bucket.fromBucketName(stack, 'Capture', 'capture');

const captureIn = (stack: Stack): S3Location => S3Location.fromBucket(bucketIn(stack), 'captured');

/** A continuous deployment to the stack `churn-hosting`, with a shadow test. */
function deploymentIn(
  stack: Stack,
  shadowTest: Partial<ShadowTestOptions> = {},
  props: Partial<ContinuousDeploymentProps> = {},
): ContinuousDeployment {
  return new ContinuousDeployment(stack, 'Release', {
    group: new ModelPackageGroup(stack, 'Group'),
    stackName: 'churn-hosting',
    parameterName: '/churn/deployed',
    stateMachineName: 'release',
    shadowTest: {
      parameterName: '/churn/shadow',
      endpointName: 'churn',
      productionVariantName: 'main',
      shadowVariantName: 'candidate',
      captureDestination: captureIn(stack),
      duration: Duration.hours(24),
      minRequests: 1000,
      ...shadowTest,
    },
    ...props,
  });
}

interface Hosting {
  readonly capture?: Partial<DataCaptureOptions> | 'none';

  /** Sets further options of the capture, which belong to the stack. */
  readonly captureOf?: (stack: Stack) => Partial<DataCaptureOptions>;
  readonly weight?: number;
  readonly shadowName?: string;
  readonly shadowParameter?: string;
  readonly endpointName?: string;
  readonly hasShadow?: boolean;
}

/** The hosting stack of the deployment. */
function hostingIn(app: App, hosting: Hosting): Stack {
  const { capture = {}, captureOf, weight, shadowName = 'candidate', shadowParameter = '/churn/shadow' } = hosting;
  const stack = new Stack(app, 'churn-hosting');
  const variant = (name: string, parameter: string, share?: number): ProductionVariant => {
    const modelPackage = ModelPackage.fromReleaseParameter(stack, `Version-${name}`, parameter);
    const model = new Model(stack, `Model-${name}`, { modelPackage });
    return ProductionVariant.instances(name, { model, instanceType: InstanceType.ML_C7I_LARGE, weight: share });
  };
  const shadowVariant = variant(shadowName, shadowParameter, weight);
  ModelPackage.fromReleaseParameter(stack, 'Candidate', '/churn/shadow');
  const endpointConfig = new EndpointConfig(stack, 'Config', {
    variants: [variant('main', '/churn/deployed')],
    shadowVariant: hosting.hasShadow === false ? undefined : shadowVariant,
    dataCapture: capture === 'none' ? undefined : { destination: captureIn(stack), ...capture, ...captureOf?.(stack) },
  });
  new Endpoint(stack, 'Endpoint', { endpointName: hosting.endpointName ?? 'churn', endpointConfig });
  return stack;
}

/** The error of an app with a training and a hosting stack, and the warnings about the deployment. */
function synthesized(
  hosting: Hosting,
  shadowTest: Partial<ShadowTestOptions> = {},
): { error: string; warnings: string[] } {
  const app = new App();
  const training = new Stack(app, 'Training');
  const deployment = deploymentIn(training, shadowTest);
  hostingIn(app, hosting).addStackDependency(training);
  let error = '';
  try {
    app.synth();
  } catch (thrown) {
    error = (thrown as Error).message;
  }
  const warnings = deployment.node.metadata.filter(({ type }) => type === 'aws:cdk:warning');
  return { error, warnings: warnings.map(({ data }) => String(data)) };
}

const alarmIn = (stack: Stack, id = 'Alarm', alarmName?: string): cloudwatch.Alarm =>
  new cloudwatch.Metric({ namespace: 'Churn', metricName: 'Errors' }).createAlarm(stack, id, {
    alarmName,
    threshold: 1,
    evaluationPeriods: 1,
  });

/** The definition of the state machine, without the escapes of the JSON in it. */
const renderedTest = (stack: Stack): string =>
  JSON.stringify(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine')).replaceAll('\\', '');

const alarmStatementsOf = (stack: Stack): object[] =>
  statementsOf(stack, 'ReleaseRole').filter((one) => JSON.stringify(one).includes('cloudwatch:Describe')) as object[];

const PARTITION = { Ref: 'AWS::Partition' };
const arn = (rest: string): object => ({ 'Fn::Join': ['', ['arn:', PARTITION, `:${rest}`]] });

describe('The handler of a deployment with a shadow test', () => {
  test('receives the test with its defaults', () => {
    const stack = placedStack();
    deploymentIn(stack);
    const text = JSON.stringify(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
    const [, test] = /ShadowTest\\":(\{[^}]*\})/.exec(text.replaceAll('\\\\', '\\'))!;
    expect(JSON.parse(test.replaceAll('\\"', '"'))).toEqual({
      ParameterName: '/churn/shadow',
      Bucket: 'capture',
      ProductionPrefix: 'captured/churn/main/',
      ShadowPrefix: 'captured/churn/candidate/',
      DurationSeconds: 86_400,
      MaxDurationSeconds: 604_800,
      MinRequests: 1000,
      MinAgreement: 1,
      Tolerance: 0,
    });
  });

  test('receives the options of the comparison', () => {
    const stack = placedStack();
    deploymentIn(stack, { minAgreement: 0.99, tolerance: 0.1, jsonPath: '$.label', maxDuration: Duration.days(2) });
    const text = JSON.stringify(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
    for (const part of [
      'MinAgreement\\":0.99',
      'Tolerance\\":0.1',
      'JsonPath\\":\\"$.label',
      'MaxDurationSeconds\\":172800',
    ])
      expect(text.replaceAll('\\\\', '\\')).toContain(part);
  });

  test('may list and read exactly the captured data of the two variants, and write exactly the two parameters', () => {
    const stack = placedStack();
    deploymentIn(stack);
    const statements = statementsOf(stack, 'ReleaseRole');
    expect(statements.filter((one) => JSON.stringify(one).includes('s3:'))).toEqual([
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: arn('s3:::capture'),
        Condition: { StringEquals: { 's3:prefix': ['captured/churn/main/', 'captured/churn/candidate/'] } },
      },
      {
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: [arn('s3:::capture/captured/churn/main/*'), arn('s3:::capture/captured/churn/candidate/*')],
      },
    ]);
    const parameters = ['/churn/deployed', '/churn/shadow'].map((name) =>
      arn(`ssm:${REGION}:${ACCOUNT}:parameter${name}`),
    );
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: ['ssm:GetParameter', 'ssm:PutParameter'],
      Resource: parameters,
    });
    expect(statements).toContainEqual({
      Effect: 'Allow',
      Action: 'ssm:GetParameters',
      Resource: [...parameters, arn(`ssm:${REGION}:${ACCOUNT}:parameter/cdk-bootstrap/hnb659fds/version`)],
    });
    expect(JSON.stringify(statements)).not.toContain('kms:');
  });

  test('may decrypt with the key of the captured data, and with that of its bucket', () => {
    const stack = placedStack();
    const bucket = new s3.Bucket(stack, 'Capture', { encryptionKey: new kms.Key(stack, 'BucketKey') });
    deploymentIn(stack, {
      captureDestination: S3Location.fromBucket(bucket),
      captureEncryptionKey: new kms.Key(stack, 'CaptureKey'),
    });
    const statements = statementsOf(stack, 'ReleaseRole').filter((one) => JSON.stringify(one).includes('kms:'));
    expect(statements).toEqual(
      ['CaptureKey', 'BucketKey'].map((id) => ({
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(`^${id}`) as unknown, 'Arn'] },
      })),
    );
  });

  test('receives the names of the alarms, and may describe exactly these', () => {
    const stack = placedStack();
    const alarms = [
      cloudwatch.Alarm.fromAlarmName(stack, 'Errors', 'shadow-errors'),
      cloudwatch.Alarm.fromAlarmName(stack, 'Latency', 'shadow-latency'),
    ];
    deploymentIn(stack, { alarms });
    expect(renderedTest(stack)).toContain(
      '"Alarms":{"Names":["shadow-errors","shadow-latency"],"Types":["MetricAlarm"]}',
    );
    expect(alarmStatementsOf(stack)).toEqual([
      {
        Effect: 'Allow',
        Action: ['cloudwatch:DescribeAlarmHistory', 'cloudwatch:DescribeAlarms'],
        Resource: ['shadow-errors', 'shadow-latency'].map((name) =>
          arn(`cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`),
        ),
      },
    ]);
  });

  test('may describe an alarm of its own stack, whose name is a token', () => {
    const stack = placedStack();
    deploymentIn(stack, { alarms: [alarmIn(stack)] });
    expect(alarmStatementsOf(stack)).toEqual([
      expect.objectContaining({
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^Alarm/) as unknown, 'Arn'] },
      }),
    ]);
  });

  test('may describe all alarms if one is a composite alarm, which CloudWatch requires', () => {
    const stack = placedStack();
    const rule = cloudwatch.AlarmRule.fromAlarm(alarmIn(stack), cloudwatch.AlarmState.ALARM);
    const composite = new cloudwatch.CompositeAlarm(stack, 'Composite', { alarmRule: rule });
    deploymentIn(stack, { alarms: [composite] });
    expect(renderedTest(stack)).toContain('"Types":["MetricAlarm","CompositeAlarm"]');
    expect(alarmStatementsOf(stack)).toEqual([expect.objectContaining({ Resource: '*' })]);
  });

  test.each([undefined, []])('may describe no alarm if `alarms` is %j', (alarms) => {
    const stack = placedStack();
    deploymentIn(stack, { alarms });
    expect(renderedTest(stack)).not.toContain('"Alarms"');
    expect(alarmStatementsOf(stack)).toEqual([]);
  });

  test('has memory for the captured data, and otherwise only what updates require', () => {
    const memoryOf = (shadowTest?: ShadowTestOptions | null): void => {
      const stack = placedStack();
      deploymentIn(stack, {}, shadowTest === null ? { shadowTest: undefined } : {});
      Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
        MemorySize: shadowTest === null ? 256 : 2048,
      });
    };
    memoryOf();
    memoryOf(null);
  });
});

test('The rejection of a version by its test is an outcome', () => {
  const stack = placedStack();
  const deployment = deploymentIn(stack);
  deployment.onRejected('Different', { target: new targets.SqsQueue(new sqs.Queue(stack, 'Queue')) });
  Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { detail: { workflowName: ['release'], outcome: ['Rejected'] } },
  });
  expect(deployment.metric(ReleaseOutcome.REJECTED)).toMatchObject({ metricName: 'Rejected' });
});

describe('A shadow test is an error', () => {
  test('with all invalid options at once', () => {
    const message = errorOf(() =>
      deploymentIn(newStack(), {
        parameterName: '/churn/deployed',
        endpointName: 'not a name',
        shadowVariantName: 'main',
        duration: Duration.days(31),
        maxDuration: Duration.days(1),
        minRequests: 0.5,
        minAgreement: 99,
        tolerance: -1,
        jsonPath: 'label',
      }),
    );
    expect(message).toContain('`shadowTest.parameterName` must not be `parameterName`, got: "/churn/deployed"');
    expect(message).toContain('`shadowTest`: `endpointName` must start and end with a letter or digit');
    expect(message).toContain('`shadowTest`: `productionVariantName and shadowVariantName` must be unique');
    expect(message).toContain('`shadowTest`: `duration` must be 1 second to 30 days, got 31 days');
    expect(message).toContain('`shadowTest`: `maxDuration` must be at least `duration` 31 days, got 1 day');
    expect(message).toContain('`shadowTest`: `minRequests` must be a whole number of 1 to 10000, got 0.5');
    expect(message).toContain('`shadowTest`: `minAgreement` must be 0 to 1, got 99. For 99 %, specify 0.99');
    expect(message).toContain('`shadowTest`: `tolerance` must be at least 0, got -1');
    expect(message).toContain('`shadowTest`: `jsonPath` must be a JSONPath expression (RFC 9535), got: "label"');
  });

  test('with more alarms than one request describes, or the same one twice', () => {
    const stack = newStack();
    const alarms = [...Array(101).keys()].map((index) =>
      cloudwatch.Alarm.fromAlarmName(stack, `Alarm${index}`, `alarm-${index % 100}`),
    );
    const message = errorOf(() => deploymentIn(stack, { alarms }));
    expect(message).toContain('`shadowTest`: `alarms` must have at most 100 items, got 101');
    expect(message).toContain('`shadowTest`: `alarms` must be unique, got more than one "alarm-0"');
    const others = newStack();
    const most = alarms
      .slice(0, 100)
      .map(({ alarmName }) => cloudwatch.Alarm.fromAlarmName(others, alarmName, alarmName));
    expect(() => deploymentIn(others, { alarms: most })).not.toThrow();
  });

  test.each([
    ['region', `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:errors`],
    ['account', `arn:aws:cloudwatch:${REGION}:999999999999:alarm:errors`],
  ])('with an alarm of another %s', (_, alarmArn) => {
    const stack = placedStack();
    const alarms = [cloudwatch.Alarm.fromAlarmArn(stack, 'Far', alarmArn)];
    expect(() => deploymentIn(stack, { alarms })).toThrow(
      `\`shadowTest\`: \`alarms\` must be in the account and the region of the continuous deployment (aws://${ACCOUNT}/${REGION}), got: Stack/Far`,
    );
  });

  test('with an alarm of the hosting stack, which is deployed later, also if the alarm has a name', () => {
    const app = new App();
    const alarm = alarmIn(new Stack(app, 'churn-hosting'), 'Errors', 'shadow-errors');
    expect(() => deploymentIn(new Stack(app, 'Training'), { alarms: [alarm] })).toThrow(
      '`shadowTest`: `alarms` must not refer to an alarm of the hosting stack, which is deployed after stack Training, got: churn-hosting/Errors. ' +
        'Specify its `alarmName`, and use `Alarm.fromAlarmName()` with this name',
    );
  });

  test('with a duration of 0', () => {
    expect(() => deploymentIn(newStack(), { duration: Duration.seconds(0) })).toThrow(
      '`duration` must be 1 second to 30 days',
    );
  });

  test('with a name of its parameter that is invalid or a token', () => {
    const stack = newStack();
    expect(() => deploymentIn(stack, { parameterName: 'a b' })).toThrow(
      '`shadowTest.parameterName` must be a parameter name',
    );
    expect(() => deploymentIn(newStack(), { parameterName: stack.region })).toThrow(
      '`shadowTest.parameterName` must be a literal text',
    );
  });

  test('if another deployment writes its parameter', () => {
    const app = new App();
    deploymentIn(new Stack(app, 'One'));
    deploymentIn(new Stack(app, 'Other'), {}, { stackName: 'other', parameterName: '/other/deployed' });
    expect(() => app.synth()).toThrow(
      '`shadowTest.parameterName` must be the parameter of a single continuous deployment, got: "/churn/shadow"',
    );
  });

  test('with captured data in a bucket of another region', () => {
    const stack = placedStack();
    const bucket = s3.Bucket.fromBucketAttributes(stack, 'Far', { bucketName: 'far', region: 'us-east-1' });
    expect(() => deploymentIn(stack, { captureDestination: S3Location.fromBucket(bucket) })).toThrow(
      '`shadowTest`: `captureDestination`: bucket Stack/Far is in region us-east-1',
    );
  });

  test.each<[string, Hosting, Partial<ShadowTestOptions>, string]>([
    [
      'has no such endpoint',
      { endpointName: 'other' },
      {},
      '`shadowTest.endpointName` must be the name of an endpoint of stack churn-hosting, got: "churn". The stack has: "other"',
    ],
    [
      'has no such production variant',
      {},
      { productionVariantName: 'primary' },
      '`shadowTest.productionVariantName` must be the name of a variant of churn-hosting/Config, got: "primary". The name is: "main"',
    ],
    [
      'has no shadow variant',
      { hasShadow: false },
      {},
      '`shadowTest` requires `shadowVariant` of churn-hosting/Config, which has none. Add the shadow variant "candidate"',
    ],
    [
      'has another shadow variant',
      { shadowName: 'next' },
      {},
      '`shadowTest.shadowVariantName` must be the name of a variant of churn-hosting/Config, got: "candidate". The name is: "next"',
    ],
    [
      'has a shadow variant that hosts the released version',
      { shadowParameter: '/churn/deployed' },
      {},
      '`shadowTest.shadowVariantName` must be a variant whose model is released in the parameter "/churn/shadow", got: "candidate"',
    ],
    [
      'captures no data',
      { capture: 'none' },
      {},
      '`shadowTest` requires `dataCapture` of churn-hosting/Config, whose responses are compared. Enable it',
    ],
    [
      'captures 0 % of the requests',
      { capture: { samplingPercentage: 0 } },
      {},
      '`dataCapture.samplingPercentage` of churn-hosting/Config must be more than 0 for a shadow test, which compares captured responses',
    ],
    ['has a disabled capture', { capture: { enabled: false } }, {}, '`shadowTest` requires `dataCapture`'],
    [
      'captures no responses',
      { capture: { captureModes: [CaptureMode.INPUT] } },
      {},
      '`dataCapture.captureModes` of churn-hosting/Config must contain CaptureMode.OUTPUT for a shadow test',
    ],
    [
      'has a shadow variant that receives no requests',
      { weight: 0 },
      {},
      '`shadowVariant` of churn-hosting/Config must have a weight of more than 0 for a shadow test',
    ],
    [
      'captures to another location',
      { captureOf: (stack) => ({ destination: S3Location.fromBucket(bucketIn(stack), 'other') }) },
      {},
      '`shadowTest.captureDestination` must be that of `dataCapture` of churn-hosting/Config, "s3://capture/other", got: "s3://capture/captured"',
    ],
    [
      'encrypts the captured data with a key',
      { captureOf: (stack) => ({ encryptionKey: new kms.Key(stack, 'Key') }) },
      {},
      '`shadowTest.captureEncryptionKey` must be that of `dataCapture` of churn-hosting/Config',
    ],
  ])('if the hosting stack %s', (_, hosting, shadowTest, error) => {
    expect(synthesized(hosting, shadowTest).error).toContain(error);
  });

  test('if the hosting stack of the app does not read its parameter', () => {
    const app = new App();
    deploymentIn(new Stack(app, 'Training'));
    ModelPackage.fromReleaseParameter(new Stack(app, 'churn-hosting'), 'Version', '/churn/deployed');
    expect(() => app.synth()).toThrow(
      '`stackName` must be a stack that reads the parameter "/churn/shadow", got: "churn-hosting", which reads "/churn/deployed"',
    );
  });
});

describe('A shadow test is accepted', () => {
  test('without a warning if the hosting stack has its endpoint', () => {
    expect(synthesized({})).toEqual({ error: '', warnings: [] });
  });

  test('with an alarm of the hosting stack that is imported by its name', () => {
    const app = new App();
    const training = new Stack(app, 'Training');
    deploymentIn(training, { alarms: [cloudwatch.Alarm.fromAlarmName(training, 'Errors', 'shadow-errors')] });
    const hosting = hostingIn(app, {});
    alarmIn(hosting, 'Errors', 'shadow-errors');
    hosting.addStackDependency(training);
    expect(() => app.synth()).not.toThrow();
    expect(training.dependencies).toEqual([]);
  });

  test('with names of variants that are tokens', () => {
    const [productionVariantName, shadowVariantName] = ['Production', 'Shadow'].map((Ref) => Token.asString({ Ref }));
    expect(synthesized({}, { productionVariantName, shadowVariantName })).toEqual({ error: '', warnings: [] });
  });

  test('with a warning if a part of the requests is captured', () => {
    const { error, warnings } = synthesized({ capture: { samplingPercentage: 50 } });
    expect(error).toBe('');
    expect(warnings.join()).toContain('churn-hosting/Config captures 50 % of the requests of each variant');
  });

  test('with a warning if requests are not captured', () => {
    const { error, warnings } = synthesized({ capture: { captureModes: [CaptureMode.OUTPUT] } });
    expect(error).toBe('');
    expect(warnings.join()).toContain(
      'churn-hosting/Config captures no requests, so that only requests with an inference ID',
    );
  });
});

describe('A comparison by a processing job', () => {
  const comparisonIn = (stack: Stack, options: Partial<ShadowComparisonOptions> = {}): ShadowComparisonOptions => ({
    image: ContainerImage.fromEcrRepository(ecr.Repository.fromRepositoryName(stack, 'Repository', 'compare'), {
      tag: 'v1',
    }),
    resources: ProcessingResources.of(InstanceType.ML_M5_LARGE),
    objective: Objective.maximize('metrics.lift'),
    threshold: 0.9,
    reportLocation: S3Location.fromBucket(s3.Bucket.fromBucketName(stack, 'Reports', 'reports'), 'compared'),
    ...options,
  });

  /** The comparison in the input of the handler. References become text. */
  const renderedIn = (stack: Stack): Record<string, unknown> => {
    const [machine] = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
    const { DefinitionString } = machine.Properties as { DefinitionString: { 'Fn::Join': [string, unknown[]] } };
    const pieces = DefinitionString['Fn::Join'][1].map((piece) =>
      typeof piece === 'string' ? piece : Object.values(piece as object).join('.'),
    );
    const { States } = JSON.parse(pieces.join('')) as { States: { Reconcile: { Parameters: never } } };
    const parameters: { Release: { ShadowTest: { Comparison: Record<string, unknown> } } } =
      States.Reconcile.Parameters;
    return parameters.Release.ShadowTest.Comparison;
  };

  test('is a job with the captured data of both variants, whose report decides', () => {
    const stack = placedStack();
    Tags.of(stack).add('team', 'churn');
    deploymentIn(stack, { comparison: comparisonIn(stack, { environment: { MODE: 'strict' } }) });
    const { Request, Tags: tags, Prefix, ...rest } = renderedIn(stack);
    expect(rest).toEqual({
      Manifests: 's3://reports/compared/manifests',
      Report: 's3://reports/compared/{{JobName}}/report/evaluation.json',
      Metric: 'metrics.lift',
      ObjectiveType: 'Maximize',
      Threshold: 0.9,
    });
    expect(Prefix).toMatch(/^stack-[\w-]+-release-comparison-\w+$/);
    expect(JSON.parse(tags as string)).toEqual([{ Key: 'team', Value: 'churn' }]);
    const input = (name: string, manifest: string): object =>
      expect.objectContaining({
        InputName: name,
        S3Input: expect.objectContaining({
          S3DataType: 'ManifestFile',
          S3Uri: `{{${manifest}}}`,
          LocalPath: `/opt/ml/processing/input/${name}`,
        }) as object,
      }) as object;
    expect(JSON.parse(Request as string)).toMatchObject({
      AppSpecification: { ImageUri: expect.stringMatching(/\/compare:v1$/) as string },
      Environment: {
        MODE: 'strict',
        sagemaker_endpoint_name: 'churn',
        start_time: '{{StartTime}}',
        end_time: '{{EndTime}}',
      },
      ProcessingInputs: [input('production', 'ProductionManifest'), input('shadow', 'ShadowManifest')],
      ProcessingOutputConfig: {
        Outputs: [{ OutputName: 'report', S3Output: { S3Uri: 's3://reports/compared/{{JobName}}/report' } }],
      },
    });
  });

  test('is part of the custom resource, so that an update stops a job that has changed', () => {
    const stack = placedStack();
    deploymentIn(stack, { comparison: comparisonIn(stack) });
    const [{ Properties }] = Object.values(
      Template.fromStack(stack).findResources('Custom::SageMakerReleaseParameter'),
    );
    expect(JSON.stringify(Properties)).toContain('ProductionManifest');
  });

  test('starts a check at the end of its jobs', () => {
    const stack = placedStack();
    deploymentIn(stack, { comparison: comparisonIn(stack) });
    const { Prefix } = renderedIn(stack);
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Processing Job State Change'],
        detail: {
          ProcessingJobName: [{ prefix: `${Prefix as string}--` }],
          ProcessingJobStatus: ['Completed', 'Failed', 'Stopped'],
        },
      },
      Targets: [{ Arn: { Ref: Match.stringLikeRegexp('^ReleaseStateMachine') } }],
    });
  });

  test('adds exactly the permissions to run its jobs, to write their manifests and to read their reports', () => {
    const stack = placedStack();
    deploymentIn(stack);
    const compared = placedStack();
    deploymentIn(compared, { comparison: comparisonIn(compared) });
    const before = new Set(statementsOf(stack, 'ReleaseRole').map((one) => JSON.stringify(one)));
    const added = statementsOf(compared, 'ReleaseRole').filter((one) => !before.has(JSON.stringify(one)));
    expect(added).toEqual([
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
        Resource: arn('s3:::reports/compared/manifests/*'),
      },
      {
        Effect: 'Allow',
        Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
        Resource: [arn('s3:::reports'), arn('s3:::reports/compared/*')],
      },
      {
        Effect: 'Allow',
        Action: [
          'sagemaker:CreateProcessingJob',
          'sagemaker:AddTags',
          'sagemaker:ListTags',
          'sagemaker:DescribeProcessingJob',
          'sagemaker:StopProcessingJob',
        ],
        Resource: arn(`sagemaker:${REGION}:${ACCOUNT}:processing-job/${renderedIn(compared).Prefix as string}--*`),
      },
      {
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^ReleaseComparisonRole/) as string, 'Arn'] },
        Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      },
    ]);
  });

  test('may read the captured data of both variants, and decrypt it', () => {
    const stack = placedStack();
    deploymentIn(stack, { comparison: comparisonIn(stack), captureEncryptionKey: new kms.Key(stack, 'CaptureKey') });
    const statements = JSON.stringify(statementsOf(stack, 'ReleaseComparisonRole'));
    for (const part of ['captured/churn/main/*', 'captured/churn/candidate/*', 'compared/manifests/*'])
      expect(statements).toContain(part);
    expect(statementsOf(stack, 'ReleaseComparisonRole')).toContainEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: { 'Fn::GetAtt': [expect.stringMatching(/^CaptureKey/) as string, 'Arn'] },
    });
  });

  test('writes its reports to a new bucket by default, which is retained', () => {
    const stack = placedStack();
    deploymentIn(stack, { comparison: comparisonIn(stack, { reportLocation: undefined }) });
    Template.fromStack(stack).hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
    expect(renderedIn(stack).Manifests).toMatch(/\/comparison\/manifests$/);
  });

  test('does not exist without `comparison`', () => {
    const stack = placedStack();
    deploymentIn(stack);
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
    expect(renderedIn(stack)).toBeUndefined();
  });

  test('is refused with more inputs or environment variables than the job has room for together with those of the shadow test', () => {
    const stack = placedStack();
    const input = (): ProcessingInput => ProcessingInput.fromBucket(bucketIn(stack), 'more/');
    const many = <T>(count: number, value: T): Record<string, T> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`KEY_${index}`, value]));
    const comparison = comparisonIn(stack, { inputs: many(9, input()), environment: many(98, 'x') });
    const error = errorOf(() => deploymentIn(stack, { comparison }));
    expect(error).toContain(
      '`inputs` must have at most 8 entries, since the shadow test adds production, shadow, got 9',
    );
    expect(error).toContain(
      '`environment` must have at most 97 entries, since the shadow test adds sagemaker_endpoint_name, start_time, end_time, got 98',
    );
    const other = placedStack();
    const largest = comparisonIn(other, { inputs: many(8, input()), environment: many(97, 'x') });
    expect(() => deploymentIn(other, { comparison: largest })).not.toThrow();
  });

  test('is refused with every invalid option, and with options of the other comparison', () => {
    const stack = placedStack();
    const comparison = comparisonIn(stack, {
      threshold: NaN,
      report: '/report.json',
      inputs: { shadow: ProcessingInput.fromBucket(bucketIn(stack), 'shadow/') },
      environment: { start_time: 'now' },
    });
    const error = errorOf(() => deploymentIn(stack, { comparison, minAgreement: 0.9, jsonPath: '$.label' }));
    for (const text of [
      '`shadowTest`: `comparison`: `report` must be a path below the directory of the output, without empty names, "." and "..", for example "evaluation.json", got: "/report.json"',
      '`shadowTest`: `comparison`: `threshold` must be a finite number, got: NaN',
      '`shadowTest`: `comparison`: `inputs` must not contain shadow, which the shadow test adds. Use another name',
      '`shadowTest`: `comparison`: `environment` must not contain start_time, which the shadow test adds. Use another name',
      '`shadowTest`: `comparison` must not be combined with `minAgreement`, `jsonPath`, by which the responses themselves are compared. Remove one of them',
    ])
      expect(error).toContain(text);
  });
});
