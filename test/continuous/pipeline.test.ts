import {
  App,
  Duration,
  Stack,
  aws_cloudwatch as cloudwatch,
  aws_events as events,
  aws_events_targets as targets,
  aws_iam as iam,
  aws_scheduler as scheduler,
  aws_scheduler_targets as schedulerTargets,
  aws_sns as sns,
  Aws,
  CfnParameter,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { type IPipeline, ModelApprovalStatus, ModelPackageGroup, Pipeline, PipelineTarget } from '../../lib';
import { arn } from '../hosting-fixtures';
import { ACCOUNT, REGION, errorOf, newStack, onlyResource, placedStack, statementsOf } from '../stacks';

const RULE = 'AWS::Events::Rule';
const SCHEDULE = 'AWS::Scheduler::Schedule';
const ARN = arn(`:sagemaker:${REGION}:${ACCOUNT}:pipeline/churn`);
const OTHER_REGION = 'us-east-1';
const OTHER_ACCOUNT = '444455556666';
const WEEKLY = scheduler.ScheduleExpression.rate(Duration.days(7));

const arnIn = (region: string, account = ACCOUNT): string => `arn:aws:sagemaker:${region}:${account}:pipeline/churn`;
const pipelineIn = (stack: Stack): IPipeline => Pipeline.fromPipelineName(stack, 'Pipeline', 'Churn');
const alarmIn = (stack: Stack): cloudwatch.IAlarm =>
  cloudwatch.Alarm.fromAlarmArn(stack, 'Alarm', `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:drift`);
const topicIn = (stack: Stack): targets.SnsTopic => new targets.SnsTopic(new sns.Topic(stack, 'Topic'));

const START = { Effect: 'Allow', Action: 'sagemaker:StartPipelineExecution', Resource: ARN };
const anyRole = { 'Fn::GetAtt': [expect.any(String) as unknown, 'Arn'] };

describe('An imported SageMaker pipeline', () => {
  test('has the lower-case name in its ARN if it is imported by its name', () => {
    const stack = placedStack();
    const { pipelineArn, pipelineName, pipelineRef } = pipelineIn(stack);
    expect(stack.resolve(pipelineArn)).toEqual(ARN);
    expect([pipelineName, pipelineRef]).toEqual(['Churn', { pipelineName: 'Churn' }]);
  });

  test('has the name, the account and the region of its ARN', () => {
    const pipeline = Pipeline.fromPipelineArn(placedStack(), 'Pipeline', arnIn(OTHER_REGION, OTHER_ACCOUNT));
    expect(pipeline.pipelineArn).toBe(arnIn(OTHER_REGION, OTHER_ACCOUNT));
    expect(pipeline.pipelineName).toBe('churn');
    expect(pipeline.env).toEqual({ account: OTHER_ACCOUNT, region: OTHER_REGION });
  });

  test('can have a name and an ARN that are only known at deployment', () => {
    const stack = newStack();
    const text = (id: string): string => new CfnParameter(stack, id).valueAsString;
    const alarm = alarmIn(stack);
    const pipelines = [
      Pipeline.fromPipelineName(stack, 'ByName', text('Name')),
      Pipeline.fromPipelineArn(stack, 'ByArn', text('Arn')),
      Pipeline.fromPipelineArn(stack, 'Here', arnIn(Aws.REGION, Aws.ACCOUNT_ID)),
    ];
    pipelines.forEach((pipeline) => pipeline.startOnSchedule('Weekly', WEEKLY));
    pipelines.forEach((pipeline) => pipeline.startOnAlarm('Drift', alarm));
    pipelines.forEach((pipeline) => pipeline.onExecutionEnded('Ended'));
    expect(stack.resolve(pipelines[1].pipelineName)).toEqual({
      'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::Select': [5, { 'Fn::Split': [':', { Ref: 'Arn' }] }] }] }],
    });
    expect(() => Template.fromStack(stack)).not.toThrow();
    expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('forward the events'))).toEqual([]);
  });

  test.each([
    ['name', () => Pipeline.fromPipelineName(newStack(), 'Pipeline', 'a b'), '`pipelineName` must start and end with'],
    ['name of more than 256 characters', () => Pipeline.fromPipelineName(newStack(), 'P', 'a'.repeat(257)), '1 to 256'],
    [
      'ARN',
      () => Pipeline.fromPipelineArn(newStack(), 'P', arnIn(REGION).replace('pipeline', 'model')),
      '`pipelineArn` must have the form "arn:<partition>:sagemaker:<region>:<account>:pipeline/<name>"',
    ],
    [
      'ARN of an execution',
      () => Pipeline.fromPipelineArn(newStack(), 'P', `${arnIn(REGION)}/execution/abc`),
      '`pipelineArn (name)` must start and end with',
    ],
  ])('is an error if it has an invalid %s', (_, make, message) => {
    expect(errorOf(make)).toContain(message);
  });

  test('grants only the start of its executions', () => {
    const stack = placedStack();
    const role = new iam.Role(stack, 'Starter', { assumedBy: new iam.AccountRootPrincipal() });
    pipelineIn(stack).grantStartPipelineExecution(role);
    expect(statementsOf(stack, 'Starter')).toEqual([START]);
  });

  test('grants the start in the account and the region of its ARN', () => {
    const stack = placedStack();
    const role = new iam.Role(stack, 'Starter', { assumedBy: new iam.AccountRootPrincipal() });
    const pipeline = Pipeline.fromPipelineArn(stack, 'Pipeline', arnIn(OTHER_REGION, OTHER_ACCOUNT));
    pipeline.grantStartPipelineExecution(role);
    expect(statementsOf(stack, 'Starter')).toEqual([{ ...START, Resource: arnIn(OTHER_REGION, OTHER_ACCOUNT) }]);
  });

  test('is a target of schedules of the CDK', () => {
    const stack = placedStack();
    new scheduler.Schedule(stack, 'Schedule', {
      schedule: WEEKLY,
      target: new schedulerTargets.SageMakerStartPipelineExecution(pipelineIn(stack)),
    });
    expect(statementsOf(stack, 'SchedulerRole')).toEqual([START]);
  });
});

