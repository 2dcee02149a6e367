import {
  Duration,
  Size,
  type Stack,
  Tags,
  Token,
  type aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_kms as kms,
  aws_s3 as s3,
  aws_scheduler as scheduler,
  aws_sns as sns,
  aws_cloudwatch_actions as actions,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  CaptureMode,
  type DataCaptureOptions,
  Endpoint,
  EndpointConfig,
  type EndpointConfigProps,
  type EndpointMonitor,
  type EndpointMonitorOptions,
  type EndpointProps,
  InstanceType,
  ProcessingInput,
  ProcessingJob,
  ProcessingOutput,
  ProcessingResources,
  ProductionVariant,
  S3Location,
  WorkflowOutcome,
} from '../../../lib';
import { newWorkflow } from '../../continuous-fixtures';
import { newConfig } from '../../features';
import { asyncInference, newModel, releasedConfig, conditionsOfTypes } from '../../hosting-fixtures';
import { ACCOUNT, REGION, errorOf, image, newStack, onlyResource, placedStack, statementsOf } from '../../stacks';

const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/0123`;
const RATE = scheduler.ScheduleExpression.rate(Duration.days(1));
const RESOURCES = ProcessingResources.of(InstanceType.ML_M5_XLARGE);
const bucket = (stack: Stack, name: string): s3.IBucket =>
  (stack.node.tryFindChild(name) as s3.IBucket | undefined) ?? s3.Bucket.fromBucketName(stack, name, name);
const location = (stack: Stack, prefix: string, name = 'data'): S3Location =>
  S3Location.fromBucket(bucket(stack, name), prefix);

interface Setting {
  readonly capture?: Partial<DataCaptureOptions>;
  readonly config?: Partial<EndpointConfigProps>;
  readonly endpoint?: Partial<EndpointProps>;
}

/** An endpoint with the name `churn` whose requests and responses are captured. */
function captured(stack: Stack, { capture, config, endpoint }: Setting = {}): Endpoint {
  const dataCapture = { destination: location(stack, 'captured'), ...capture };
  return new Endpoint(stack, 'Endpoint', {
    endpointName: 'churn',
    endpointConfig: newConfig(stack, { dataCapture, ...config }),
    ...endpoint,
  });
}

function monitor(stack: Stack, options: Partial<EndpointMonitorOptions> = {}, setting: Setting = {}): EndpointMonitor {
  return captured(stack, setting).addMonitor('Drift', {
    image: image('monitor'),
    resources: RESOURCES,
    schedule: RATE,
    reportLocation: location(stack, 'drift', 'reports'),
    stateMachineName: 'drift',
    ...options,
  });
}

type Parameters = Record<string, unknown> & { readonly Request: string };

/** The states of the state machine, with the values of references as text. */
function statesOf(stack: Stack, index = 0): Record<string, { Parameters: Parameters }> {
  const machines = Object.values(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
  const { DefinitionString } = machines[index].Properties as { DefinitionString: { 'Fn::Join': [string, unknown[]] } };
  const text = DefinitionString['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '…')).join('');
  return (JSON.parse(text) as { States: Record<string, { Parameters: Parameters }> }).States;
}

function requestOf(stack: Stack): Record<string, unknown> {
  return JSON.parse(statesOf(stack).Analyze.Parameters.Request) as Record<string, unknown>;
}

describe('A monitor', () => {
  test('selects the captured data of its variants, analyzes it, and publishes the report', () => {
    const stack = newStack();
    monitor(stack);
    const states = statesOf(stack);
    expect(Object.keys(states).sort()).toEqual([
      ...['Analyze', 'Completed', 'Has data', 'Is Analyze finished', 'NoData', 'Report', 'SelectData', 'Skipped'],
      'Wait for Analyze',
    ]);
    expect(states.SelectData.Parameters).toMatchObject({
      Action: 'SelectData',
      Capture: { Bucket: 'data', Prefix: 'captured/', Folders: ['churn/main'] },
      Manifests: 's3://reports/drift/manifests',
      'StartedAt.$': '$$.Execution.StartTime',
      DelayHours: 1,
      MaxWindowHours: 168,
    });
    expect(states.Report.Parameters).toMatchObject({
      ...{ Action: 'Report', 'Window.$': '$.SelectData', Report: 's3://reports/drift/{{JobName}}/report' },
      'JobName.$': '$.Analyze.JobName',
    });
    expect([states.Completed.Parameters, states.NoData.Parameters]).toMatchObject([
      { Outcome: 'Completed', 'Window.$': '$.SelectData', 'Report.$': '$.Report' },
      { Outcome: 'NoData', 'Window.$': '$.SelectData' },
    ]);
    expect(requestOf(stack)).toMatchObject({
      AppSpecification: { ImageUri: 'example.com/algorithm:monitor' },
      ProcessingInputs: [
        {
          InputName: 'endpoint',
          S3Input: {
            ...{ S3Uri: '{{Manifest}}', S3DataType: 'ManifestFile', S3InputMode: 'File' },
            LocalPath: '/opt/ml/processing/input/endpoint',
          },
        },
      ],
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: 'report',
            S3Output: {
              S3Uri: 's3://reports/drift/{{JobName}}/report',
              LocalPath: '/opt/ml/processing/output/report',
            },
          },
        ],
      },
      Environment: {
        dataset_format: '{"sagemakerCaptureJson":{"captureIndexNames":["endpointInput","endpointOutput"]}}',
        dataset_source: '/opt/ml/processing/input/endpoint',
        output_path: '/opt/ml/processing/output/report',
        publish_cloudwatch_metrics: 'Disabled',
        sagemaker_endpoint_name: 'churn',
        sagemaker_monitoring_schedule_name: 'drift',
        start_time: '{{StartTime}}',
        end_time: '{{EndTime}}',
      },
    });
  });

  test('runs on its schedule, which is disabled while the endpoint is', () => {
    const stacks = [newStack(), newStack()];
    stacks.forEach((stack, index) => monitor(stack, {}, { endpoint: { enabled: index === 0 } }));
    expect(stacks.map((stack) => onlyResource(stack, 'AWS::Scheduler::Schedule'))).toMatchObject([
      { ScheduleExpression: 'rate(1 day)', State: 'ENABLED' },
      { State: 'DISABLED' },
    ]);
  });

  test('has the delay, the maximum window, the variants and the captured data that are specified', () => {
    const stack = newStack();
    const model = newModel(stack);
    const variants = ['a', 'b'].map((name) =>
      ProductionVariant.instances(name, { model, instanceType: InstanceType.ML_M5_LARGE }),
    );
    monitor(
      stack,
      {
        ...{ delay: Duration.hours(3), maxWindow: Duration.days(2), variantNames: ['b'] },
        captureModes: [CaptureMode.INPUT],
      },
      { config: { variants } },
    );
    expect(statesOf(stack).SelectData.Parameters).toMatchObject({
      ...{ Capture: { Folders: ['churn/b'] }, DelayHours: 3, MaxWindowHours: 48 },
    });
    expect(requestOf(stack).Environment).toMatchObject({
      dataset_format: '{"sagemakerCaptureJson":{"captureIndexNames":["endpointInput"]}}',
    });
  });

  test('analyzes a shadow variant only if it is named', () => {
    const stack = newStack();
    const shadowVariant = ProductionVariant.instances('shadow', {
      ...{ model: newModel(stack, {}, 'Shadow'), instanceType: InstanceType.ML_M5_LARGE },
    });
    monitor(stack, { variantNames: ['main', 'shadow'] }, { config: { shadowVariant } });
    expect(statesOf(stack).SelectData.Parameters).toMatchObject({
      Capture: { Folders: ['churn/main', 'churn/shadow'] },
    });
  });

  test('gives the container the baseline, and keeps the further inputs, outputs and variables', () => {
    const stack = newStack();
    monitor(stack, {
      baseline: location(stack, 'baseline/'),
      inputs: { reference: ProcessingInput.fromLocation(location(stack, 'reference/')) },
      outputs: { plots: ProcessingOutput.toBucket(bucket(stack, 'reports'), 'plots') },
      environment: { LEVEL: '1' },
    });
    const { ProcessingInputs, ProcessingOutputConfig, Environment } = requestOf(stack) as {
      ProcessingInputs: { InputName: string; S3Input: { S3Uri: string } }[];
      ProcessingOutputConfig: { Outputs: { OutputName: string }[] };
      Environment: object;
    };
    expect(ProcessingInputs.map(({ InputName, S3Input }) => [InputName, S3Input.S3Uri])).toEqual([
      ['baseline', 's3://data/baseline/'],
      ['endpoint', '{{Manifest}}'],
      ['reference', 's3://data/reference/'],
    ]);
    expect(ProcessingOutputConfig.Outputs.map(({ OutputName }) => OutputName)).toEqual(['plots', 'report']);
    expect(Environment).toMatchObject({
      LEVEL: '1',
      baseline_source: '/opt/ml/processing/input/baseline',
      baseline_constraints: '/opt/ml/processing/input/baseline/constraints.json',
      baseline_statistics: '/opt/ml/processing/input/baseline/statistics.json',
    });
  });

  test('is deployed after the processing job that writes its baseline', () => {
    const stack = newStack();
    const job = new ProcessingJob(stack, 'Baseline', {
      ...{ image: image(), resources: RESOURCES, outputs: { baseline: ProcessingOutput.toNewBucket() } },
    });
    monitor(stack, { baseline: job.output('baseline') });
    const machines = Object.entries(Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine'));
    const [, { DependsOn }] = machines.find(([id]) => id.startsWith('EndpointDrift'))! as [
      string,
      { DependsOn: string[] },
    ];
    expect(DependsOn).toContainEqual(expect.stringMatching(/^Baseline/));
  });

  test('stores its reports in a new bucket that is retained if no location is specified', () => {
    const stack = newStack();
    const { reportLocation } = monitor(stack, { reportLocation: undefined });
    expect(reportLocation.keyPrefix).toBe('monitoring');
    Template.fromStack(stack).hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain' });
    expect(statesOf(stack).SelectData.Parameters.Manifests).toBe('s3://…/monitoring/manifests');
  });

  test('stores its reports in a bucket without a prefix', () => {
    const stack = newStack();
    monitor(stack, { reportLocation: location(stack, '', 'reports') });
    const { SelectData, Report } = statesOf(stack);
    expect([SelectData.Parameters.Manifests, Report.Parameters.Report]).toEqual([
      's3://reports/manifests',
      's3://reports/{{JobName}}/report',
    ]);
  });

  test('passes its tags to the jobs, and has the VPC that is specified', () => {
    const stack = newStack();
    const made = monitor(stack, { vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }) });
    Tags.of(made).add('team', 'churn');
    expect(statesOf(stack).Analyze.Parameters.Tags).toContain('{"Key":"team","Value":"churn"}');
    expect(made.connections.securityGroups).toHaveLength(1);
    expect(errorOf(() => monitor(newStack()).connections)).toBe(
      'Monitor Stack/Endpoint/Drift has no connections: set `vpc`.',
    );
  });

  test('of a released endpoint exists before the first release, when it finds no data', () => {
    const stack = newStack();
    new Endpoint(stack, 'Endpoint', {
      ...{ endpointName: 'churn' },
      endpointConfig: releasedConfig(stack, { dataCapture: { destination: location(stack, 'captured') } }),
    }).addMonitor('Drift', { image: image(), resources: RESOURCES, schedule: RATE });
    const conditions = conditionsOfTypes(stack);
    expect(conditions['AWS::SageMaker::Endpoint']).toEqual([expect.stringContaining('IsReleased')]);
    for (const type of ['AWS::Scheduler::Schedule', 'AWS::StepFunctions::StateMachine', 'AWS::S3::Bucket'])
      expect(conditions[type]).toEqual([undefined]);
  });
});

describe('The permissions of a monitor', () => {
  const readOf = (prefix: string): object[] => [
    { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${prefix}`]] },
  ];
  const actionsOf = (stack: Stack, role: string, action: RegExp): unknown[] =>
    statementsOf(stack, role).filter((statement) =>
      action.test(JSON.stringify((statement as { Action: unknown }).Action)),
    );

  test('of its job are to read the captured data of the endpoint, the manifests and the baseline, and to write the report', () => {
    const stack = placedStack();
    monitor(stack, { baseline: location(stack, 'baseline/') });
    const reads = actionsOf(stack, 'EndpointDriftRole', /s3:GetObject/) as { Resource: unknown[] }[];
    expect(reads.map(({ Resource }) => Resource)).toEqual(
      ['data/baseline/*', 'data/captured/churn/*', 'reports/drift/manifests/*'].map((objects) => [
        ...readOf(objects.split('/')[0]),
        ...readOf(objects),
      ]),
    );
    const writes = actionsOf(stack, 'EndpointDriftRole', /s3:PutObject/) as { Resource: unknown }[];
    expect(writes.map(({ Resource }) => Resource)).toEqual(readOf('reports/drift/*'));
  });

  test('of its steps are to list the folders of its variants, to write manifests and to read reports', () => {
    const stack = placedStack();
    monitor(stack);
    expect(actionsOf(stack, 'SageMakerWorkflows', /"s3:ListBucket"/)).toEqual([
      {
        ...{ Effect: 'Allow', Action: 's3:ListBucket', Resource: readOf('data')[0] },
        Condition: { StringEquals: { 's3:prefix': ['captured/churn/main/'] } },
      },
    ]);
    const writes = actionsOf(stack, 'SageMakerWorkflows', /s3:PutObject/) as { Resource: unknown }[];
    expect(writes.map(({ Resource }) => Resource)).toEqual(readOf('reports/drift/manifests/*'));
    const reads = actionsOf(stack, 'SageMakerWorkflows', /s3:GetObject/) as { Resource: unknown }[];
    expect(reads.map(({ Resource }) => Resource)).toEqual([[...readOf('reports'), ...readOf('reports/drift/*')]]);
  });

  test('of its steps contain the key of the reports', () => {
    const stack = placedStack();
    monitor(stack, { outputEncryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY) });
    expect(actionsOf(stack, 'SageMakerWorkflows', /kms:/)).toEqual([
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY },
    ]);
  });

  test('of its job contain the key of the captured data', () => {
    const stack = placedStack();
    monitor(stack, {}, { capture: { encryptionKey: kms.Key.fromKeyArn(stack, 'Key', KEY) } });
    expect(actionsOf(stack, 'EndpointDriftRole', /kms:/)).toEqual([
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: KEY },
    ]);
  });
});

