import {
  CfnParameter,
  CfnResource,
  Duration,
  Fn,
  NestedStack,
  type Stack,
  Tags,
  Token,
  aws_s3 as s3,
  aws_scheduler as scheduler,
  aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import { Capture, Match, Template } from 'aws-cdk-lib/assertions';
import {
  ContinuousDeployment,
  Evaluation,
  InstanceType,
  Model,
  ModelPackageGroup,
  Objective,
  ProcessingJob,
  ProcessingResources,
  S3Location,
  TrainingJob,
  type TrainingJobProps,
  TrainingResources,
  TrainingWorkflow,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
  TransformSchedule,
  TuningJob,
  testing,
} from '../../lib';
import { tuningDefinition } from '../jobs';
import { errorOf, image, newAlgorithm, newStack } from '../stacks';

const RESOURCES = TrainingResources.of(InstanceType.ML_M5_XLARGE);
const PROCESSING = ProcessingResources.of(InstanceType.ML_M5_XLARGE);

const requestsIn = (stack: Stack): testing.JobRequests => testing.JobRequests.fromTemplate(Template.fromStack(stack));

function train(stack: Stack, props: Partial<TrainingJobProps> = {}, id = 'Train'): TrainingJob {
  return new TrainingJob(stack, id, { image: image(), resources: RESOURCES, ...props });
}

/** The properties of batch transform jobs with a model of the same stack. */
function transform(stack: Stack): ConstructorParameters<typeof TransformJob>[2] {
  return {
    model: new Model(stack, 'Model', { image: image() }),
    input: TransformInput.fromBucket(s3.Bucket.fromBucketName(stack, 'In', 'rows'), 'today/'),
    output: TransformOutput.toBucket(s3.Bucket.fromBucketName(stack, 'Out', 'scores'), 'nightly/'),
    resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
  };
}

/** A training workflow with all steps. */
function workflow(stack: Stack): TrainingWorkflow {
  return new TrainingWorkflow(stack, 'Retraining', {
    training: { image: image(), resources: RESOURCES, hyperparameters: { max_depth: '8' } },
    evaluation: Evaluation.processing({
      image: image(),
      resources: PROCESSING,
      objective: Objective.maximize('auc'),
    }),
    registration: {
      group: ModelPackageGroup.fromModelPackageGroupName(stack, 'Group', 'churn'),
      algorithm: newAlgorithm(stack),
    },
  });
}

describe('The requests of a template', () => {
  test('contain a job of each kind', () => {
    const stack = newStack();
    train(stack);
    new TuningJob(stack, 'Tune', { definitions: [tuningDefinition()], maxTrainingJobs: 7 });
    new ProcessingJob(stack, 'Prepare', { image: image(), resources: PROCESSING, arguments: ['prepare'] });
    new TransformJob(stack, 'Score', transform(stack));
    const requests = requestsIn(stack);
    requests.hasTrainingJob({ ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 } });
    requests.hasTuningJob({ HyperParameterTuningJobConfig: { ResourceLimits: { MaxNumberOfTrainingJobs: 7 } } });
    requests.hasProcessingJob({ AppSpecification: { ContainerArguments: ['prepare'] } });
    requests.hasTransformJob({ TransformOutput: { S3OutputPath: 's3://scores/nightly' } });
    requests.trainingJobCountIs(1);
    requests.tuningJobCountIs(1);
    requests.processingJobCountIs(1);
    requests.transformJobCountIs(1);
    requests.registrationCountIs(0);
  });

  test('contain the jobs that the steps of a workflow run, and the version that it registers', () => {
    const stack = newStack();
    const { stateMachine } = workflow(stack);
    const machine = stack.getLogicalId(stateMachine.node.defaultChild as never);
    const requests = requestsIn(stack);
    expect(Object.keys(requests.findTrainingJobs({ HyperParameters: { max_depth: '8' } }))).toEqual([
      `${machine}.Train`,
    ]);
    expect(Object.keys(requests.findProcessingJobs())).toEqual([`${machine}.Evaluate`]);
    expect(Object.keys(requests.findRegistrations())).toEqual([`${machine}.Register`]);
    requests.hasProcessingJob({
      ProcessingInputs: Match.arrayWith([Match.objectLike({ S3Input: Match.objectLike({ S3Uri: '{{ModelData}}' }) })]),
    });
    requests.hasRegistration({ ModelPackageGroupName: 'churn', ModelApprovalStatus: 'PendingManualApproval' });
    requests.trainingJobCountIs(1);
    requests.registrationCountIs(1);
  });

  test('contain the comparison of a shadow test', () => {
    const stack = newStack();
    const { stateMachine } = new ContinuousDeployment(stack, 'Release', {
      group: ModelPackageGroup.fromModelPackageGroupName(stack, 'Group', 'churn'),
      stackName: 'churn-hosting',
      parameterName: '/churn/deployed',
      shadowTest: {
        parameterName: '/churn/shadow',
        endpointName: 'churn',
        productionVariantName: 'main',
        shadowVariantName: 'candidate',
        captureDestination: S3Location.fromBucket(s3.Bucket.fromBucketName(stack, 'Capture', 'capture'), 'captured'),
        duration: Duration.hours(24),
        minRequests: 1000,
        comparison: { image: image(), resources: PROCESSING, objective: Objective.maximize('lift'), threshold: 0.9 },
      },
    });
    const machine = stack.getLogicalId(stateMachine.node.defaultChild as never);
    const found = requestsIn(stack).findProcessingJobs({ Environment: { start_time: '{{StartTime}}' } });
    expect(Object.keys(found)).toEqual([`${machine}.Reconcile`]);
  });

  test('contain the job of a schedule', () => {
    const stack = newStack();
    const schedule = scheduler.ScheduleExpression.cron({ hour: '2', minute: '0' });
    new TransformSchedule(stack, 'Nightly', { ...transform(stack), schedule });
    requestsIn(stack).hasTransformJob({ TransformOutput: { S3OutputPath: 's3://scores/nightly/{{JobName}}' } });
  });

  test('contain those of a nested stack in its template only', () => {
    const stack = newStack();
    const nested = new NestedStack(stack, 'Nested');
    train(nested);
    requestsIn(nested).trainingJobCountIs(1);
    requestsIn(stack).trainingJobCountIs(0);
  });

  test('contain nothing of a state machine that is not of this library', () => {
    const stack = newStack();
    new sfn.StateMachine(stack, 'Other', {
      definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(stack, 'Pass', { comment: 'RunJob' })),
    });
    new sfn.StateMachine(stack, 'Parameterized', {
      definitionBody: sfn.DefinitionBody.fromString(new CfnParameter(stack, 'Definition').valueAsString),
    });
    const otherJob = { Type: 'Pass', End: true, Parameters: { Action: 'RunJob', Job: { Kind: 'other' } } };
    new sfn.StateMachine(stack, 'OtherKind', {
      definitionBody: sfn.DefinitionBody.fromString(JSON.stringify({ StartAt: 'Run', States: { Run: otherJob } })),
    });
    new CfnResource(stack, 'OtherResource', { type: 'Custom::SageMakerTrainingJob' });
    new sfn.StateMachine(stack, 'Invalid', { definitionBody: sfn.DefinitionBody.fromString('States: Train') });
    const requests = requestsIn(stack);
    expect([requests.findTrainingJobs(), requests.findProcessingJobs(), requests.findRegistrations()]).toEqual([
      {},
      {},
      {},
    ]);
  });

  test('contain tags, if there are any', () => {
    const stack = newStack();
    train(stack, {}, 'Untagged');
    Tags.of(train(stack, {}, 'Tagged')).add('team', 'churn');
    const requests = requestsIn(stack);
    requests.hasTrainingJob({ Tags: [{ Key: 'team', Value: 'churn' }] });
    expect(Object.keys(requests.findTrainingJobs({ Tags: Match.absent() }))).toHaveLength(1);
  });

  test('contain overrides', () => {
    const stack = newStack();
    train(stack).addRequestOverride('ResourceConfig.InstancePlacementConfig.EnableMultipleJobs', true);
    requestsIn(stack).hasTrainingJob({ ResourceConfig: { InstancePlacementConfig: { EnableMultipleJobs: true } } });
  });
});

