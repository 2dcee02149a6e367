// Runs only with the newest aws-cdk-lib: older versions cannot acknowledge findings whose ID contains "::".
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { exampleApp } from '../bin/app';
import { CONTINUOUS_LIFECYCLE } from './continuous-fixtures';
import { FEATURES } from './features';
import { JOBS } from './jobs';

const LOGS = 'arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/sagemaker';
const SAGEMAKER = 'arn:<AWS::Partition>:sagemaker:<AWS::Region>:<AWS::AccountId>';
const READERS = 'The CDK grants these read actions, limited to the listed objects.';

/** The accepted findings of cdk-nag in the example app, with their reasons. */
function accepted(): [string, string][] {
  const wildcards: [string, string][] = [
    ['Action::s3:GetObject*', READERS],
    ['Action::s3:GetBucket*', READERS],
    ['Action::s3:List*', READERS],
    ['Action::s3:Abort*', 'The CDK grants this write action, limited to the key prefix of the output.'],
    [
      'Resource::<Artifacts82DD59A1.Arn>/breast-cancer/*',
      'Each job writes to its own folder under the key prefix of the output.',
    ],
    [
      `Resource::${LOGS}/Endpoints/*`,
      'Any endpoint can host a model, and the log group of each endpoint is named after it.',
    ],
    [
      `Resource::${LOGS}/TransformJobs:*`,
      'The wildcard matches the log streams of the log group, which are named after jobs.',
    ],
    [
      `Resource::${LOGS}/TrainingJobs:*`,
      'The wildcard matches the log streams of the log group, which are named after jobs.',
    ],
    ...['training-job', 'hyper-parameter-tuning-job', 'transform-job', 'processing-job', 'algorithm'].map(
      (kind): [string, string] => [
        `Resource::${SAGEMAKER}:${kind}/breastc-351p-*`,
        'All jobs of this stack, because a job that was removed from the template must still be stopped.',
      ],
    ),
    [
      `Resource::${SAGEMAKER}:training-job/breastc-351p-breastcancer-train-4089c6d2--*`,
      'The hash at the end of a job name is computed from values that are only known at deployment.',
    ],
    [
      'Resource::<SageMakerJobsFunction9587705B.Arn>:*',
      'The CDK grants the invocation of all versions of the function.',
    ],
    [
      'Resource::*',
      'PutMetricData (limited to the namespaces of SageMaker by a condition) and GetAuthorizationToken do not support resource ARNs.',
    ],
  ];
  return [
    ...wildcards.map(([finding, reason]): [string, string] => [`AwsSolutions-IAM5[${finding}]`, reason]),
    [
      'AwsSolutions-S1',
      'The bucket contains models of a public data set, and access logs would require a second bucket.',
    ],
    ['AwsSolutions-SF1', 'The waiter processes no data, and its execution history retains all events for 90 days.'],
    ['AwsSolutions-SF2', 'The waiter only polls the job, so that there is no latency to trace.'],
  ];
}

