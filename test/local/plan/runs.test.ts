import { Duration, type Stack } from 'aws-cdk-lib';
import { InstanceType, TrainingJob, TrainingResources, TuningJob } from '../../../lib';
import type { Plan } from '../../../local/plan';
import type { Run } from '../../../local/plan/runs';
import {
  newTransformSchedule,
  newWorkflow,
  processingEvaluation,
  startAutomatically,
  testedEndpoint,
} from '../../continuous-fixtures';
import { FEATURES } from '../../features';
import { JOBS, tuningDefinition } from '../../jobs';
import { image } from '../../stacks';
import { planned, plannedEach, plannedTemplate } from './fixture';

const runsOf = ({ stacks }: Plan): Run[] => stacks.flatMap(({ runs }) => runs);
const recurringOf = ({ stacks }: Plan): unknown[] => stacks.flatMap(({ recurring }) => recurring);

const KINDS: Record<string, string> = {
  CreateTrainingJob: 'training',
  CreateHyperParameterTuningJob: 'tuning',
  CreateTransformJob: 'transform',
  CreateProcessingJob: 'processing',
};

describe('The runs of a plan', () => {
  test.each(Object.entries(KINDS))('contain the job of every fixture of %s, with its instances', (operation, kind) => {
    const fixtures = Object.values(JOBS[operation].make);
    const jobs = plannedEach(fixtures).stacks.map(({ runs }) => runs.find((run) => run.kind === kind)?.job);
    expect(jobs).toHaveLength(fixtures.length);
    for (const job of jobs) {
      expect(job?.kind).toBe(kind);
      expect(job?.instances.every(({ type, count }) => type?.startsWith('ml.') === true && Number(count) > 0)).toBe(
        true,
      );
    }
  });

  test('contain a training job with its maximum run time', () => {
    const resources = TrainingResources.of(InstanceType.ML_M5_XLARGE, { instanceCount: 2 });
    const maxRuntime = Duration.hours(3);
    const plan = planned((stack) => new TrainingJob(stack, 'Train', { image: image(), resources, maxRuntime }));
    expect(runsOf(plan)).toEqual([
      {
        path: 'Stack/Train',
        kind: 'training',
        job: { kind: 'training', instances: [{ type: 'ml.m5.xlarge', count: 2 }], maxRuntimeSeconds: 10_800 },
      },
    ]);
    expect(plan.total).toMatchObject({ starts: 1, maxInstanceHours: { 'ml.m5.xlarge': 6 }, unlimitedJobs: 0 });
  });

  test('contain the number of training jobs of a tuning job, whose maximum time is that of all of them', () => {
    const definition = tuningDefinition({ maxRuntime: Duration.hours(2) });
    const props = { definitions: [definition], maxTrainingJobs: 50, maxParallelTrainingJobs: 5 };
    const plan = planned((stack) => new TuningJob(stack, 'Tune', props));
    expect(runsOf(plan)).toMatchObject([{ job: { trainingJobs: { max: 50, parallel: 5 }, maxRuntimeSeconds: 7200 } }]);
    expect(plan.total.maxInstanceHours).toEqual({ 'ml.m5.xlarge': 100 });
  });

  test('contain the alternative instance types of a job, of which it uses one', () => {
    const preferences = [{ instanceType: InstanceType.ML_G6_XLARGE }, { instanceType: InstanceType.ML_G5_XLARGE }];
    const resources = TrainingResources.preferring(preferences, { instanceCount: 2 });
    const maxRuntime = Duration.hours(1);
    const plan = planned((stack) => new TrainingJob(stack, 'Train', { image: image(), resources, maxRuntime }));
    expect(runsOf(plan)).toMatchObject([{ job: { isOneOf: true } }]);
    expect(plan.total.maxInstanceHours).toEqual({ 'ml.g5.xlarge or ml.g6.xlarge': 2 });
  });

  test('contain the validation jobs of an algorithm', () => {
    const runs = runsOf(plannedEach(Object.values(JOBS.CreateAlgorithm.make)));
    const validations = runs.map(({ path, ...run }) => ({ ...run, path: path.replace(/^Stack\d+/, 'Stack') }));
    expect(validations).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'Stack/Algorithm (validation 1)', kind: 'training' }),
        expect.objectContaining({ path: 'Stack/Algorithm (validation 1)', kind: 'transform' }),
      ]),
    );
  });

  test('contain smoke tests, which use no instances', () => {
    const plan = planned(testedEndpoint);
    expect(runsOf(plan)).toEqual([{ path: 'Stack/Endpoint/SmokeTest', kind: 'smoke test', isConditional: true }]);
    expect(plan.total).toMatchObject({ starts: 1, maxInstanceHours: {}, unlimitedJobs: 0 });
  });

  test('contain jobs of CloudFormation, and validations of its model packages', () => {
    const plan = plannedTemplate({
      Prepare: {
        Type: 'AWS::SageMaker::ProcessingJob',
        Properties: {
          ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2 } },
        },
      },
      Version: {
        Type: 'AWS::SageMaker::ModelPackage',
        Properties: {
          ValidationSpecification: {
            ValidationProfiles: [
              { TransformJobDefinition: { TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: '1' } } },
            ],
          },
        },
      },
    });
    expect(runsOf(plan)).toEqual([
      {
        path: 'Stack/Prepare',
        kind: 'processing',
        job: {
          kind: 'processing',
          instances: [{ type: 'ml.m5.large', count: 2 }],
          maxRuntimeSeconds: 86_400,
        },
      },
      {
        path: 'Stack/Version (validation 1)',
        kind: 'transform',
        job: { kind: 'transform', instances: [{ type: 'ml.m5.large', count: 1 }] },
      },
    ]);
    expect(plan.total).toMatchObject({ maxInstanceHours: { 'ml.m5.large': 48 }, unlimitedJobs: 1 });
  });

  test('of values that depend on a parameter or a condition are only decided at deployment', () => {
    const request = {
      'Fn::Join': [
        '',
        ['{"ResourceConfig":{"InstanceType":"', { Ref: 'Type' }, '","InstanceCount":', { Ref: 'Count' }, '}}'],
      ],
    };
    const job = (Request: unknown): object => ({ Type: 'Custom::SageMakerTrainingJob', Properties: { Request } });
    const plan = plannedTemplate(
      {
        Known: {
          ...job('{"ResourceConfig":{"InstanceType":"ml.m5.large","InstanceCount":1}}'),
          Condition: 'IsProduction',
        },
        Parts: job(request),
        Whole: job({ Ref: 'Request' }),
        Chosen: job({ 'Fn::If': ['IsProduction', '{"ResourceConfig":{"InstanceType":"ml.p5.48xlarge"}}', '{}'] }),
        Absent: { ...job('{}'), Condition: 'Never' },
      },
      {
        Parameters: {
          Type: { Type: 'String', Default: 'ml.m5.large' },
          Count: { Type: 'Number', Default: 1 },
          Request: { Type: 'String', Default: '{}' },
          Stage: { Type: 'String', Default: 'production' },
        },
        Conditions: {
          IsProduction: { 'Fn::Equals': [{ Ref: 'Stage' }, 'production'] },
          Never: { 'Fn::Equals': ['a', 'b'] },
        },
      },
    );
    expect(runsOf(plan)).toMatchObject([
      { path: 'Stack/Chosen', job: { instances: [{ type: null, count: null }] } },
      { path: 'Stack/Known', isConditional: true, job: { instances: [{ type: 'ml.m5.large', count: 1 }] } },
      { path: 'Stack/Parts', job: { instances: [{ type: null, count: null }], maxRuntimeSeconds: 86_400 } },
      { path: 'Stack/Whole', job: { instances: [{ type: null, count: null }] } },
    ]);
    expect(plan.total).toMatchObject({ starts: 4, maxInstanceHours: { 'ml.m5.large': 24 }, unlimitedJobs: 3 });
  });
});