describe('The metrics of a monitor', () => {
  test('are those of the report, the number of violations and the outcomes', () => {
    const made = monitor(newStack());
    const shown = ({ namespace, metricName, dimensions, statistic }: cloudwatch.Metric): unknown[] => [
      ...[namespace, metricName, dimensions, statistic],
    ];
    const reported = { MonitorName: 'drift' };
    expect(
      [made.metricReported('drift share'), made.metricViolations(), made.metric(WorkflowOutcome.NO_DATA)].map(shown),
    ).toEqual([
      ['cdk-sagemaker-algorithm', 'drift share', reported, 'Maximum'],
      ['cdk-sagemaker-algorithm', 'Violations', reported, 'Maximum'],
      ['cdk-sagemaker-algorithm', 'NoData', { WorkflowName: 'drift' }, 'Sum'],
    ]);
    expect(made.metricReported('rows', { statistic: 'Average' }).statistic).toBe('Average');
  });

  test('have an alarm whose state is the result of the last execution, and which can start a training', () => {
    const stack = newStack();
    const { violationAlarm } = monitor(stack);
    newWorkflow(stack).startOnAlarm('Drift', violationAlarm);
    expect(onlyResource(stack, 'AWS::CloudWatch::Alarm')).toEqual({
      AlarmDescription: 'Monitor drift has found more than 0 violations in the captured data of endpoint churn.',
      ComparisonOperator: 'GreaterThanThreshold',
      ...{ Dimensions: [{ Name: 'MonitorName', Value: 'drift' }], EvaluationPeriods: 1, MetricName: 'Violations' },
      ...{ Namespace: 'cdk-sagemaker-algorithm', Period: 300, Statistic: 'Maximum', Threshold: 0 },
      TreatMissingData: 'ignore',
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        resources: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('ViolationAlarm'), 'Arn'] }],
        detail: { state: { value: ['ALARM'] } },
      },
    });
  });

  test('have an alarm with the limit, the name and the actions that are specified', () => {
    const stack = newStack();
    const topic = new actions.SnsAction(new sns.Topic(stack, 'Topic'));
    monitor(stack, { violationAlarm: { maxViolations: 2, alarmName: 'drifted', actions: [topic] } });
    expect(onlyResource(stack, 'AWS::CloudWatch::Alarm')).toMatchObject({
      ...{ Threshold: 2, AlarmName: 'drifted', AlarmActions: [expect.anything()] },
    });
  });
});

