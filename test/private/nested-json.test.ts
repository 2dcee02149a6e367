import {
  CfnParameter,
  Duration,
  Fn,
  type Stack,
  aws_ecr as ecr,
  aws_s3 as s3,
  aws_scheduler as scheduler,
} from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  ContainerImage,
  Evaluation,
  InstanceType,
  Objective,
  ProcessingResources,
  Model,
  S3Location,
  TrainingResources,
  TransformInput,
  TransformOutput,
  TransformResources,
  TransformSchedule,
  testing,
} from '../../lib';
import type { Values } from '../../lib/handlers/workflow-contract';
import { fill } from '../../lib/handlers/workflow/fill';
import { monitoredEndpoint, newDeployment, newWorkflow, shadowTest } from '../continuous-fixtures';
import { newStack } from '../stacks';

const RESOURCES = ProcessingResources.of(InstanceType.ML_M5_XLARGE);
const RATE = scheduler.ScheduleExpression.rate(Duration.days(1));
const imageIn = (stack: Stack): ContainerImage =>
  ContainerImage.fromEcrRepository(ecr.Repository.fromRepositoryName(stack, 'Repository', 'job'), { tag: 'v1' });
const ARGUMENTS = ['--rate', '0.1'];

/** A list that is only known at deployment. */
const list = (stack: Stack): string[] => Fn.split(',', new CfnParameter(stack, 'Arguments').valueAsString);

/** A property whose text contains intrinsic functions, as CloudFormation resolves it with the list. */
function resolved(value: unknown): string {
  if (typeof value === 'string') return value;
  const [delimiter, pieces] = (value as { 'Fn::Join'?: [string, unknown] })['Fn::Join'] ?? ['', []];
  if (!Array.isArray(pieces)) return ARGUMENTS.join(delimiter);
  return pieces.length === 0 ? 'x' : pieces.map(resolved).join(delimiter);
}

/** The requests of all jobs in a template, as a handler reads them. */
function requestsIn(stack: Stack, values: Values = {}): string {
  const resources = Template.fromStack(stack).toJSON().Resources as Record<string, { Properties?: object }>;
  const texts = Object.values(resources).flatMap(({ Properties = {} }) => {
    const { DefinitionString, Release } = Properties as { DefinitionString?: unknown; Release?: unknown };
    return [DefinitionString, Release].filter((text) => text !== undefined).map(resolved);
  });
  const requests: unknown[] = [];
  for (const text of texts) {
    JSON.parse(text, (name, value: unknown) => {
      if (name === 'Request') requests.push(fill(value as string, values));
      return value;
    });
  }
  return JSON.stringify(requests);
}

const reportsIn = (stack: Stack): S3Location =>
  S3Location.fromBucket(s3.Bucket.fromBucketName(stack, 'Reports', 'reports'), 'churn/');

const jobIn = (stack: Stack) => ({
  image: imageIn(stack),
  resources: RESOURCES,
  arguments: list(stack),
  reportLocation: reportsIn(stack),
});

/** Text that looks like the placeholders of all steps, and like what the library writes around them. */
const TEXT = [
  '{{StartTime}} {{JobName}}',
  '{{ModelData}}',
  '{{,}}',
  '{{_}}',
  '{{{Manifest}}}',
  '{{resolve}}',
  '{"a":{"b":1}}',
];

test('An argument with a line break stays one argument', () => {
  expect(fill(JSON.stringify({ Arguments: ['-c', 'a\nb'] }), {})).toEqual({ Arguments: ['-c', 'a\nb'] });
});

test.each<[string, (stack: Stack) => void]>([
  [
    'the training of a workflow',
    (stack) => {
      const resources = TrainingResources.of(InstanceType.ML_M5_XLARGE);
      const training = { image: imageIn(stack), resources, arguments: list(stack) };
      newWorkflow(stack, { training, evaluation: undefined, gate: undefined, registration: undefined });
    },
  ],
  [
    'the evaluation of a workflow',
    (stack) =>
      newWorkflow(stack, {
        evaluation: Evaluation.processing({ ...jobIn(stack), objective: Objective.maximize('auc') }),
      }),
  ],
  ['a monitor', (stack) => monitoredEndpoint(stack).addMonitor('Second', { ...jobIn(stack), schedule: RATE })],
  [
    'the comparison of a deployment',
    (stack) =>
      newDeployment(stack, {
        shadowTest: {
          ...shadowTest(stack),
          comparison: { ...jobIn(stack), objective: Objective.maximize('lift'), threshold: 0 },
        },
      }),
  ],
])('A list of %s that is only known at deployment arrives as that list', (_, make) => {
  const stack = newStack();
  make(stack);
  expect(requestsIn(stack)).toContain(`"ContainerArguments":${JSON.stringify(ARGUMENTS)}`);
});

test.each<[string, (stack: Stack) => void]>([
  [
    'the training of a workflow',
    (stack) => {
      const resources = TrainingResources.of(InstanceType.ML_M5_XLARGE);
      const training = { image: imageIn(stack), resources, arguments: TEXT };
      newWorkflow(stack, { training, evaluation: undefined, gate: undefined, registration: undefined });
    },
  ],
  [
    'the evaluation of a workflow',
    (stack) =>
      newWorkflow(stack, {
        evaluation: Evaluation.processing({ ...jobIn(stack), arguments: TEXT, objective: Objective.maximize('auc') }),
      }),
  ],
  [
    'a monitor',
    (stack) => monitoredEndpoint(stack).addMonitor('Second', { ...jobIn(stack), arguments: TEXT, schedule: RATE }),
  ],
  [
    'the comparison of a deployment',
    (stack) => {
      const comparison = { ...jobIn(stack), arguments: TEXT, objective: Objective.maximize('lift'), threshold: 0 };
      newDeployment(stack, { shadowTest: { ...shadowTest(stack), comparison } });
    },
  ],
])('Text in double braces in the arguments of %s arrives as it was written', (_, make) => {
  const stack = newStack();
  make(stack);
  const values = { StartTime: '1', JobName: 'job', ModelData: 's3://x', Manifest: 's3://y', resolve: '2', _: '3' };
  expect(requestsIn(stack, values)).toContain(`"ContainerArguments":${JSON.stringify(TEXT)}`);
});

test('Text in double braces in the environment of a scheduled transform job arrives as it was written', () => {
  const stack = newStack();
  const bucket = s3.Bucket.fromBucketName(stack, 'Data', 'data');
  new TransformSchedule(stack, 'Nightly', {
    schedule: RATE,
    model: new Model(stack, 'Model', { image: imageIn(stack) }),
    input: TransformInput.fromBucket(bucket, 'in/'),
    output: TransformOutput.toBucket(bucket, 'out'),
    resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
    environment: { A: TEXT.join() },
  });
  expect(requestsIn(stack, { JobName: 'job' })).toContain(`"Environment":{"A":${JSON.stringify(TEXT.join())}}`);
});

test('Text in double braces in the tests of an app is the text that was written', () => {
  const stack = newStack();
  monitoredEndpoint(stack).addMonitor('Second', { ...jobIn(stack), environment: { A: TEXT.join() }, schedule: RATE });
  const requests = testing.JobRequests.fromTemplate(Template.fromStack(stack));
  requests.hasProcessingJob({ Environment: Match.objectLike({ A: TEXT.join(), start_time: '{{StartTime}}' }) });
});
