// The acceptance test of the library: deploys the example with all kinds of jobs, asserts what AWS reports about it, and destroys it. The
// hooks deploy the stack again in the ways that users do (steps.ts). `npm run integ` runs it.
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, Tags } from 'aws-cdk-lib';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { context } from '../../cdk.json';
import { AcceptanceStack } from './acceptance-stack';
import { STACK_NAME, TAG, serverEnvironment } from './settings';

// The runner and the CDK CLI have other defaults: with the same context, both synthesize the same template.
const app = new App({ postCliContext: context });
const stack = new AcceptanceStack(app, STACK_NAME, { serverEnvironment: serverEnvironment() });
Tags.of(app).add(TAG, 'true');

const hook = (name: string): string[] => [`node --import tsx ${name}.ts`];
const test = new IntegTest(app, 'Lifecycle', {
  testCases: [stack],
  // The snapshot contains no assets.
  stackUpdateWorkflow: false,
  hooks: { postDeploy: hook('steps'), preDestroy: hook('empty-buckets') },
});

const { assertions } = test;
const asserted = (service: string, call: string, parameters: object, expected: object): void => {
  assertions.awsApiCall(service, call, parameters).expect(ExpectedResult.objectLike(expected));
};
asserted(
  'SageMaker',
  'describeTrainingJob',
  { TrainingJobName: stack.trainingJob.jobName },
  { TrainingJobStatus: 'Completed' },
);
asserted(
  'SageMaker',
  'describeHyperParameterTuningJob',
  { HyperParameterTuningJobName: stack.tuningJob.jobName },
  { HyperParameterTuningJobStatus: 'Completed', TrainingJobStatusCounters: { Completed: 2 } },
);
asserted(
  'SageMaker',
  'describeTransformJob',
  { TransformJobName: stack.transformJob.jobName },
  { TransformJobStatus: 'Completed' },
);
asserted(
  'SageMaker',
  'describeEndpoint',
  { EndpointName: stack.endpoint.endpointName },
  { EndpointStatus: 'InService', ProductionVariants: [{ VariantName: 'main', CurrentInstanceCount: 2 }] },
);

// The newest runner on npm refuses version 54 of the schema of cloud assemblies, but reads everything that this test needs. The metadata
// contains stack traces of this machine, which the snapshot must not have.
const { directory } = app.synth();
for (const name of readdirSync(directory).filter((one) => one.endsWith('.json'))) {
  const file = path.join(directory, name);
  const content = readFileSync(file, 'utf8').replace(/"version": *"54[.0-9]*"/, '"version": "53.0.0"');
  writeFileSync(file, name.endsWith('.metadata.json') ? '{}' : content);
}
