import validate from 'asl-validator';
import {
  App,
  Aws,
  CfnParameter,
  Duration,
  NestedStack,
  Stack,
  Tags,
  aws_cloudwatch as cloudwatch,
  aws_ec2 as ec2,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
  aws_scheduler as scheduler,
  aws_sns as sns,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  Evaluation,
  GateBaseline,
  type IModelPackageGroup,
  InstanceType,
  MetricDefinition,
  ModelApprovalStatus,
  ModelPackageGroup,
  type NewDataOptions,
  Objective,
  ProcessingOutput,
  ProcessingResources,
  S3Location,
  TrainingInput,
  TrainingOutput,
  TrainingResources,
  TrainingWorkflow,
  type TrainingWorkflowProps,
  WorkflowOutcome,
} from '../../lib';
import { tuningDefinition } from '../jobs';
import { errorOf, image, newAlgorithm, newStack, placedStack, statementsOf } from '../stacks';

const RESOURCES = TrainingResources.of(InstanceType.ML_M5_XLARGE);
/** The resources of a processing job. */
const processing = (): ProcessingResources => ProcessingResources.of(InstanceType.ML_M5_XLARGE);

const AUC = Objective.maximize('validation:auc');

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: { readonly Next: string }[];
  readonly Parameters: Record<string, unknown> & { readonly Action: string };
  readonly Retry?: object[];
  readonly Catch?: object[];
}

interface Definition {
  readonly StartAt: string;
  readonly States: Record<string, State>;
}

function group(stack: Stack): IModelPackageGroup {
  return ModelPackageGroup.fromModelPackageGroupName(stack, 'Group', 'churn');
}

const bucket = (stack: Stack): s3.IBucket => s3.Bucket.fromBucketName(stack, 'Bucket', 'data');

const newDataBucket = (stack: Stack): s3.IBucket => s3.Bucket.fromBucketName(stack, 'NewData', 'data');

function training(stack: Stack): NonNullable<TrainingWorkflowProps['training']> {
  return {
    algorithm: newAlgorithm(stack, { metrics: [MetricDefinition.of('validation:auc', 'auc=([0-9.]+)')] }),
    inputs: { train: TrainingInput.fromBucket(bucket(stack), 'churn/train/', { contentType: 'text/csv' }) },
    resources: RESOURCES,
    output: TrainingOutput.toBucket(s3.Bucket.fromBucketName(stack, 'Out', 'out'), 'models'),
  };
}

function workflow(stack: Stack, props: Partial<TrainingWorkflowProps> = {}, id = 'Retraining'): TrainingWorkflow {
  return new TrainingWorkflow(stack, id, {
    ...('training' in props || 'tuning' in props ? {} : { training: training(stack) }),
    ...props,
  });
}

const full = (stack: Stack): Partial<TrainingWorkflowProps> => ({
  evaluation: Evaluation.trainingMetric(AUC),
  gate: { threshold: 0.85, tolerance: 0.005 },
  registration: { group: group(stack) },
});

/** The definition of the only state machine, with references as text. */
function definitionOf(stack: Stack): Definition {
  const machines = Object.values(
    Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine', {
      Properties: { StateMachineName: Match.anyValue() },
    }),
  );
  expect(machines).toHaveLength(1);
  const { DefinitionString } = machines[0].Properties as { DefinitionString: { 'Fn::Join': [string, unknown[]] } };
  const pieces = DefinitionString['Fn::Join'][1].map((piece) =>
    typeof piece === 'string' ? piece : textOf(piece as object),
  );
  const definition = JSON.parse(pieces.join('')) as Definition;
  const validation = validate(definition);
  expect(validation.isValid ? '' : validation.errorsText()).toBe('');
  return definition;
}

/** A reference of the template as text, in the form that the validator accepts as an ARN. */
function textOf(reference: object): string {
  return `\${${Object.values(reference).flat().join('.')}}`;
}

/** The states of a run in which every choice leads on. */
function path({ StartAt, States }: Definition): string[] {
  const names: string[] = [];
  for (let name: string | undefined = StartAt; name !== undefined;) {
    names.push(name);
    const { Next, Choices }: State = States[name];
    name = Next ?? Choices?.at(0)?.Next;
  }
  return names;
}

const parametersOf = (stack: Stack, state: string): Record<string, unknown> =>
  definitionOf(stack).States[state].Parameters;
const requestOf = (stack: Stack, state: string): Record<string, unknown> =>
  JSON.parse(parametersOf(stack, state).Request as string) as Record<string, unknown>;

const LOOP = (step: string): string[] => [step, `Is ${step} finished`];

