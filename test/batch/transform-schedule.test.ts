import { Duration, type Stack, Tags, aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  InstanceType,
  Model,
  TransformInput,
  TransformOutput,
  TransformResources,
  TransformSchedule,
  type TransformScheduleProps,
  WorkflowOutcome,
} from '../../lib';
import { conditionsOfTypes, releasedVersion } from '../hosting-fixtures';
import { errorOf, image, newStack, onlyResource } from '../stacks';

function score(stack: Stack, props: Partial<TransformScheduleProps> = {}): TransformSchedule {
  const data = s3.Bucket.fromBucketName(stack, 'Data', 'data');
  return new TransformSchedule(stack, 'Nightly', {
    model: props.model ?? new Model(stack, 'Model', { image: image() }),
    input: TransformInput.fromBucket(data, 'in/'),
    output: TransformOutput.toBucket(data, 'out'),
    resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
    schedule: scheduler.ScheduleExpression.rate(Duration.days(1)),
    ...props,
  });
}

/** The definition of the state machine as text, with the values of references as they are in the template. */
function definitionOf(stack: Stack): string {
  const { DefinitionString } = onlyResource(stack, 'AWS::StepFunctions::StateMachine') as {
    DefinitionString: { 'Fn::Join': [string, unknown[]] };
  };
  return DefinitionString['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '…')).join('');
}

test.each(['in/scores', 'in/', 'in'])(
  'A transform schedule that writes to "%s" in the prefix of its input is an error, since each job would read the results',
  (prefix) => {
    const stack = newStack();
    const data = s3.Bucket.fromBucketName(stack, 'Same', 'data');
    expect(errorOf(() => score(stack, { output: TransformOutput.toBucket(data, prefix) }))).toContain(
      `\`output\` must not be in the prefix of \`input\`, which is "in/", got: "${prefix}": each job would also read the results of the previous ones`,
    );
  },
);

describe('A transform schedule', () => {
  test('runs a transform job whose results are in a folder of its name, and reports its outcome', () => {
    const stack = newStack();
    score(stack);
    const definition = definitionOf(stack);
    const { States } = JSON.parse(definition) as { States: Record<string, { Parameters?: { Request?: string } }> };
    expect(Object.keys(States).sort()).toEqual([
      'Completed',
      'Is Transform finished',
      'Skipped',
      'Transform',
      'Wait for Transform',
    ]);
    expect(JSON.parse(States.Transform.Parameters?.Request ?? '')).toMatchObject({
      TransformInput: { DataSource: { S3DataSource: { S3Uri: 's3://data/in/' } } },
      TransformOutput: { S3OutputPath: 's3://data/out/{{JobName}}' },
      TransformResources: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
    });
  });

  test('is started by its schedule, with a role that can start nothing else', () => {
    const stack = newStack();
    score(stack);
    Template.fromStack(stack).hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 day)',
      Target: { Arn: { Ref: Match.stringLikeRegexp('StateMachine') } },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Action: 'states:StartExecution',
            Effect: 'Allow',
            Resource: { Ref: Match.stringLikeRegexp('StateMachine') },
          },
        ],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('NightlyScheduleRole') }],
    });
  });

  test('passes its tags to the job', () => {
    const stack = newStack();
    Tags.of(score(stack)).add('team', 'churn');
    expect(definitionOf(stack)).toContain(String.raw`[{\"Key\":\"team\",\"Value\":\"churn\"}]`);
  });

  test('of a released model only exists while a version is released', () => {
    const stack = newStack();
    score(stack, { model: new Model(stack, 'Model', { modelPackage: releasedVersion(stack) }) });
    const conditions = conditionsOfTypes(stack);
    for (const type of ['AWS::Scheduler::Schedule', 'AWS::StepFunctions::StateMachine', 'Custom::SageMakerWorkflow']) {
      expect(conditions[type]).toEqual([expect.stringContaining('IsReleased')]);
    }
  });

  test('has a metric for each outcome', () => {
    const { dimensions, metricName, namespace } = score(newStack(), { stateMachineName: 'nightly' }).metric(
      WorkflowOutcome.SKIPPED,
    );
    expect({ dimensions, metricName, namespace }).toEqual({
      dimensions: { WorkflowName: 'nightly' },
      metricName: 'Skipped',
      namespace: 'cdk-sagemaker-algorithm',
    });
  });

  test('with an invalid name is rejected, together with the errors of the job', () => {
    const error = errorOf(() => score(newStack(), { stateMachineName: 'a b', invocationMaxRetries: 9 }));
    expect(error).toContain(
      '`stateMachineName` must have 1 to 80 letters, digits, hyphens and underscores, got: "a b"',
    );
    expect(error).toContain('`invocationMaxRetries`');
  });
});