describe('A schedule that starts a SageMaker pipeline', () => {
  test('has the pipeline as its target, with the parameters', () => {
    const stack = placedStack();
    pipelineIn(stack).startOnSchedule('Weekly', WEEKLY, { parameters: { max_depth: '6', source: 'schedule' } });
    expect(onlyResource(stack, SCHEDULE)).toMatchObject({
      ScheduleExpression: 'rate(7 days)',
      Target: {
        Arn: ARN,
        RoleArn: anyRole,
        SageMakerPipelineParameters: {
          PipelineParameterList: [
            { Name: 'max_depth', Value: '6' },
            { Name: 'source', Value: 'schedule' },
          ],
        },
      },
    });
  });

  test('uses the default parameters of the pipeline if none are specified', () => {
    const stack = placedStack();
    pipelineIn(stack).startOnSchedule('Weekly', WEEKLY, { parameters: {} });
    expect(onlyResource(stack, SCHEDULE).Target).not.toHaveProperty('SageMakerPipelineParameters');
  });

  test('can only start this pipeline', () => {
    const stack = placedStack();
    pipelineIn(stack).startOnSchedule('Weekly', WEEKLY);
    expect(statementsOf(stack, 'SchedulerRole')).toEqual([START]);
  });

  test('can start a pipeline of another account in its region', () => {
    const stack = placedStack();
    Pipeline.fromPipelineArn(stack, 'Pipeline', arnIn(REGION, OTHER_ACCOUNT)).startOnSchedule('Weekly', WEEKLY);
    expect(onlyResource(stack, SCHEDULE)).toMatchObject({ Target: { Arn: arnIn(REGION, OTHER_ACCOUNT) } });
  });

  test('is an error that lists all invalid values', () => {
    const pipeline = Pipeline.fromPipelineArn(placedStack(), 'Pipeline', arnIn(OTHER_REGION));
    const parameters = { 'max depth': '6', source: '', long: 'a'.repeat(1025), field: events.EventField.time };
    const message = errorOf(() => pipeline.startOnSchedule('Weekly', WEEKLY, { parameters }));
    expect(message).toContain('Pipeline Stack/Pipeline has 5 validation errors');
    expect(message).toContain(
      'a schedule must be in the region of the pipeline, us-east-1, and this stack is in eu-west-1. Import the pipeline in a stack in us-east-1',
    );
    expect(message).toContain('`parameters key "max depth"` must consist of letters, digits, hyphens and underscores');
    expect(message).toContain('`parameters["source"]` must not be empty in a schedule');
    expect(message).toContain('`parameters["long"]` must have at most 1024 characters');
    expect(message).toContain('`parameters["field"]` must not be the field of an event');
  });
});

