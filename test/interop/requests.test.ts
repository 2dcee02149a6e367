import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { InstanceType, TrainingJob, TrainingResources } from '../../lib';
import { image } from '../stacks';
import { TRAINING_JOBS } from '../training-jobs';
import { ROOT, lint, python, run, scratch } from './project';

/** What a reference in a request would be at deployment. */
function deployed(reference: object): string {
  const text = JSON.stringify(reference);
  if (text.includes('Role')) return 'arn:aws:iam::111122223333:role/Train';
  if (text.includes('Key')) return 'arn:aws:kms:eu-west-1:111122223333:key/0123';
  if (text.includes('GroupId')) return 'sg-0123456789abcdef0';
  if (text.includes('Subnet')) return 'subnet-0123456789abcdef0';
  if (text.includes('Efs')) return 'fs-0123456789abcdef0';
  return 'value';
}

/** The requests that the handler would send for a job, as the service would get them. */
function requestFor(make: (typeof TRAINING_JOBS)[string]): object {
  const stack = new Stack(new App(), 'Stack');
  const props = { image: image(), resources: TrainingResources.of(InstanceType.ML_M5_XLARGE), ...make(stack) };
  new TrainingJob(stack, 'Train', props);
  const [start] = Object.values(Template.fromStack(stack).findResources('Custom::SageMakerTrainingJob'));
  const { Request, Prefix } = start.Properties as {
    Request: { 'Fn::Join': [string, (string | object)[]] };
    Prefix: string;
  };
  const pieces = Request['Fn::Join'][1].map((piece) => (typeof piece === 'string' ? piece : deployed(piece)));
  const tags = [{ Key: 'cdk-sagemaker-algorithm:owner', Value: 'a'.repeat(64) }];
  return { ...(JSON.parse(pieces.join('')) as object), TrainingJobName: `${Prefix}-0123456789-99`, Tags: tags };
}

/** What botocore's own validation says of requests, by their names. */
function faultsOf(requests: Record<string, object>): Record<string, string> {
  const file = path.join(scratch(), 'requests.json');
  writeFileSync(file, JSON.stringify(requests));
  return JSON.parse(run(ROOT, python('python'), 'test/interop/validate.py', 'CreateTrainingJob', file)) as Record<
    string,
    string
  >;
}

test('botocore accepts the requests of at least 30 jobs that between them use every property', () => {
  const requests = Object.fromEntries(Object.entries(TRAINING_JOBS).map(([name, make]) => [name, requestFor(make)]));
  expect(Object.keys(requests).length).toBeGreaterThanOrEqual(30);
  expect(faultsOf(requests)).toEqual({});
});

test('botocore would not accept a request with a fault', () => {
  const request = { ...requestFor(() => ({})), RoleArn: 'short', Unknown: 1 };
  expect(faultsOf({ bad: request }).bad).toMatch(/Unknown[\s\S]*RoleArn|RoleArn[\s\S]*Unknown/);
});

test('The templates of those jobs break no schema rule, and pass cfn-lint without an error', () => {
  process.env.CDK_VALIDATION = 'true';
  const app = new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
  Object.values(TRAINING_JOBS).forEach((make, index) => {
    const stack = new Stack(app, `Job${index}`);
    new TrainingJob(stack, 'Train', {
      image: image(),
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
      ...make(stack),
    });
  });
  const { directory, stacks } = app.synth();
  process.env.CDK_VALIDATION = 'false';
  const files = stacks.map(({ templateFile }) => path.join(directory, templateFile));
  expect(lint(...files)).toEqual([]);
});
