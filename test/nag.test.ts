// Runs only with the newest aws-cdk-lib: older versions cannot acknowledge findings whose ID contains "::".
import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { FEATURES } from './features';
import { synthesizedExample } from './synthesized-example';

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

describe('The example app', () => {
  test.each(['combined', 'split'])('with %s images has only accepted cdk-nag findings', (layout) => {
    const synthesize = (): App =>
      synthesizedExample(layout, (app) => {
        Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
        Validations.of(app).acknowledge(...accepted().map(([id, reason]) => ({ id: `AwsSolutions::${id}`, reason })));
      });
    expect(synthesize).not.toThrow();
  });

  test('is rejected by cdk-nag without accepted findings', () => {
    const synthesize = (): App =>
      synthesizedExample('combined', (app) => void Validations.of(app).addPlugins(new AwsSolutionsChecks(app)));
    expect(synthesize).toThrow('server access logs disabled');
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
  [/VPC7/, 'The VPC belongs to the test.'],
];

test('All features of hosting and the model registry have only accepted cdk-nag findings', () => {
  process.env.CDK_VALIDATION = 'true';
  const app = new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
  Object.values(FEATURES).forEach(({ make }, index) => make(new Stack(app, `Stack${index}`)));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  let report = '';
  try {
    app.synth();
  } catch (error) {
    report = (error as Error).message;
  } finally {
    process.env.CDK_VALIDATION = 'false';
  }
  const found = [...new Set(report.match(/(?<=Acknowledge with ')[^\n]+(?='\n|'$)/gm) ?? [])];
  expect(found.length).toBeGreaterThan(10);
  expect(found.filter((id) => !ACCEPTED_IN_FEATURES.some(([pattern]) => pattern.test(id)))).toEqual([]);
});
