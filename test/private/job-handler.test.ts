import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { InstanceType, JobWait, TrainingJob, type TrainingJobProps, TrainingResources } from '../../lib';
import { ACCOUNT, REGION, image, newAlgorithm, newStack, placedStack, statementsOf } from '../stacks';

const TYPE = 'Custom::SageMakerTrainingJob';
const CONDITION = 'AWS::CloudFormation::WaitCondition';
const RESOURCES = TrainingResources.of(InstanceType.ML_M5_XLARGE);

function newJob(stack: Stack, props: Partial<TrainingJobProps> = {}, id = 'Train'): TrainingJob {
  return new TrainingJob(stack, id, { image: image(), resources: RESOURCES, ...props });
}

const arn = (name: string): unknown => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:${REGION}:${ACCOUNT}:${name}`]],
});

describe('The job handler', () => {
  const statements = (stack: Stack): unknown[] => statementsOf(stack, 'SageMakerJobsRole');

  test('is one function and one state machine for all jobs of a stack', () => {
    const stack = newStack();
    newJob(stack);
    new TrainingJob(stack, 'Other', { image: image(), resources: RESOURCES });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 1);
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });

  test('does not exist in a stack without jobs', () => {
    const stack = newStack();
    newAlgorithm(stack);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Function', 0);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
  });

  test('has no state machine if the deployment waits for no job', () => {
    const stack = newStack();
    newJob(stack, { wait: JobWait.none() });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    template.resourceCountIs(CONDITION, 0);
  });

  test('has permission to monitor and stop the jobs of its stack, and to create each job and pass its role, and no other', () => {
    const stack = placedStack();
    const job = newJob(stack);
    expect(statements(stack)).toEqual(
      expect.arrayContaining([
        {
          Effect: 'Allow',
          Action: [
            'sagemaker:AddTags',
            'sagemaker:ListTags',
            'sagemaker:DescribeTrainingJob',
            'sagemaker:StopTrainingJob',
            'sagemaker:DescribeHyperParameterTuningJob',
            'sagemaker:StopHyperParameterTuningJob',
            'sagemaker:DescribeTransformJob',
            'sagemaker:StopTransformJob',
            'sagemaker:DescribeProcessingJob',
            'sagemaker:StopProcessingJob',
            'sagemaker:DescribeAlgorithm',
            'sagemaker:DeleteAlgorithm',
          ],
          // All kinds of jobs, since the last job of a kind can be removed by this deployment.
          Resource: [
            arn('training-job/stack-scfq-*'),
            arn('hyper-parameter-tuning-job/stack-scfq-*'),
            arn('transform-job/stack-scfq-*'),
            arn('processing-job/stack-scfq-*'),
            arn('algorithm/stack-scfq-*'),
          ],
        },
        {
          Effect: 'Allow',
          Action: ['sagemaker:CreateTrainingJob', 'sagemaker:AddTags'],
          Resource: arn('training-job/stack-scfq-stack-train-3b520a86--*'),
        },
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: stack.resolve(job.role.roleArn) as unknown,
          Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
        },
        {
          Effect: 'Allow',
          Action: 'states:StartExecution',
          Resource: { Ref: expect.stringContaining('Waiter') as unknown },
        },
      ]),
    );
    expect(JSON.stringify(statements(stack))).not.toContain('"Resource":"*"');
  });

  /** The prefix of the name of a training job in a stack. */
  const prefixIn = (stack: Stack): string => {
    if (stack.node.tryFindChild('Train') === undefined) newJob(stack);
    const [resource] = Object.values(Template.fromStack(stack).findResources(TYPE));
    return (resource.Properties as { Prefix: string }).Prefix;
  };

  test('prefixes the names of jobs in a nested stack with the id of that stack, since its name is only known at deployment', () => {
    const nested = new NestedStack(newStack('Churn'), 'Training');
    expect(prefixIn(nested)).toMatch(/^trai-[0-9a-z]{7}-churn-training-train-[0-9a-f]{8}$/);
    expect(JSON.stringify(Template.fromStack(nested).toJSON())).not.toMatch(/tokentok|Token\[/i);
  });

  test('prefixes the names of jobs in a stage with the name of the stack', () => {
    const stage = new Stage(new App(), 'Prod');
    expect(prefixIn(new Stack(stage, 'Churn'))).toMatch(/^prodchu-[0-9a-z]{4}-prodchurn-train-[0-9a-f]{8}$/);
  });

  test('has no permission for the jobs of a stack that is deployed from the same construct under another name', () => {
    const [dev, prod] = ['churn-training-dev', 'churn-training-prod'].map((stackName) =>
      newStack('Churn', { stackName }),
    );
    [dev, prod].forEach((stack) => newJob(stack));
    const other = prefixIn(prod).split('-').slice(0, 2).join('-');
    expect(JSON.stringify(statements(dev))).not.toContain(other);
  });

  test('keeps the prefix of a stack that is moved to another stage', () => {
    const stackName = 'churn';
    const moved = new Stack(new Stage(new App(), 'Prod'), 'Moved', { stackName });
    expect(prefixIn(moved).slice(0, 10)).toBe(prefixIn(newStack('Churn', { stackName })).slice(0, 10));
  });

  test('creates no job of another name that begins in the same way, and its rules do not match such a job', () => {
    const stack = placedStack();
    const [churn, churnBig] = ['churn', 'churn-big'].map((trainingJobName) =>
      newJob(stack, { trainingJobName }, trainingJobName),
    );
    churn.onFailed('Rule');
    churnBig.onFailed('Rule');
    const template = Template.fromStack(stack);
    const [prefix, bigPrefix] = Object.values(template.findResources(TYPE)).map(
      ({ Properties }) => (Properties as { Prefix: string }).Prefix,
    );
    const patterns = Object.values(template.findResources('AWS::Events::Rule')).map(
      ({ Properties }) =>
        (Properties as { EventPattern: { detail: { TrainingJobName: { prefix: string }[] } } }).EventPattern.detail
          .TrainingJobName[0].prefix,
    );
    expect([bigPrefix.startsWith(prefix), patterns]).toEqual([true, [`${prefix}--`, `${bigPrefix}--`]]);
    expect(statements(stack)).toEqual(
      expect.arrayContaining(
        [prefix, bigPrefix].map((each): unknown =>
          expect.objectContaining({
            Action: ['sagemaker:CreateTrainingJob', 'sagemaker:AddTags'],
            Resource: arn(`training-job/${each}--*`),
          }),
        ),
      ),
    );
  });

  test('has no permission for the jobs of another nested stack, also if their ids begin in the same way', () => {
    const parent = placedStack();
    const nested = ['TrainingA', 'TrainingB'].map((id) => new NestedStack(parent, id));
    nested.forEach((stack) => newJob(stack));
    const [first, second] = nested.map((stack) => prefixIn(stack).split('-').slice(0, 2).join('-'));
    expect([first, second]).toEqual([expect.stringMatching(/^trai-/), expect.stringMatching(/^trai-/)]);
    expect(first).not.toBe(second);
    expect(JSON.stringify(statements(nested[0]))).toContain(`training-job/${first}-*`);
    expect(JSON.stringify(statements(nested[0]))).not.toContain(second);
  });

  test('has another prefix in a nested stack if the same app is deployed under another name', () => {
    const prefix = (stackName: string): string =>
      prefixIn(new NestedStack(newStack('Churn', { stackName }), 'Training'));
    expect(prefix('churn-dev').slice(0, 12)).not.toBe(prefix('churn-prod').slice(0, 12));
  });

  test('has its permissions, and the execution role has its own, before the job is started', () => {
    const stack = newStack();
    newJob(stack);
    Template.fromStack(stack).hasResource(TYPE, {
      DependsOn: Match.arrayWith([
        Match.stringLikeRegexp('SageMakerJobsFunction'),
        Match.stringLikeRegexp('SageMakerJobsPolicy'),
        Match.stringLikeRegexp('TrainJobRights'),
        Match.stringLikeRegexp('TrainRoleDefaultPolicy'),
      ]),
    });
  });
});
