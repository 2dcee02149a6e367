// With the newest aws-cdk-lib only: older ones cannot acknowledge findings whose name has "::" in it.
import { App, Stack, Validations, type aws_s3_assets as assets } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { FEATURES } from './features';
import { synthesizedExample } from './synthesized-example';

const LOGS = 'arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/sagemaker';
const SAGEMAKER = 'arn:<AWS::Partition>:sagemaker:<AWS::Region>:<AWS::AccountId>';
const READERS = 'The grant that the CDK gives readers, confined to the objects that are named.';

/** What cdk-nag finds in the example, and why it stays. */
function accepted(app: App): [string, string][] {
  const stack = app.node.findChild('BreastCancer');
  const data = ['train', 'validation'].map(
    (channel) => (stack.node.findChild(`Data-${channel}`) as assets.Asset).s3ObjectKey,
  );
  const wildcards: [string, string][] = [
    ['Action::s3:GetObject*', READERS],
    ['Action::s3:GetBucket*', READERS],
    ['Action::s3:List*', READERS],
    ['Action::s3:Abort*', 'The grant that the CDK gives writers, confined to the prefix of the output.'],
    ...data.map((key): [string, string] => [
      `Resource::arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/${key}*`,
      'A training channel is all objects whose key starts so: here, one file whose name is its hash.',
    ]),
    [
      'Resource::<Artifacts82DD59A1.Arn>/breast-cancer/*',
      'Each job has a folder of its own below the prefix of the output.',
    ],
    [
      `Resource::${LOGS}/Endpoints/*`,
      'A model may be behind any endpoint, and each endpoint has a log group that is named after it.',
    ],
    [
      `Resource::${LOGS}/TransformJobs:*`,
      'What follows the name of a log group is its streams, which are named after jobs.',
    ],
    [
      `Resource::${LOGS}/TrainingJobs:*`,
      'What follows the name of a log group is its streams, which are named after jobs.',
    ],
    ...['training-job', 'hyper-parameter-tuning-job', 'transform-job', 'algorithm'].map((kind): [string, string] => [
      `Resource::${SAGEMAKER}:${kind}/breastca-5598-*`,
      'All jobs of this stack; one that was removed from it must still be stopped.',
    ]),
    [
      `Resource::${SAGEMAKER}:training-job/breastca-5598-breastcancer-train-4089c6d2-*`,
      'The hash at the end of a job’s name is made at deployment, of values that are known then.',
    ],
    [
      'Resource::<SageMakerJobsFunction9587705B.Arn>:*',
      'The grant that the CDK gives callers: the versions of one function.',
    ],
    [
      'Resource::*',
      'PutMetricData (confined to the namespaces of the service by a condition) and GetAuthorizationToken know no resources.',
    ],
  ];
  return [
    ...wildcards.map(([finding, reason]): [string, string] => [`AwsSolutions-IAM5[${finding}]`, reason]),
    ['AwsSolutions-S1', 'The bucket holds models of a public data set; access logs would need a second bucket.'],
    ['AwsSolutions-SF1', 'The waiter handles no data, and its execution history keeps every event for 90 days.'],
    ['AwsSolutions-SF2', 'The waiter only waits and looks; there is no latency to trace.'],
  ];
}

describe('The example app', () => {
  test.each(['combined', 'split'])('with %s images passes cdk-nag, but for what is argued', (layout) => {
    const nagged = (): App =>
      synthesizedExample(layout, (app) => {
        Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
        Validations.of(app).acknowledge(
          ...accepted(app).map(([id, reason]) => ({ id: `AwsSolutions::${id}`, reason })),
        );
      });
    expect(nagged).not.toThrow();
  });

  test('would fail cdk-nag if something were not argued', () => {
    const nagged = (): App =>
      synthesizedExample('combined', (app) => void Validations.of(app).addPlugins(new AwsSolutionsChecks(app)));
    expect(nagged).toThrow('server access logs disabled');
  });
});

/** What cdk-nag may find in all that can be hosted, and why it stays. */
const HOSTING: [RegExp, string][] = [
  [
    /IAM5\[Resource::arn:<AWS::Partition>:logs:.*:log-group:\/aws\/sagemaker\/(Endpoints|InferenceComponents)\/\*\]/,
    'A model may be behind any endpoint, and each endpoint has a log group that is named after it.',
  ],
  [
    /IAM5\[Resource::arn:<AWS::Partition>:logs:.*:log-group:\/aws\/sagemaker\/TransformJobs:\*\]/,
    'What follows the name of a log group is its streams, which are named after jobs.',
  ],
  [/IAM5\[Action::(s3:(GetObject|GetBucket|List|Abort)|kms:(ReEncrypt|GenerateDataKey))\*\]/, 'Grants of the CDK.'],
  [/IAM5\[Resource::arn:<AWS::Partition>:s3:::models\/[a-z]+\/\*\]/, 'The objects below a place that the user names.'],
  [
    /IAM5\[Resource::\*\]/,
    'PutMetricData (confined by a condition), GetAuthorizationToken, message channels of a shell and network interfaces know no resources.',
  ],
  [/VPC7/, 'The network is the test’s own.'],
];

test('All that can be hosted passes cdk-nag, but for what is argued', () => {
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
  expect(found.filter((id) => !HOSTING.some(([pattern]) => pattern.test(id)))).toEqual([]);
});