describe('The recurring work of a plan', () => {
  test('contains a training workflow with its jobs, and everything that starts it', () => {
    const plan = planned(
      (stack) => startAutomatically(newWorkflow(stack, { evaluation: processingEvaluation(stack) })),
      {
        env: { account: '111122223333', region: 'eu-west-1' },
      },
    );
    expect(recurringOf(plan)).toEqual([
      {
        path: 'Stack/Retraining',
        type: 'state machine',
        triggers: ['alarm drift', 'new data, searched at rate(30 minutes)', 'rate(7 days)'],
        jobs: [
          {
            name: 'Train',
            kind: 'training',
            instances: [{ type: 'ml.m5.xlarge', count: 1 }],
            maxRuntimeSeconds: 86_400,
          },
          {
            name: 'Evaluate',
            kind: 'processing',
            instances: [{ type: 'ml.m5.xlarge', count: 1 }],
            maxRuntimeSeconds: expect.any(Number) as number,
          },
        ],
      },
    ]);
    expect(plan.total).toMatchObject({ starts: 0, recurring: 1 });
  });

  test('contains a workflow that nothing starts', () => {
    expect(recurringOf(planned((stack) => newWorkflow(stack)))).toMatchObject([{ triggers: [] }]);
  });

  test.each([
    [
      'a detail type and a source',
      { source: ['aws.s3'], 'detail-type': ['Object Created'], detail: { bucket: { name: ['data'] } } },
      'event "Object Created" of aws.s3',
    ],
    [
      'comparisons and alternatives',
      JSON.stringify({ source: ['a.b', { prefix: 'aws.' }], 'detail-type': ['A', 'B'] }),
      'event "A" or "B" of a.b or {"prefix":"aws."}',
    ],
    ['no detail type', { source: ['shop'] }, 'events of shop'],
    ['values of parameters', { source: [{ Ref: 'Source' }] }, 'events of ?'],
    ['an alarm of the app', { source: ['aws.cloudwatch'], resources: [{ 'Fn::GetAtt': ['Named', 'Arn'] }] }, 'alarm n'],
    [
      'an alarm with a generated name',
      { source: ['aws.cloudwatch'], resources: [{ 'Fn::GetAtt': ['Unnamed', 'Arn'] }] },
      'alarm Unnamed',
    ],
    [
      'an alarm that a parameter specifies',
      { source: ['aws.cloudwatch'], resources: [{ Ref: 'Source' }] },
      'alarm decided at deployment',
    ],
    [
      'names of alarms',
      { source: ['aws.cloudwatch'], detail: { alarmName: ['a', { prefix: 'b' }] } },
      'alarm a or {"prefix":"b"}',
    ],
    ['other members alone', { account: ['111122223333'] }, 'events'],
    ['a pattern of a parameter', { Ref: 'Source' }, 'events decided at deployment'],
  ])('names the events of a rule whose pattern has %s', (_, EventPattern, trigger) => {
    const definition = {
      States: { Train: { Type: 'Task', Resource: 'arn:aws:states:::sagemaker:createTrainingJob' } },
    };
    const plan = plannedTemplate(
      {
        Flow: {
          Type: 'AWS::StepFunctions::StateMachine',
          Properties: { DefinitionString: JSON.stringify(definition) },
        },
        Rule: { Type: 'AWS::Events::Rule', Properties: { EventPattern, Targets: [{ Arn: { Ref: 'Flow' } }] } },
        Named: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'n' } },
        Unnamed: { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: {} },
      },
      { Parameters: { Source: { Type: 'String' } } },
    );
    expect(recurringOf(plan)).toMatchObject([{ triggers: [trigger] }]);
  });

  test('contains a transform schedule', () => {
    expect(recurringOf(planned((stack: Stack) => newTransformSchedule(stack)))).toMatchObject([
      { path: 'Stack/Nightly', triggers: ['rate(7 days)'], jobs: [{ name: 'Transform', kind: 'transform' }] },
    ]);
  });

  test('contains the jobs of other state machines, in branches and loops, with the schedules of rules', () => {
    const task = (operation: string, Parameters: object): object => ({
      Type: 'Task',
      Resource: `arn:aws:states:::sagemaker:create${operation}.sync`,
      Parameters,
    });
    const definition = {
      States: {
        Both: {
          Type: 'Parallel',
          Branches: [
            {
              States: {
                Train: task('TrainingJob', {
                  ResourceConfig: { InstanceType: 'ml.m5.large', 'InstanceCount.$': '$.n' },
                }),
              },
            },
            { States: { Each: { Type: 'Map', ItemProcessor: { States: { Score: task('TransformJob', {}) } } } } },
          ],
        },
      },
    };
    const plan = plannedTemplate({
      Flow: { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: JSON.stringify(definition) } },
      Other: { Type: 'AWS::StepFunctions::StateMachine', Properties: { DefinitionString: '{"States":{}}' } },
      Nightly: {
        Type: 'AWS::Events::Rule',
        Properties: { ScheduleExpression: 'rate(1 day)', State: 'DISABLED', Targets: [{ Arn: { Ref: 'Flow' } }] },
      },
    });
    expect(recurringOf(plan)).toMatchObject([
      {
        path: 'Stack/Flow',
        triggers: ['rate(1 day) (disabled)'],
        jobs: [
          { name: 'Train', instances: [{ type: 'ml.m5.large', count: null }] },
          { name: 'Score', instances: [{ type: null, count: null }] },
        ],
      },
    ]);
  });

  test('contains pipelines and monitoring schedules', () => {
    const steps = {
      Steps: [
        {
          Name: 'Check',
          Type: 'Condition',
          Arguments: {
            IfSteps: [
              {
                Name: 'Score',
                Type: 'Transform',
                Arguments: { TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 } },
              },
            ],
          },
        },
      ],
    };
    const cluster = { ClusterConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 } };
    const plan = plannedTemplate({
      Flow: {
        Type: 'AWS::SageMaker::Pipeline',
        Properties: { PipelineDefinition: { PipelineDefinitionBody: JSON.stringify(steps) } },
      },
      Quality: { Type: 'AWS::SageMaker::DataQualityJobDefinition', Properties: { JobResources: cluster } },
      Hourly: {
        Type: 'AWS::SageMaker::MonitoringSchedule',
        Properties: {
          MonitoringScheduleConfig: {
            ScheduleConfig: { ScheduleExpression: 'cron(0 * ? * * *)' },
            MonitoringJobDefinitionName: { 'Fn::GetAtt': ['Quality', 'JobDefinitionName'] },
          },
        },
      },
    });
    expect(recurringOf(plan)).toMatchObject([
      { path: 'Stack/Flow', type: 'pipeline', triggers: [], jobs: [{ name: 'Score', kind: 'transform' }] },
      {
        path: 'Stack/Hourly',
        type: 'monitoring schedule',
        triggers: ['cron(0 * ? * * *)'],
        jobs: [{ kind: 'processing', instances: [{ type: 'ml.m5.xlarge', count: 1 }] }],
      },
    ]);
  });
});

test('The time limit of a monitoring job whose definition another app creates is unknown', () => {
  const plan = plannedTemplate({
    Hourly: {
      Type: 'AWS::SageMaker::MonitoringSchedule',
      Properties: { MonitoringScheduleConfig: { MonitoringJobDefinitionName: 'of-another-app' } },
    },
  });
  expect(recurringOf(plan)).toMatchObject([
    { jobs: [{ instances: [{ type: null, count: null }], maxRuntimeSeconds: null }] },
  ]);
});

test('Every hosting fixture has a plan', () => {
  const fixtures = Object.values(FEATURES).map(({ make }) => make);
  expect(plannedEach(fixtures).stacks).toHaveLength(fixtures.length);
});