describe('The states of a TrainingWorkflow', () => {
  test.each<[string, (stack: Stack) => Partial<TrainingWorkflowProps>, string[]]>([
    ['only a training', () => ({}), [...LOOP('Train'), 'Completed']],
    [
      'a registration',
      (stack) => ({ registration: { group: group(stack) } }),
      [...LOOP('Train'), 'Register', 'Registered'],
    ],
    ['an evaluation by a metric', full, [...LOOP('Train'), 'Gate', 'Is accepted', 'Register', 'Registered']],
    [
      'an evaluation without a registration',
      () => ({ evaluation: Evaluation.trainingMetric(AUC), gate: { threshold: 1, baseline: GateBaseline.NONE } }),
      [...LOOP('Train'), 'Gate', 'Is accepted', 'Completed'],
    ],
    [
      'an evaluation by a processing job',
      (stack) => ({
        ...full(stack),
        evaluation: Evaluation.processing({ image: image(), resources: processing(), objective: AUC }),
      }),
      [...LOOP('Train'), ...LOOP('Evaluate'), 'Gate', 'Is accepted', 'Register', 'Registered'],
    ],
    [
      'a tuning',
      (stack) => ({
        tuning: { definitions: [tuningDefinition()] },
        registration: { group: group(stack), algorithm: newAlgorithm(stack) },
      }),
      [...LOOP('Train'), 'Gate', 'Is accepted', 'Register', 'Registered'],
    ],
  ])('with %s are valid and in this order', (_, props, expected) => {
    const stack = newStack();
    workflow(stack, props(stack));
    expect(path(definitionOf(stack))).toEqual(expected);
  });

  test('repeat a job until it is finished, with the waiting time of the handler', () => {
    const stack = newStack();
    workflow(stack);
    const { States } = definitionOf(stack);
    expect(States['Is Train finished']).toMatchObject({
      Choices: [{ Variable: '$.Train.IsFinished', BooleanEquals: true, Next: 'Completed' }],
      Default: 'Wait for Train',
    });
    expect(States['Wait for Train']).toMatchObject({ Type: 'Wait', SecondsPath: '$.Train.WaitSeconds', Next: 'Train' });
  });

  test('retry temporary errors for an hour, but not the failure of a job, and end as skipped without the lock', () => {
    const stack = newStack();
    workflow(stack, full(stack));
    const { States } = definitionOf(stack);
    for (const name of ['Train', 'Gate', 'Register', 'Registered', 'Rejected']) {
      expect(States[name]).toMatchObject({
        Retry: [
          {
            ErrorEquals: expect.arrayContaining(['JobFailed', 'EvaluationFailed', 'Locked']) as unknown,
            MaxAttempts: 0,
          },
          { ErrorEquals: ['States.ALL'], MaxAttempts: 10, IntervalSeconds: 30, MaxDelaySeconds: 600, BackoffRate: 2 },
        ],
        Catch: [{ ErrorEquals: ['Locked'], Next: 'Skipped' }],
      });
    }
    expect(States.Skipped.Type).toBe('Succeed');
  });

  test('pass the execution, its input and the number of redrives to the handler, with all jobs of the workflow', () => {
    const stack = newStack();
    workflow(stack, { stateMachineName: 'churn' });
    expect(parametersOf(stack, 'Train')).toMatchObject({
      'Execution.$': '$$.Execution.Id',
      'RedriveCount.$': '$$.Execution.RedriveCount',
      'Input.$': '$$.Execution.Input',
      Workflow: {
        Name: 'churn',
        Jobs: [{ Kind: 'training', Prefix: expect.stringMatching(/^stack-\w+-.*train/) as unknown }],
      },
    });
  });

  test('contain the request of the training job', () => {
    const stack = newStack();
    workflow(stack, { training: { ...training(stack), maxRuntime: Duration.hours(3) } });
    expect(requestOf(stack, 'Train')).toMatchObject({
      OutputDataConfig: { S3OutputPath: 's3://out/models' },
      StoppingCondition: { MaxRuntimeInSeconds: 10_800 },
    });
  });

  test('register the inference specification of the algorithm with the artifact of the execution, pending by default', () => {
    const stack = newStack();
    workflow(stack, full(stack));
    expect(requestOf(stack, 'Register')).toMatchObject({
      ModelPackageGroupName: 'churn',
      ModelApprovalStatus: 'PendingManualApproval',
      InferenceSpecification: { Containers: [{ ModelDataUrl: '{{ModelData}}' }], SupportedContentTypes: ['text/csv'] },
    });
    expect(parametersOf(stack, 'Register')).toMatchObject({
      Values: { 'ModelData.$': '$.Train.ModelData', 'TrainingJobName.$': '$.Train.TrainingJobName' },
      Metric: 'validation:auc',
      'Decision.$': '$.Gate',
    });
  });

  test('register approved versions with a description and metadata if they are specified', () => {
    const stack = newStack();
    const registration = {
      group: group(stack),
      approvalStatus: ModelApprovalStatus.APPROVED,
      description: 'Churn',
      customerMetadata: { team: 'fraud' },
    };
    workflow(stack, { registration });
    expect(requestOf(stack, 'Register')).toMatchObject({
      ModelApprovalStatus: 'Approved',
      ModelPackageDescription: 'Churn',
      CustomerMetadataProperties: { team: 'fraud' },
    });
  });

  test('record the commit as custom metadata of each version, and differ in nothing else', () => {
    const stackWith = (commitId: string): Stack => {
      const stack = newStack();
      workflow(stack, { registration: { group: group(stack), commitId, customerMetadata: { team: 'fraud' } } });
      return stack;
    };
    expect(requestOf(stackWith('0a1b2c3'), 'Register')).toMatchObject({
      CustomerMetadataProperties: { team: 'fraud', commitId: '0a1b2c3' },
    });
    const [before, after] = ['0a1b2c3', '4d5e6f7'].map((commitId) =>
      JSON.stringify(Template.fromStack(stackWith(commitId)).toJSON()),
    );
    expect(before).not.toBe(after);
    expect(before.replaceAll('0a1b2c3', '4d5e6f7')).toBe(after);
  });

  test('compare with the newest approved version by default, with the values of the gate', () => {
    const stack = newStack();
    workflow(stack, full(stack));
    expect(parametersOf(stack, 'Gate').Gate).toEqual({
      Metric: 'validation:auc',
      ObjectiveType: 'Maximize',
      Threshold: 0.85,
      Tolerance: 0.005,
      BaselineGroup: 'churn',
    });
  });

  test('refer to a group of another account by its ARN, to register and to compare', () => {
    const stack = placedStack();
    const arn = 'arn:aws:sagemaker:eu-west-1:999988887777:model-package-group/churn';
    workflow(stack, {
      ...full(stack),
      registration: { group: ModelPackageGroup.fromModelPackageGroupArn(stack, 'Shared', arn) },
    });
    expect(requestOf(stack, 'Register').ModelPackageGroupName).toBe(arn);
    expect(parametersOf(stack, 'Gate').Gate).toMatchObject({ BaselineGroup: arn });
  });

  test('pass the tags of the workflow and of the stack to its jobs', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack', { tags: { stage: 'prod' } });
    Tags.of(workflow(stack)).add('team', 'fraud');
    const tags = JSON.parse(parametersOf(stack, 'Train').Tags as string) as object[];
    expect(tags).toEqual(expect.arrayContaining([{ Key: 'team', Value: 'fraud' }]));
  });

  test('evaluate the artifact with a container that writes its report to a folder of the job', () => {
    const stack = newStack();
    const reportLocation = S3Location.fromBucket(s3.Bucket.fromBucketName(stack, 'Reports', 'reports'), 'churn');
    workflow(stack, {
      evaluation: Evaluation.processing({
        image: image(),
        resources: processing(),
        objective: Objective.minimize('metrics.loss'),
        report: 'out/report.json',
        reportLocation,
      }),
    });
    const { ProcessingInputs, ProcessingOutputConfig } = requestOf(stack, 'Evaluate');
    expect(JSON.stringify(ProcessingInputs)).toContain('{{ModelData}}');
    expect(JSON.stringify(ProcessingOutputConfig)).toContain('"s3://reports/churn/{{JobName}}/report"');
    expect(parametersOf(stack, 'Gate').Evaluation).toEqual({
      Report: 's3://reports/churn/{{JobName}}/report/out/report.json',
      'JobName.$': '$.Evaluate.JobName',
    });
    expect(parametersOf(stack, 'Gate').Gate).toMatchObject({ ObjectiveType: 'Minimize', Tolerance: 0 });
  });
});