describe('A rule that starts a SageMaker pipeline', () => {
  const created = { source: ['aws.s3'], detailType: ['Object Created'] };
  const parameters = { source: 'event', version: events.EventField.fromPath('$.detail.ModelPackageArn') };
  const PARAMETERS = {
    PipelineParameterList: [
      { Name: 'source', Value: 'event' },
      { Name: 'version', Value: '$.detail.ModelPackageArn' },
    ],
  };

  test('matches an alarm that changes to the state ALARM', () => {
    const stack = placedStack();
    pipelineIn(stack).startOnAlarm('Drift', alarmIn(stack), { parameters });
    expect(onlyResource(stack, RULE)).toMatchObject({
      EventPattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: [`arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:drift`],
        detail: { state: { value: ['ALARM'] } },
      },
      Targets: [{ Id: 'Target0', Arn: ARN, RoleArn: anyRole, SageMakerPipelineParameters: PARAMETERS }],
    });
  });

  test('matches an approval, whose version is a parameter', () => {
    const stack = placedStack();
    ModelPackageGroup.fromModelPackageGroupName(stack, 'Group', 'churn').onApprovalStatusChange('Approved', {
      approvalStatus: ModelApprovalStatus.APPROVED,
      target: new PipelineTarget(pipelineIn(stack), { parameters }),
    });
    expect(onlyResource(stack, RULE)).toMatchObject({
      EventPattern: { detail: { ModelPackageGroupName: ['churn'], ModelApprovalStatus: ['Approved'] } },
      Targets: [{ Arn: ARN, SageMakerPipelineParameters: PARAMETERS }],
    });
  });

  test('has a role that only EventBridge can assume, for this account, and that can only start this pipeline', () => {
    const stack = placedStack();
    const pipeline = pipelineIn(stack);
    pipeline.startOnAlarm('Drift', alarmIn(stack));
    new events.Rule(stack, 'Created', { eventPattern: created, targets: [new PipelineTarget(pipeline)] });
    expect(onlyResource(stack, 'AWS::IAM::Role').AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sts:AssumeRole',
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
        },
      ],
    });
    expect(statementsOf(stack, 'Pipeline')).toEqual([START]);
  });

  test('keeps its other targets, and the parameters of each pipeline', () => {
    const stack = placedStack();
    const other = Pipeline.fromPipelineName(stack, 'Other', 'other');
    new events.Rule(stack, 'Created', {
      eventPattern: created,
      targets: [
        new PipelineTarget(pipelineIn(stack), { parameters }),
        topicIn(stack),
        new PipelineTarget(other, { parameters: { source: 'other' } }),
        new PipelineTarget(other),
      ],
    });
    const { Targets } = onlyResource(stack, RULE) as { Targets: { SageMakerPipelineParameters?: object }[] };
    expect(Targets.map(({ SageMakerPipelineParameters }) => SageMakerPipelineParameters)).toEqual([
      PARAMETERS,
      undefined,
      { PipelineParameterList: [{ Name: 'source', Value: 'other' }] },
      undefined,
    ]);
  });

  test('forwards its events to a stack in the region of the pipeline, which starts it with the parameters', () => {
    const app = new App();
    const here = new Stack(app, 'Here', { env: { account: ACCOUNT, region: REGION } });
    const there = new Stack(app, 'There', { env: { account: ACCOUNT, region: OTHER_REGION } });
    const target = new PipelineTarget(pipelineIn(there), { parameters });
    new events.Rule(here, 'Created', { eventPattern: created, targets: [target] });
    const [forwarding] = Object.values(Template.fromStack(here).findResources(RULE)).map(
      ({ Properties }) => (Properties as { Targets: object[] }).Targets,
    );
    expect(forwarding).toHaveLength(1);
    expect(forwarding[0]).not.toHaveProperty('SageMakerPipelineParameters');
    Template.fromStack(there).hasResourceProperties(RULE, {
      Targets: [
        { Arn: arn(`:sagemaker:${OTHER_REGION}:${ACCOUNT}:pipeline/churn`), SageMakerPipelineParameters: PARAMETERS },
      ],
    });
  });

  test('is an error that lists all invalid values', () => {
    const stack = placedStack();
    const pipeline = Pipeline.fromPipelineArn(stack, 'Pipeline', arnIn(OTHER_REGION));
    const field = `at ${events.EventField.time}`;
    const invalid = { parameters: { max_depth: '6', 'a b': '', '-a': 'x'.repeat(1025), field } };
    const message = errorOf(() => pipeline.startOnAlarm('Drift', alarmIn(stack), invalid));
    expect(message).toContain('has 6 validation errors');
    expect(message).toContain('a rule must be in the region of the pipeline, us-east-1');
    expect(message).toContain('`parameters` key "max_depth" must start and end with a letter or digit');
    expect(message).toContain('`parameters` key "-a" must start and end with a letter or digit');
    expect(message).toContain('`parameters key "a b"` must consist of letters, digits, hyphens and underscores');
    expect(message).toContain('`parameters["field"]` must not contain other text than the field of the event');
    expect(errorOf(() => new PipelineTarget(pipeline, invalid))).toContain('has 5 validation errors');
  });

  test('is an error that names a parameter that is not a text', () => {
    const options = { parameters: { depth: 6 } } as unknown as { parameters: Record<string, string> };
    const message = errorOf(() => new PipelineTarget(pipelineIn(newStack()), options));
    expect(message).toContain('`parameters["depth"]` must be a string, got: 6');
  });
});

