import { PutObjectCommand } from '@aws-sdk/client-s3';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as eventTargets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { publish } from '../cloud-assembly';
import { ServiceFixture } from '../fixture';
import { StackFixture } from '../stack-fixture';
import { StateMachineFixture } from './state-machine-fixture';

const service = ServiceFixture.forEachTest();
const stacks = new StackFixture(service);
const machine = new StateMachineFixture(service);

const SOURCE = 'exports.handler = async ({ value }) => ({ value: value + 1 });';

/** A stack with a state machine of all states and tasks, a schedule, and a rule for the objects of a bucket. */
function newStack(app: App): Stack {
  const stack = new Stack(app, 'stack');
  const directory = path.join(service.directory, 'function');
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, 'index.js'), SOURCE);
  const handler = new lambda.Function(stack, 'Function', {
    ...{ runtime: lambda.Runtime.NODEJS_22_X, handler: 'index.handler', code: lambda.Code.fromAsset(directory) },
  });
  const invoke = (id: string): tasks.LambdaInvoke =>
    new tasks.LambdaInvoke(stack, id, {
      lambdaFunction: handler,
      payload: sfn.TaskInput.fromObject({
        value: sfn.JsonPath.numberAt('$.value'),
        attempt: sfn.JsonPath.numberAt('$$.State.RetryCount'),
      }),
      resultSelector: { value: sfn.JsonPath.objectAt('$.Payload.value') },
      resultPath: '$.result',
    });
  const child = new sfn.StateMachine(stack, 'Child', {
    definitionBody: sfn.DefinitionBody.fromChainable(
      new sfn.Pass(stack, 'Double', { parameters: { 'n.$': 'States.MathAdd($.n, $.n)' } }),
    ),
  });
  const nested = new tasks.StepFunctionsStartExecution(stack, 'Nested', {
    stateMachine: child,
    integrationPattern: sfn.IntegrationPattern.RUN_JOB,
    input: sfn.TaskInput.fromObject({ n: sfn.JsonPath.numberAt('$.result.value') }),
    resultPath: '$.nested',
    outputPath: '$.nested.Output.n',
  });
  const both = new sfn.Parallel(stack, 'Both', { resultPath: '$.both' })
    .branch(new sfn.Wait(stack, 'Wait', { time: sfn.WaitTime.duration(Duration.hours(1)) }))
    .branch(new sfn.Map(stack, 'Each', { itemsPath: '$.items' }).itemProcessor(new sfn.Pass(stack, 'Item')));
  const rejected = new sfn.Fail(stack, 'Rejected', { errorPath: '$.error.Error', causePath: '$.error.Cause' });
  const large = sfn.Condition.and(
    sfn.Condition.numberGreaterThan('$.result.value', 10),
    sfn.Condition.not(sfn.Condition.isNotPresent('$.items')),
  );
  const chain = both
    .next(
      invoke('Invoke')
        .addRetry({ errors: ['Other'] })
        .addCatch(rejected, { resultPath: '$.error' }),
    )
    .next(new sfn.Choice(stack, 'IsLarge').when(large, new sfn.Succeed(stack, 'Large')).otherwise(nested));
  const stateMachine = new sfn.StateMachine(stack, 'Machine', {
    ...{
      stateMachineName: 'machine',
      definitionBody: sfn.DefinitionBody.fromChainable(chain),
      timeout: Duration.hours(1),
    },
  });
  const input = scheduler.ScheduleTargetInput.fromObject({
    value: 1,
    items: [],
    time: scheduler.ContextAttribute.scheduledTime,
  });
  new scheduler.Schedule(stack, 'Weekly', {
    schedule: scheduler.ScheduleExpression.rate(Duration.days(7)),
    start: new Date(service.now() + 86_400_000),
    target: new targets.StepFunctionsStartExecution(stateMachine, { input }),
  });
  const bucket = new s3.Bucket(stack, 'Bucket', {
    ...{ bucketName: 'data', eventBridgeEnabled: true, removalPolicy: RemovalPolicy.RETAIN },
  });
  new events.Rule(stack, 'Data', {
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: 'train/' }] } },
    },
    targets: [
      new eventTargets.SfnStateMachine(stateMachine, {
        input: events.RuleTargetInput.fromObject({
          value: 20,
          items: [events.EventField.fromPath('$.detail.object.key')],
        }),
      }),
    ],
  });
  return stack;
}

/** The names and outputs of the executions that have ended, as soon as there is a number of them. */
async function outputs(count: number): Promise<(string | undefined)[]> {
  for (;;) {
    const command = new ListExecutionsCommand({ stateMachineArn: machine.arn, statusFilter: 'SUCCEEDED' });
    const { executions = [] } = await machine.client.send(command);
    const described = executions.map(({ executionArn = '' }) => machine.describe(executionArn));
    if (executions.length >= count) return (await Promise.all(described)).map(({ output }) => output);
  }
}

test('State machines, schedules and rules of the CDK work with the permissions that the CDK gives them', async () => {
  await service.restart({ enforceIam: true });
  const app = new App();
  newStack(app);
  const { Resources } = (await publish(service, app, 'stack')) as { Resources: object };
  expect(await stacks.create(Resources)).toBe('CREATE_COMPLETE');
  expect(await machine.outputOf({ value: 1, items: ['a'] })).toBe(4);
  await service.advance(2 * 86_400);
  await outputs(2);
  await service.s3.send(new PutObjectCommand({ Bucket: 'data', Key: 'train/1.csv', Body: '1' }));
  expect((await outputs(3)).map((output = '') => JSON.parse(output) as unknown)).toContainEqual(
    expect.objectContaining({ items: ['train/1.csv'], result: { value: 21 }, both: expect.anything() as unknown }),
  );
});