describe('The permissions of a TrainingWorkflow', () => {
  const handlerStatements = (stack: Stack): { Action: string | string[]; Resource: unknown; Condition?: unknown }[] =>
    statementsOf(stack, 'SageMakerWorkflowsRole') as {
      Action: string | string[];
      Resource: unknown;
      Condition?: unknown;
    }[];

  test('allow its handler to decrypt a report that is encrypted with a key of its own', () => {
    const stack = placedStack();
    const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/11112222-3333-4444-5555-666677778888';
    workflow(stack, {
      evaluation: Evaluation.processing({
        image: image(),
        resources: processing(),
        objective: AUC,
        outputEncryptionKey: kms.Key.fromKeyArn(stack, 'Key', keyArn),
      }),
    });
    const ofKeys = handlerStatements(stack).filter(({ Action }) => /^kms:/.test([Action].flat()[0]));
    expect(ofKeys).toEqual([{ Effect: 'Allow', Action: 'kms:Decrypt', Resource: keyArn }]);
  });

  test('allow its handler to run and stop only its own jobs, and to pass their role only to SageMaker', () => {
    const stack = newStack();
    workflow(stack, full(stack));
    const statements = handlerStatements(stack);
    const { Prefix } = (parametersOf(stack, 'Train').Workflow as { Jobs: { Prefix: string }[] }).Jobs[0];
    const jobs = statements.filter(({ Action }) => [Action].flat().includes('sagemaker:CreateTrainingJob'));
    expect(jobs).toEqual([
      {
        Effect: 'Allow',
        Action: [
          'sagemaker:CreateTrainingJob',
          'sagemaker:AddTags',
          'sagemaker:ListTags',
          'sagemaker:DescribeTrainingJob',
          'sagemaker:StopTrainingJob',
        ],
        Resource: expect.objectContaining({}) as unknown,
      },
    ]);
    expect(JSON.stringify(jobs[0].Resource)).toContain(`:training-job/${Prefix}--*`);
    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: 'iam:PassRole',
        Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      }),
    );
  });

  test('allow only Step Functions to assume the role of the state machine, and only for this state machine', () => {
    const stack = placedStack();
    workflow(stack, { stateMachineName: 'churn' });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: 'states.amazonaws.com' },
            Condition: {
              ArnEquals: {
                'aws:SourceArn': {
                  'Fn::Join': [
                    '',
                    [
                      'arn:',
                      { Ref: 'AWS::Partition' },
                      `:states:${Stack.of(stack).region}:${Stack.of(stack).account}:stateMachine:churn`,
                    ],
                  ],
                },
              },
            },
          },
        ],
      },
    });
  });

  test('contain the resource * only for metrics, limited to the namespace of workflows, and for lists of versions', () => {
    const stack = newStack();
    workflow(stack, full(stack));
    const statements = handlerStatements(stack).filter(({ Resource }) => Resource === '*');
    expect(statements).toHaveLength(2);
    expect(statements).toEqual(
      expect.arrayContaining([
        {
          Effect: 'Allow',
          Action: 'cloudwatch:PutMetricData',
          Resource: '*',
          Condition: { StringEquals: { 'cloudwatch:namespace': 'cdk-sagemaker-algorithm' } },
        },
        { Effect: 'Allow', Action: 'sagemaker:ListModelPackages', Resource: '*' },
      ]),
    );
  });

  test('allow its handler to stop only executions of this workflow, and to publish only events of workflows', () => {
    const stack = newStack();
    workflow(stack, { stateMachineName: 'churn' });
    const statements = handlerStatements(stack);
    const executions = statements.find(({ Action }) => [Action].flat().includes('states:StopExecution'));
    expect(executions?.Action).toEqual(['states:DescribeExecution', 'states:StopExecution']);
    expect(JSON.stringify(executions?.Resource)).toContain(':execution:churn:*');
    expect(statements.find(({ Action }) => Action === 'events:PutEvents')?.Condition).toEqual({
      StringEquals: { 'events:source': 'cdk-sagemaker-algorithm' },
    });
  });

  test('allow its state machine only to invoke the handler', () => {
    const stack = newStack();
    workflow(stack, full(stack));
    const statements = statementsOf(stack, 'RetrainingWorkflowStateMachineRole') as { Action: string }[];
    expect(statements.map(({ Action }) => Action)).toEqual(['lambda:InvokeFunction']);
  });

  test('allow a schedule only to start the workflow, or to invoke the handler', () => {
    const stack = newStack();
    const made = workflow(stack);
    made.startOnSchedule('Weekly', scheduler.ScheduleExpression.rate(Duration.days(7)));
    made.startOnNewData('Data', { bucket: newDataBucket(stack), prefix: 'churn/train/' });
    const statements = statementsOf(stack, 'SchedulerRole') as { Action: string }[];
    expect(statements.map(({ Action }) => Action).sort()).toEqual(['lambda:InvokeFunction', 'states:StartExecution']);
  });

  test('allow its handler to list only the prefix of new data', () => {
    const stack = newStack();
    workflow(stack).startOnNewData('Data', { bucket: newDataBucket(stack), prefix: 'churn/train/' });
    expect(handlerStatements(stack)).toContainEqual(
      expect.objectContaining({
        Action: 's3:ListBucket',
        Condition: { StringEquals: { 's3:prefix': 'churn/train/' } },
      }),
    );
  });

  test('allow its handler to list the prefixes of the inputs, without new data too, and to read none of them', () => {
    const stack = newStack();
    workflow(stack);
    const statements = handlerStatements(stack).filter(({ Action }) => JSON.stringify(Action).includes('s3:'));
    expect(statements).toEqual([
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::data']] },
        Condition: { StringEquals: { 's3:prefix': 'churn/train/' } },
      },
    ]);
  });

  test('are granted to what starts executions', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Starter', { assumedBy: new iam.AccountRootPrincipal() });
    workflow(stack).grantStartExecution(role);
    expect(statementsOf(stack, 'Starter')).toMatchObject([{ Action: 'states:StartExecution' }]);
  });
});