describe('The end of an execution of a SageMaker pipeline', () => {
  test.each([
    ['onExecutionEnded', [{ 'anything-but': ['Executing', 'Stopping'] }]],
    ['onExecutionSucceeded', ['Succeeded']],
    ['onExecutionFailed', ['Failed', 'CompletedWithFailures']],
  ] as const)('is an event of this pipeline that %s matches', (method, statuses) => {
    const stack = placedStack();
    pipelineIn(stack)[method]('Ended', { target: topicIn(stack) });
    expect(onlyResource(stack, RULE)).toMatchObject({
      EventPattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Model Building Pipeline Execution Status Change'],
        detail: { pipelineArn: [{ 'equals-ignore-case': ARN }], currentPipelineExecutionStatus: statuses },
      },
      Targets: [{ Arn: { Ref: expect.any(String) as unknown } }],
    });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test.each([
    ['region', arnIn(OTHER_REGION)],
    ['account', arnIn(REGION, OTHER_ACCOUNT)],
  ])('has a warning if the pipeline is in another %s, which does not send its events to this one', (_, pipelineArn) => {
    const stack = placedStack();
    Pipeline.fromPipelineArn(stack, 'Pipeline', pipelineArn).onExecutionEnded('Ended', { target: topicIn(stack) });
    Annotations.fromStack(stack).hasWarning(
      '/Stack/Pipeline',
      Match.stringLikeRegexp('Import the pipeline in a stack there, or forward the events'),
    );
  });
});