describe('A monitor is rejected', () => {
  test.each<[string, Partial<EndpointMonitorOptions>, Setting, string]>([
    [
      'without data capture',
      {},
      { config: { dataCapture: undefined } },
      'the endpoint configuration has no `dataCapture`. Specify it, so that there is data to analyze',
    ],
    [
      'with disabled data capture',
      {},
      { capture: { enabled: false } },
      '`dataCapture.enabled` of the endpoint configuration is false. Remove it, so that there is data to analyze',
    ],
    [
      'with data capture of 0 % of the requests',
      {},
      { capture: { samplingPercentage: 0 } },
      '`dataCapture.samplingPercentage` of the endpoint configuration is 0. Omit it, so that there is data to analyze',
    ],
    [
      'with no capture modes',
      { captureModes: [] },
      {},
      '`captureModes` must not be empty: omit it for all that the endpoint captures',
    ],
    [
      'with a variant that is named twice',
      { variantNames: ['main', 'main'] },
      {},
      '`variantNames` must be unique, got more than one "main"',
    ],
    [
      'if the endpoint does not capture what the container requires',
      { captureModes: [CaptureMode.INPUT_AND_OUTPUT] },
      { capture: { captureModes: [CaptureMode.INPUT] } },
      '`captureModes` requires endpointOutput, which the endpoint does not capture, got: Input in `dataCapture.captureModes`. Capture both: [CaptureMode.INPUT, CaptureMode.OUTPUT]',
    ],
    [
      'with a variant that does not exist',
      { variantNames: ['other'] },
      {},
      '`variantNames` must name variants of the endpoint (main), got: "other"',
    ],
    [
      'with no variants',
      { variantNames: [] },
      {},
      '`variantNames` must not be empty: omit it for all production variants',
    ],
    [
      'with a schedule of less than an hour',
      { schedule: scheduler.ScheduleExpression.rate(Duration.minutes(30)) },
      {},
      '`schedule` must have at least 1 hour between two executions, got: rate(30 minutes). A window consists of whole hours',
    ],
    [
      'with a maximum window that is less than the time between two executions',
      { maxWindow: Duration.hours(12) },
      {},
      '`maxWindow` must be at least the time between two executions, rate(1 day), got: 12 hours. The data before it would not be analyzed',
    ],
    [
      'with a delay that is not whole hours',
      { delay: Duration.minutes(90) },
      {},
      '`delay` must be whole hours, at least 1, got: 1 hour 30 minutes. Captured data is stored in a folder for each hour',
    ],
    [
      'with a delay that is a token',
      { delay: Duration.hours(Token.asNumber({ Ref: 'Delay' })) },
      {},
      '`delay` must not be a token, since other values are calculated from it at synthesis',
    ],
    [
      'with an input of the monitor',
      { inputs: { endpoint: ProcessingInput.fromAsset(__filename) } },
      {},
      '`inputs` must not contain "endpoint", which the monitor adds. Use another name',
    ],
    [
      'with the output of the monitor',
      { outputs: { report: ProcessingOutput.toNewBucket() } },
      {},
      '`outputs` must not contain "report", which the monitor adds. Use another name',
    ],
    [
      'with a variable of the monitor',
      { environment: { start_time: '1' } },
      {},
      '`environment` must not contain "start_time", which the monitor adds. Use another name',
    ],
    [
      'with a number of violations that is not whole',
      { violationAlarm: { maxViolations: 0.5 } },
      {},
      '`violationAlarm.maxViolations` must be a whole number of at least 0, got: 0.5',
    ],
    [
      'with an invalid name',
      { stateMachineName: 'a b' },
      {},
      '`stateMachineName` must have 1 to 80 letters, digits, hyphens and underscores, got: "a b"',
    ],
    ['with invalid options of the job', { entrypoint: [] }, {}, '`entrypoint` must have 1 to 100 entries, got 0'],
  ])('%s', (_, options, setting, message) => {
    expect(errorOf(() => monitor(newStack(), options, setting))).toBe(`Monitor Stack/Endpoint/Drift: ${message}`);
  });

  test.each(['captured/churn', 'captured/churn/', 'captured/churn/reports'])(
    'if its reports are in the captured data, in %s',
    (prefix) => {
      const stack = newStack();
      const error = errorOf(() => monitor(stack, { reportLocation: location(stack, prefix) }));
      expect(error).toContain(
        `\`reportLocation\` must not be in the captured data of the endpoint, "captured/churn/", got: "${prefix}": a monitor would also read what it has written. Use another prefix`,
      );
    },
  );

  test('if its reports are in a bucket of another region, to which its steps cannot write manifests', () => {
    const stack = placedStack();
    const far = s3.Bucket.fromBucketAttributes(stack, 'Far', { bucketName: 'far', region: 'us-east-1' });
    expect(errorOf(() => monitor(stack, { reportLocation: S3Location.fromBucket(far) }))).toContain(
      '`reportLocation`: bucket Stack/Far is in region us-east-1',
    );
  });

  test('if an output is in the captured data', () => {
    const stack = newStack();
    const outputs = { plots: ProcessingOutput.toBucket(bucket(stack, 'data'), 'captured/churn') };
    expect(errorOf(() => monitor(stack, { outputs }))).toContain('`outputs["plots"]` must not be in the captured data');
  });

  test('for an asynchronous endpoint and a serverless variant', () => {
    const asynchronous = newStack();
    expect(
      errorOf(() => monitor(asynchronous, {}, { config: { asyncInference: asyncInference(asynchronous) } })),
    ).toContain(
      'an asynchronous endpoint has no captured data: its requests and responses are objects in `asyncInference.input` and `asyncInference.output`',
    );
    const stack = newStack();
    const variants = [
      ProductionVariant.serverless('main', { model: newModel(stack), memory: Size.gibibytes(1), maxConcurrency: 1 }),
    ];
    expect(errorOf(() => monitor(stack, {}, { config: { variants, dataCapture: undefined } }))).toBe(
      'Monitor Stack/Endpoint/Drift: a serverless variant captures no data. Use ProductionVariant.instances()',
    );
  });

  test('for an imported endpoint configuration', () => {
    const stack = newStack();
    const endpointConfig = EndpointConfig.fromEndpointConfigName(stack, 'Imported', 'churn');
    expect(errorOf(() => monitor(stack, {}, { endpoint: { endpointConfig } }))).toBe(
      'Monitor Stack/Endpoint/Drift: the data capture of an imported endpoint configuration is unknown. Create the endpoint with an `EndpointConfig` that has `dataCapture`',
    );
  });

  test('with all its errors at once', () => {
    const error = errorOf(() =>
      monitor(newStack(), {
        delay: Duration.minutes(1),
        variantNames: ['x'],
        stateMachineName: '?',
        inputs: { 'a/b': ProcessingInput.fromAsset(__filename) },
      }),
    );
    for (const part of ['has 4 validation errors', '`delay`', '`variantNames`', '`stateMachineName`', '`inputs`'])
      expect(error).toContain(part);
  });
});

test('A monitor whose cron expression has an hour and no minute has a warning', () => {
  const stack = newStack();
  monitor(stack, { schedule: scheduler.ScheduleExpression.cron({ hour: '3' }) });
  Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('Schedule Drift fires every minute of hour 3'));
});

test('A token as the maximum number of violations is the threshold of the alarm', () => {
  const stack = newStack();
  monitor(stack, { violationAlarm: { maxViolations: Token.asNumber({ Ref: 'Max' }) } });
  expect(onlyResource(stack, 'AWS::CloudWatch::Alarm')).toMatchObject({
    Threshold: { Ref: 'Max' },
    AlarmDescription:
      'Monitor drift has found more than the maximum number of violations in the captured data of endpoint churn.',
  });
});

test('Tokens in the prefixes of captured data and reports are accepted', () => {
  const stack = newStack();
  const prefix = Token.asString({ Ref: 'Prefix' });
  monitor(stack, { reportLocation: location(stack, prefix) }, { capture: { destination: location(stack, prefix) } });
  expect(statesOf(stack).SelectData.Parameters).toMatchObject({ Capture: { Prefix: '…/', Folders: ['churn/main'] } });
});