describe('The start of a TrainingWorkflow', () => {
  test('by new data is scheduled in the settling time, 30 minutes by default', () => {
    const stack = newStack();
    workflow(stack).startOnNewData('Data', { bucket: newDataBucket(stack) });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(30 minutes)' });
    const [schedule] = Object.values(template.findResources('AWS::Scheduler::Schedule'));
    const input = JSON.stringify(schedule.Properties);
    expect(input).toContain('\\\\\\"SettleSeconds\\\\\\":1800'.replace(/\\\\\\/g, '\\'));
    expect(input).toContain('MaxDelaySeconds\\":86400');
    expect(input).toContain('<aws.scheduler.scheduled-time>');
  });

  test('by an alarm matches its change to the state ALARM', () => {
    const stack = newStack();
    workflow(stack).startOnAlarm(
      'Drift',
      cloudwatch.Alarm.fromAlarmArn(stack, 'Alarm', 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:drift'),
    );
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.cloudwatch'],
        resources: ['arn:aws:cloudwatch:eu-west-1:111122223333:alarm:drift'],
        detail: { state: { value: ['ALARM'] } },
      },
    });
  });

  test.each([
    ['less than a minute', { settle: Duration.seconds(30) }, '`settle` must be at least 1 minute, got: 30 seconds'],
    [
      'not whole minutes',
      { settle: Duration.seconds(90) },
      '`settle` must be whole minutes, since it is the interval of a schedule, got: 1 minute 30 seconds',
    ],
    [
      'more than the maximum delay',
      { settle: Duration.hours(2), maxDelay: Duration.hours(1) },
      '`maxDelay` must be at least `settle`, which is 2 hours, got: 1 hour. Set a longer `maxDelay`',
    ],
  ])('by new data is an error if the settling time is %s', (_, options, message) => {
    const stack = newStack();
    const made = workflow(stack);
    const text = errorOf(() => made.startOnNewData('Data', { bucket: newDataBucket(stack), ...options }));
    expect(text).toBe(`New data Stack/Retraining/Data: ${message}`);
  });

  test.each<[string, Partial<NewDataOptions>, string]>([
    [
      'a URI',
      { prefix: 's3://data/churn/' },
      '`prefix` must be a key in the bucket, not a URI: remove the scheme and the bucket, got: "s3://data/churn/"',
    ],
    [
      'a prefix that starts with "/"',
      { prefix: '/churn/' },
      '`prefix` must not start with "/", as no object key does, got: "/churn/"',
    ],
    [
      'the prefix of the artifacts, so that each execution would start the next one',
      { prefix: 'mod' },
      '`prefix` must not contain what the workflow writes, got: "mod", and `training.output` writes to "models" of the same bucket: each execution would start the ' +
        'next one. Use another prefix in one of them',
    ],
    [
      'the folder of the artifacts, whose prefix has no "/" at the end',
      { prefix: 'models/' },
      '`training.output` writes to "models" of the same bucket',
    ],
    [
      'the prefix of the checkpoints',
      { prefix: 'checkpoints/' },
      '`training.checkpoints` writes to "checkpoints" of the same bucket',
    ],
    [
      'the whole bucket of the reports',
      { prefix: '' },
      '`evaluation.reportLocation` writes to "reports/" of the same bucket',
    ],
    [
      'the prefix of another output of the evaluation',
      { prefix: 'plots' },
      '`evaluation.outputs["plots"]` writes to "plots/" of the same bucket',
    ],
  ])('by new data is an error for %s', (_, options, message) => {
    const stack = placedStack();
    const out = s3.Bucket.fromBucketName(stack, 'Written', 'out');
    const made = workflow(stack, {
      training: { ...training(stack), checkpoints: { location: S3Location.fromBucket(out, 'checkpoints') } },
      evaluation: Evaluation.processing({
        image: image(),
        resources: processing(),
        objective: Objective.minimize('metrics.loss'),
        reportLocation: S3Location.fromBucket(out, 'reports/'),
        outputs: { plots: ProcessingOutput.toBucket(out, 'plots/') },
      }),
    });
    expect(errorOf(() => made.startOnNewData('Data', { bucket: out, ...options }))).toContain(message);
    expect(() => made.startOnNewData('Others', { bucket: out, prefix: 'others/' })).not.toThrow();
  });

  test('by an alarm of another region is an error', () => {
    const stack = placedStack();
    const alarmArn = 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:drift';
    const alarm = cloudwatch.Alarm.fromAlarmArn(stack, 'Far', alarmArn);
    expect(errorOf(() => workflow(stack).startOnAlarm('Drift', alarm))).toContain(
      'Rule Stack/Retraining/Drift: `alarm` Stack/Far is in region us-east-1, and this stack in eu-west-1, whose event bus does not receive',
    );
  });

  test('by new data is an error for the prefix of the artifacts in a bucket that is imported twice by a name with a token', () => {
    const stack = newStack();
    const imported = (id: string): s3.IBucket => s3.Bucket.fromBucketName(stack, id, `data-${Aws.ACCOUNT_ID}`);
    const output = TrainingOutput.toBucket(imported('Written'), 'models');
    const made = workflow(stack, { training: { ...training(stack), output } });
    expect(errorOf(() => made.startOnNewData('Data', { bucket: imported('New'), prefix: 'models/' }))).toContain(
      '`training.output` writes to "models" of the same bucket',
    );
  });

  test('by new data is accepted without a warning if the prefix of an input is a token', () => {
    const stack = placedStack();
    const prefix = new CfnParameter(stack, 'Prefix').valueAsString;
    const inputs = { train: TrainingInput.fromBucket(newDataBucket(stack), prefix) };
    workflow(stack, { training: { ...training(stack), inputs } }).startOnNewData('Data', {
      bucket: s3.Bucket.fromBucketName(stack, 'Same', 'data'),
      prefix: 'churn/',
    });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('no input of the training reads it'));
  });

  test('by new data of another region is an error', () => {
    const stack = placedStack();
    const far = s3.Bucket.fromBucketAttributes(stack, 'Far', { bucketName: 'far', region: 'us-east-1' });
    expect(errorOf(() => workflow(stack).startOnNewData('Data', { bucket: far, prefix: 'a/' }))).toContain(
      '`bucket`: bucket Stack/Far is in region us-east-1, and this stack in eu-west-1',
    );
  });

  test.each<[string, string, boolean]>([
    ['with a warning if no input of the training reads the data', 'other/', true],
    ['without one if an input reads a part of it', 'churn/', false],
    ['without one if it is a part of an input', 'churn/train/today/', false],
  ])('by new data is accepted %s', (_, prefix, isWarned) => {
    const stack = placedStack();
    workflow(stack).startOnNewData('Data', { bucket: newDataBucket(stack), prefix });
    const found = Annotations.fromStack(stack).findWarning(
      '*',
      Match.stringLikeRegexp('no input of the training reads it'),
    );
    expect(found.length > 0).toBe(isWarned);
  });

  test.each<[string, scheduler.CronOptionsWithTimezone, boolean]>([
    ['with a warning if it fires every minute of an hour', { hour: '2' }, true],
    ['without one if it fires once in an hour', { hour: '2', minute: '0' }, false],
  ])('by a schedule is accepted %s', (_, options, isWarned) => {
    const stack = placedStack();
    workflow(stack).startOnSchedule('Nightly', scheduler.ScheduleExpression.cron(options));
    const found = Annotations.fromStack(stack).findWarning(
      '*',
      Match.stringLikeRegexp('Schedule Nightly fires every minute of hour 2: cron\\(\\* 2 .* Set `minute`'),
    );
    expect(found.length > 0).toBe(isWarned);
  });
});