test.each([
  ['not JSON', '{', '"{"'],
  ['an intrinsic function', { 'Fn::Sub': '{"VpcConfig":{}}' }, '{"Fn::Sub":"{\\"VpcConfig\\":{}}"}'],
])('A request that is %s is an error, since no member of it is known to be absent', (_, request, shown) => {
  const stack = newStack();
  const resources = train(stack)
    .node.findAll()
    .filter((one) => CfnResource.isCfnResource(one));
  const job = resources.find(({ cfnResourceType }) => cfnResourceType === 'Custom::SageMakerTrainingJob');
  job?.addPropertyOverride('Request', request);
  expect(errorOf(() => requestsIn(stack)).replace(/ TrainJobStart\w+/, ' JOB')).toBe(
    `The request of JOB must be JSON text whose members are known at synthesis, got: ${shown}. Use ` +
      '`addRequestOverride` instead of an override of the resource',
  );
});

describe('A value that is only known at deployment is an intrinsic function in a request', () => {
  test('if it is the complete text', () => {
    const stack = newStack();
    const { role } = train(stack);
    const roleId = stack.getLogicalId(role.node.defaultChild as never);
    requestsIn(stack).hasTrainingJob({ RoleArn: { 'Fn::GetAtt': [roleId, 'Arn'] } });
  });

  test('if it is a part of the text', () => {
    const stack = newStack();
    const bucket = new CfnParameter(stack, 'Name').valueAsString;
    train(stack, { environment: { LOCATION: `s3://${bucket}/"a, b"\\${bucket}`, EMPTY: '' } });
    requestsIn(stack).hasTrainingJob({
      Environment: {
        LOCATION: { 'Fn::Join': ['', ['s3://', { Ref: 'Name' }, '/"a, b"\\', { Ref: 'Name' }]] },
        EMPTY: '',
      },
    });
  });

  test('if it is a number', () => {
    const stack = newStack();
    const { valueAsNumber } = new CfnParameter(stack, 'Count', { type: 'Number' });
    train(stack, { resources: TrainingResources.of(InstanceType.ML_M5_XLARGE, { instanceCount: valueAsNumber }) });
    requestsIn(stack).hasTrainingJob({ ResourceConfig: { InstanceCount: { Ref: 'Count' } } });
  });

  test('if it is a list', () => {
    const stack = newStack();
    train(stack, { arguments: Fn.split(',', new CfnParameter(stack, 'Arguments').valueAsString) });
    requestsIn(stack).hasTrainingJob({
      AlgorithmSpecification: { ContainerArguments: { 'Fn::Split': [',', { Ref: 'Arguments' }] } },
    });
  });

  test('in a step of a workflow', () => {
    const stack = newStack();
    const { valueAsNumber, valueAsString } = new CfnParameter(stack, 'Count', { type: 'Number' });
    new TrainingWorkflow(stack, 'Retraining', {
      training: {
        image: image(),
        resources: TrainingResources.of(InstanceType.ML_M5_XLARGE, { instanceCount: valueAsNumber }),
        arguments: Fn.split(',', Token.asString({ Ref: 'AWS::StackName' })),
        environment: { COUNT: `"${valueAsString}"` },
      },
    });
    requestsIn(stack).hasTrainingJob({
      AlgorithmSpecification: { ContainerArguments: { 'Fn::Split': [',', { Ref: 'AWS::StackName' }] } },
      Environment: { COUNT: { 'Fn::Join': ['', ['"', { Ref: 'Count' }, '"']] } },
      ResourceConfig: { InstanceCount: { Ref: 'Count' } },
    });
  });
});