/** The example app with the rules of cdk-nag. */
function checkedExample(layout: string): App {
  const app = exampleApp(new App({ context: { layout } }));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

describe('The example app', () => {
  test.each(['combined', 'split'])('with %s images has only accepted cdk-nag findings', (layout) => {
    const app = checkedExample(layout);
    Validations.of(app).acknowledge(...accepted().map(([id, reason]) => ({ id: `AwsSolutions::${id}`, reason })));
    expect(() => app.synth()).not.toThrow();
  });

  test('is rejected by cdk-nag without accepted findings', () => {
    expect(() => checkedExample('combined').synth()).toThrow('server access logs disabled');
  });
});

/** The accepted findings of cdk-nag in the features of hosting and the model registry, with their reasons. */
const ACCEPTED_IN_FEATURES: [RegExp, string][] = [
  [
    /IAM5\[Resource::arn:<AWS::Partition>:logs:.*:log-group:\/aws\/sagemaker\/(Endpoints|InferenceComponents)\/\*\]/,
    'Any endpoint can host a model, and the log group of each endpoint is named after it.',
  ],
  [
    /IAM5\[Resource::arn:<AWS::Partition>:logs:.*:log-group:\/aws\/sagemaker\/TransformJobs:\*\]/,
    'The wildcard matches the log streams of the log group, which are named after jobs.',
  ],
  [
    /IAM5\[Action::(s3:(GetObject|GetBucket|List|Abort)|kms:(ReEncrypt|GenerateDataKey))\*\]/,
    'The CDK grants these actions.',
  ],
  [
    /IAM5\[Resource::arn:<AWS::Partition>:s3:::models\/[a-z]+\/\*\]/,
    'The objects in the S3 location that the user specifies.',
  ],
  [
    /IAM5\[Resource::\*\]/,
    'PutMetricData (limited by a condition), GetAuthorizationToken, SSM message channels and network interfaces do not support resource ARNs.',
  ],
];

/** The accepted findings of cdk-nag in the constructs of the continuous lifecycle and in processing jobs, with their reasons. */
const ACCEPTED_IN_LIFECYCLE: [RegExp, string][] = [
  [
    /IAM5\[Resource::arn:<AWS::Partition>:logs:.*:log-group:\/aws\/sagemaker\/Endpoints\/\*\]/,
    'Any endpoint can host a model, and the log group of each endpoint is named after it.',
  ],
  [
    /IAM5\[Resource::arn:<AWS::Partition>:logs:.*:log-group:\/aws\/sagemaker\/(Training|Processing|Transform)Jobs:\*\]/,
    'The wildcard matches the log streams of the log group, which are named after jobs.',
  ],
  [
    /IAM5\[Action::(s3:(GetObject|GetBucket|List|Abort)|kms:(ReEncrypt|GenerateDataKey))\*\]/,
    'The CDK grants these actions.',
  ],
  [
    /IAM5\[Resource::(arn:<AWS::Partition>:s3:::(data|models|reports)|<Data\w+\.Arn>|<PrepareArtifacts\w+\.Arn>)\/([a-z]+\/)*\*\]/,
    'The objects in the S3 location that the user specifies, or in the bucket of the job.',
  ],
  [
    /IAM5\[Resource::arn:<AWS::Partition>:s3:::data\/captured\/churn\/(main|candidate)\/\*\]/,
    'SageMaker captures data in folders of hours, and generates the names of the files.',
  ],
  [
    /IAM5\[Resource::arn:<AWS::Partition>:sagemaker:.*:(training|processing|transform)-job\/[\w-]+--\*\]/,
    'The hash at the end of a job name is computed from the execution, or from values that are only known at deployment.',
  ],
  [
    /IAM5\[Resource::arn:<AWS::Partition>:sagemaker:.*:[a-z-]+\/stack\d+-\w{4}-\*\]/,
    'All jobs of this stack, because a job that was removed from the template must still be stopped.',
  ],
  [
    /IAM5\[Resource::arn:<AWS::Partition>:sagemaker:.*:model-package\/churn\/\*\]/,
    'The ARN of a version ends with its version number, which is assigned at the registration.',
  ],
  [
    /IAM5\[Resource::arn:<AWS::Partition>:states:.*:execution:(retraining|release|nightly|drift):\*\]/,
    'The names of executions are generated.',
  ],
  [
    /IAM5\[Resource::arn:<AWS::Partition>:cloudformation:.*:stack\/churn-hosting\/\*\]/,
    'The ARN of a stack ends with an id that is generated when it is created.',
  ],
  [
    /IAM5\[Resource::<(SageMakerJobs|SageMakerWorkflows|Release)Function\w+\.Arn>:\*\]/,
    'The CDK grants the invocation of all versions of the function.',
  ],
  [
    /IAM5\[Resource::\*\]/,
    'PutMetricData (limited to a namespace by a condition), ListModelPackages and network interfaces do not support resource ARNs.',
  ],
  [/SF1$/, 'A state machine only invokes the handler, and its execution history retains all events for 90 days.'],
  [/SF2$/, 'A state machine only invokes the handler and waits, so that there is no latency to trace.'],
  [/DDB3$/, 'The table contains the locks and the state of executions only, so that there is nothing to recover.'],
  [/S1$/, 'The buckets of jobs are for the artifacts of one construct. Access logs would require a second bucket.'],
];

/** The ids of the findings of cdk-nag about what the library creates, with a stack for each function. */
function findingsIn(makes: ((stack: Stack) => unknown)[]): string[] {
  const app = new App({
    // A finding starts with the line of the code that creates the resource.
    postCliContext: { 'aws:cdk:disable-creation-stack-traces': false },
  });
  makes.forEach((make, index) => make(new Stack(app, `Stack${index}`)));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  let report = '';
  try {
    app.synth();
  } catch (error) {
    report = (error as Error).message;
  }
  // The tests create VPCs, buckets and keys of their own.
  const findings = report.split('\n\n').filter((finding) => !finding.trimStart().startsWith('test/'));
  const ids = findings.map((finding) => /(?<=Acknowledge with ')[^\n]+(?='(\n|$))/.exec(finding)?.[0]);
  return [...new Set(ids)].filter((id) => id !== undefined);
}

test.each<[string, ((stack: Stack) => unknown)[], [RegExp, string][]]>([
  ['hosting and the model registry', Object.values(FEATURES).map(({ make }) => make), ACCEPTED_IN_FEATURES],
  [
    'the continuous lifecycle, and processing jobs,',
    [...CONTINUOUS_LIFECYCLE, ...Object.values(JOBS.CreateProcessingJob.make)],
    ACCEPTED_IN_LIFECYCLE,
  ],
])('All features of %s have only accepted cdk-nag findings, each of which exists', (_, makes, accepted) => {
  const found = findingsIn(makes);
  expect(found.filter((id) => !accepted.some(([pattern]) => pattern.test(id)))).toEqual([]);
  expect(accepted.filter(([pattern]) => !found.some((id) => pattern.test(id)))).toEqual([]);
});