describe('The outcomes of a TrainingWorkflow', () => {
  test.each([
    ['onRegistered', 'Registered'],
    ['onRejected', 'Rejected'],
    ['onFailed', 'Failed'],
    ['onOutcome', undefined],
  ] as const)('are events that %s matches', (method, outcome) => {
    const stack = newStack();
    workflow(stack, { stateMachineName: 'churn' })[method]('Rule', {
      target: new targets.SnsTopic(new sns.Topic(stack, 'Topic')),
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['cdk-sagemaker-algorithm'],
        'detail-type': ['SageMaker Workflow Outcome'],
        detail: { workflowName: ['churn'], ...(outcome === undefined ? {} : { outcome: [outcome] }) },
      },
    });
  });

  test('are metrics of the workflow', () => {
    const made = workflow(newStack(), { stateMachineName: 'churn' });
    const metrics = [
      made.metricRegistered(),
      made.metricRejected(),
      made.metricFailed(),
      made.metric(WorkflowOutcome.SKIPPED),
    ];
    expect(metrics.map(({ metricName }) => metricName)).toEqual(['Registered', 'Rejected', 'Failed', 'Skipped']);
    expect(metrics[0]).toMatchObject({
      namespace: 'cdk-sagemaker-algorithm',
      dimensions: { WorkflowName: 'churn' },
      statistic: 'Sum',
    });
  });

  test('of failures and stops end the jobs of the execution', () => {
    const stack = newStack();
    workflow(stack);
    Template.fromStack(stack).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.states'], detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } },
    });
  });
});