describe('An expected request', () => {
  const requests = (): testing.JobRequests => {
    const stack = newStack();
    train(stack, { hyperparameters: { max_depth: '8', eta: '0.1' } }, 'Deep');
    train(stack, { hyperparameters: { max_depth: '2' } }, 'Flat');
    return requestsIn(stack);
  };

  test('can contain matchers and captures', () => {
    const capture = new Capture();
    requests().hasTrainingJob({ HyperParameters: Match.objectEquals({ max_depth: '8', eta: capture }) });
    expect(capture.asString()).toBe('0.1');
    requests().hasTrainingJob({ RoleArn: Match.anyValue(), VpcConfig: Match.absent() });
    expect(Object.values(requests().findTrainingJobs({ HyperParameters: { eta: Match.anyValue() } }))).toMatchObject([
      { HyperParameters: { max_depth: '8', eta: '0.1' } },
    ]);
    expect(Object.keys(requests().findTrainingJobs(Match.objectLike({ HyperParameters: { eta: '0.2' } })))).toEqual([]);
  });

  test('that no job has is an error with the closest matches', () => {
    const message = errorOf(() => requests().hasTrainingJob({ HyperParameters: { max_depth: '9', eta: '0.1' } }));
    expect(message).toContain('Template has 2 resources with type TrainingJob, but none match as expected.');
    expect(message).toMatch(/The 2 closest matches:\nDeep.*!! +Expected 9 but received 8/s);
  });

  test('of a kind that the template does not contain is an error', () => {
    expect(errorOf(() => requests().hasTuningJob({}))).toContain(
      'Template has 0 resources with type HyperParameterTuningJob',
    );
  });
});

test('Another number of jobs than expected is an error with both numbers', () => {
  const stack = newStack();
  train(stack);
  expect(errorOf(() => requestsIn(stack).trainingJobCountIs(2))).toBe(
    'Expected 2 resources of type TrainingJob but found 1',
  );
});
