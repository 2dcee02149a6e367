import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { InstanceType, JobWait, TrainingJob, type TrainingJobProps, TrainingResources } from '../../lib';
import { ACCOUNT, REGION, image, newAlgorithm, newStack, placedStack, statementsOf } from '../stacks';

const TYPE = 'Custom::SageMakerTrainingJob';
const CONDITION = 'AWS::CloudFormation::WaitCondition';
const RESOURCES = TrainingResources.of(InstanceType.ML_M5_XLARGE);

function newJob(stack: Stack, props: Partial<TrainingJobProps> = {}): TrainingJob {
  return new TrainingJob(stack, 'Train', { image: image(), resources: RESOURCES, ...props });
}

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
    const arn = (name: string): unknown => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:${REGION}:${ACCOUNT}:${name}`]],
    });
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
            'sagemaker:DescribeAlgorithm',
            'sagemaker:DeleteAlgorithm',
          ],
          // All kinds of jobs, since the last job of a kind can be removed by this deployment.
          Resource: [
            arn('training-job/stack-e551-*'),
            arn('hyper-parameter-tuning-job/stack-e551-*'),
            arn('transform-job/stack-e551-*'),
            arn('algorithm/stack-e551-*'),
          ],
        },
        {
          Effect: 'Allow',
          Action: ['sagemaker:CreateTrainingJob', 'sagemaker:AddTags'],
          Resource: arn('training-job/stack-e551-stack-train-3b520a86-*'),
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