describe('The errors of a TrainingWorkflow', () => {
  const error = (props: (stack: Stack) => Partial<TrainingWorkflowProps>): string => {
    const stack = newStack();
    return errorOf(() => workflow(stack, props(stack)));
  };

  test.each<[string, (stack: Stack) => Partial<TrainingWorkflowProps>, string]>([
    [
      'neither training nor tuning',
      () => ({ training: undefined }),
      'exactly one of `training` and `tuning` must be set',
    ],
    [
      'training and tuning',
      (stack) => ({ training: training(stack), tuning: { definitions: [tuningDefinition()] } }),
      'exactly one of `training` and `tuning` must be set',
    ],
    [
      'a maximum run time of the training that is too long',
      (stack) => ({ training: { ...training(stack), maxRuntime: Duration.days(60) } }),
      '`training`: `maxRuntime',
    ],
    [
      'an invalid environment of the evaluation',
      () => ({
        evaluation: Evaluation.processing({
          ...{ image: image(), resources: processing(), environment: { 'a-b': '1' } },
          objective: Objective.minimize('metrics.loss'),
        }),
      }),
      '`evaluation`: `environment key "a-b"`',
    ],
    [
      'registered versions that are rejected',
      (stack) => ({ registration: { group: group(stack), approvalStatus: ModelApprovalStatus.REJECTED } }),
      '`registration.approvalStatus` must not be REJECTED: the workflow registers only versions that the gate accepts',
    ],
    ...['', '$.metrics.loss', 'metrics..loss', 'metrics[0].loss'].map(
      (name): [string, (stack: Stack) => Partial<TrainingWorkflowProps>, string] => [
        `the metric "${name}" of a report`,
        () => ({
          evaluation: Evaluation.processing({
            image: image(),
            resources: processing(),
            objective: Objective.minimize(name),
          }),
        }),
        '`evaluation`: `objective` must name the metric by the names of members of the report with periods between them, for example "metrics.auc.value", got: ' +
          JSON.stringify(name),
      ],
    ),
    [
      'a folder as the report',
      () => ({
        evaluation: Evaluation.processing({
          ...{ image: image(), resources: processing(), report: 'out/' },
          objective: Objective.minimize('metrics.loss'),
        }),
      }),
      '`evaluation`: `report` must be the path of a file, got: "out/", which is a folder. Add the name of the file',
    ],
    [
      'an invalid name',
      () => ({ stateMachineName: 'a b' }),
      '`stateMachineName` must have 1 to 80 letters, digits, hyphens and underscores, got: "a b"',
    ],
    [
      'a gate without an evaluation',
      (stack) => ({ gate: { threshold: 1 }, registration: { group: group(stack) } }),
      '`gate` requires `evaluation`',
    ],
    [
      'a comparison without a group',
      () => ({ evaluation: Evaluation.trainingMetric(AUC), gate: { threshold: 1 } }),
      '`gate` requires `registration`, whose group contains the newest approved version',
    ],
    [
      'a gate without an effect',
      (stack) => ({ ...full(stack), gate: { baseline: GateBaseline.NONE } }),
      '`gate` must have a `threshold` if `baseline` is GateBaseline.NONE',
    ],
    [
      'a tolerance without a baseline',
      (stack) => ({ ...full(stack), gate: { threshold: 1, tolerance: 0.1, baseline: GateBaseline.NONE } }),
      '`gate.tolerance` must not be set if `baseline` is GateBaseline.NONE',
    ],
    [
      'a negative tolerance',
      (stack) => ({ ...full(stack), gate: { tolerance: -1 } }),
      '`gate.tolerance` must be at least 0, got: -1',
    ],
    [
      'a threshold that is not a number',
      (stack) => ({ ...full(stack), gate: { threshold: NaN } }),
      '`gate.threshold` must be a finite number, got: NaN',
    ],
    [
      'a metric that the algorithm does not have',
      () => ({ evaluation: Evaluation.trainingMetric(Objective.maximize('auc')) }),
      '`evaluation.objective` must name one of the metrics of the training (validation:auc), got: "auc"',
    ],
    [
      'a metric that the image does not have',
      () => ({ training: { image: image(), resources: RESOURCES }, evaluation: Evaluation.trainingMetric(AUC) }),
      '`evaluation.objective` must name one of the metrics of the training (none are defined), got: "validation:auc"',
    ],
    [
      'a registration without an algorithm or an image',
      (stack) => ({ training: { image: image(), resources: RESOURCES }, registration: { group: group(stack) } }),
      '`registration` must have `algorithm`, or `image` and `inference`',
    ],
    [
      'metadata that the workflow adds',
      (stack) => ({ registration: { group: group(stack), customerMetadata: { execution: 'x', 'metric:auc': '1' } } }),
      '`registration.customerMetadata` must not contain "execution", "trainingJob" or keys with the prefix "metric:", which the workflow adds, got: "execution", "metric:auc"',
    ],
    [
      'too much metadata',
      (stack) => ({
        registration: {
          group: group(stack),
          customerMetadata: Object.fromEntries(Array.from({ length: 48 }, (_, key) => [`k${key}`, 'v'])),
        },
      }),
      '`registration.customerMetadata` must have at most 47 entries, since the workflow adds 3, got 48',
    ],
    [
      'metadata for which the commit leaves no room',
      (stack) => ({
        registration: {
          group: group(stack),
          commitId: '0a1b2c3',
          customerMetadata: Object.fromEntries(Array.from({ length: 47 }, (_, key) => [`k${key}`, 'v'])),
        },
      }),
      '`registration.customerMetadata` must have at most 46 entries, since the workflow adds 4, got 47',
    ],
    [
      'a metric whose name is too long for metadata',
      (stack) => ({
        evaluation: Evaluation.processing({
          image: image(),
          resources: processing(),
          objective: Objective.maximize('m'.repeat(130)),
        }),
        registration: { group: group(stack) },
      }),
      '`evaluation.objective.metricName` must have 1 to 128 characters, got 137',
    ],
    ...['../x.json', '/a', 'a//b.json', './a.json', 'a/.'].map(
      (report): [string, (stack: Stack) => Partial<TrainingWorkflowProps>, string] => [
        `the report ${report}, which is not the path of a file that the job writes`,
        () => ({
          evaluation: Evaluation.processing({
            image: image(),
            resources: processing(),
            objective: AUC,
            report,
          }),
        }),
        `\`evaluation\`: \`report\` must be a path below the directory of the output, without empty names, "." and "..", for example ` +
          `"evaluation.json", got: "${report}"`,
      ],
    ),
  ])('name the property and the rule for %s', (_, props, message) => {
    expect(error(props)).toContain(message);
  });

  test('are reported at once', () => {
    const message = error(() => ({ stateMachineName: '', gate: { threshold: Infinity, tolerance: -1 } }));
    for (const property of ['stateMachineName', 'gate.threshold', 'gate.tolerance', 'gate` requires `evaluation'])
      expect(message).toContain(`\`${property}`);
  });

  test('do not include tokens', () => {
    const stack = newStack();
    const text = (id: string): string => new CfnParameter(stack, id).valueAsString;
    const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    workflow(stack, {
      stateMachineName: text('Name'),
      evaluation: Evaluation.trainingMetric(Objective.maximize(text('Metric'))),
      gate: { threshold: number, tolerance: number },
      registration: { group: ModelPackageGroup.fromModelPackageGroupName(stack, 'Group', text('GroupName')) },
    });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('include two workflows of a stack with the same name', () => {
    const stack = newStack();
    const definition = { image: image(), resources: RESOURCES };
    workflow(stack, { training: definition, stateMachineName: 'churn' }, 'One');
    workflow(stack, { training: definition, stateMachineName: 'churn' }, 'Two');
    expect(errorOf(() => Template.fromStack(stack))).toContain('`stateMachineName` must be unique');
  });

  test('name the missing network of a workflow without a VPC', () => {
    const made = workflow(newStack());
    expect(errorOf(() => made.connections)).toContain('has no connections: set `vpc` of its training');
  });
});

describe('A TrainingWorkflow', () => {
  test('allows connections from its training jobs in a VPC', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
    const made = workflow(stack, { training: { ...training(stack), vpc } });
    expect(made.connections.securityGroups).toHaveLength(1);
  });

  test('shares the handler and the table with the other workflows of its stack', () => {
    const stack = newStack();
    const definition = { image: image(), resources: RESOURCES };
    const names = ['One', 'Two'].map((id) => workflow(stack, { training: definition }, id).stateMachineName);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 2);
    template.resourceCountIs('Custom::SageMakerWorkflow', 2);
    expect(new Set(names).size).toBe(2);
  });

  test('stops the previous state machine when its name is changed: the resource that stops it and its permissions are replaced', () => {
    const idsOf = (name: string): string[] => {
      const stack = newStack();
      workflow(stack, { stateMachineName: name });
      const template = Template.fromStack(stack);
      const policies = Object.keys(template.findResources('AWS::IAM::Policy')).filter((id) => id.includes('Rights'));
      return [...policies, ...Object.keys(template.findResources('Custom::SageMakerWorkflow'))];
    };
    const [before, after] = [idsOf('one'), idsOf('two')];
    expect(before).toHaveLength(2);
    expect(before.filter((id) => after.includes(id))).toEqual([]);
  });

  test('is stopped before anything that its jobs use is deleted', () => {
    const stack = newStack();
    workflow(stack, full(stack));
    const [resource] = Object.values(Template.fromStack(stack).findResources('Custom::SageMakerWorkflow'));
    const dependencies = (resource.DependsOn as string[]).join(' ');
    for (const id of ['SageMakerLocks', 'SageMakerWorkflowsFunction', 'Rights', 'StateMachine', 'RetrainingRole'])
      expect(dependencies).toContain(id);
  });

  test('has a name and job names within the limits in a stack with a long name and in a nested stack', () => {
    const outer = newStack(`Stack${'x'.repeat(120)}`);
    const nested = new NestedStack(outer, `Nested${'y'.repeat(60)}`);
    const props = { tuning: { definitions: [tuningDefinition()] } };
    const made = [outer, nested].map((stack) => workflow(stack, props, `Retraining${'z'.repeat(90)}`));
    for (const { stateMachineName } of made) expect(stateMachineName.length).toBeLessThanOrEqual(80);
    for (const stack of [outer, nested]) {
      const { Jobs } = parametersOf(stack, 'Train').Workflow as { Jobs: { Prefix: string }[] };
      expect(`${Jobs[0].Prefix}--0123456789-99`.length).toBeLessThanOrEqual(32);
    }
  });

  test('has another name in each of two nested stacks with the same contents', () => {
    const outer = newStack();
    const names = ['A', 'B'].map(
      (id) =>
        workflow(new NestedStack(outer, id), { training: { image: image(), resources: RESOURCES } }).stateMachineName,
    );
    expect(new Set(names).size).toBe(2);
  });

  test('can use a group, a bucket and an alarm of other stacks', () => {
    const app = new App();
    const data = new Stack(app, 'Data');
    const key = new kms.Key(data, 'Key');
    const shared = new s3.Bucket(data, 'Bucket', { encryptionKey: key });
    const alarm = new cloudwatch.Metric({ namespace: 'drift', metricName: 'drift' }).createAlarm(data, 'Alarm', {
      threshold: 1,
      evaluationPeriods: 1,
    });
    const registry = new Stack(app, 'Registry');
    const versions = new ModelPackageGroup(registry, 'Group');
    const stack = new Stack(app, 'Training');
    const made = workflow(stack, {
      training: {
        ...training(stack),
        inputs: { train: TrainingInput.fromBucket(shared, 'train/', { contentType: 'text/csv' }) },
      },
      evaluation: Evaluation.trainingMetric(AUC),
      gate: { tolerance: 0 },
      registration: { group: versions },
    });
    made.startOnNewData('New', { bucket: shared });
    made.startOnAlarm('Drift', alarm);
    expect(() => app.synth()).not.toThrow();
  });
});
