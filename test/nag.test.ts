// With the newest aws-cdk-lib only: older ones cannot acknowledge findings whose name has "::" in it.
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { synthesizedExample } from './synthesized-example';

/** What cdk-nag finds in the example, and why it stays. */
const ACCEPTED: [string, string][] = [
  [
    'AwsSolutions-S1',
    'The bucket holds a public data set; access logs would need a second bucket that tells nothing more.',
  ],
  [
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/sagemaker/Endpoints/*]',
    'A model may be behind any endpoint, and each endpoint has a log group that is named after it.',
  ],
  [
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/sagemaker/TransformJobs:*]',
    'What follows the name of a log group is its streams, which are named after jobs and instances.',
  ],
  [
    'AwsSolutions-IAM5[Resource::*]',
    'PutMetricData (confined to the namespaces of the service by a condition) and GetAuthorizationToken know no resources.',
  ],
  ['AwsSolutions-IAM5[Action::s3:GetObject*]', 'The grant that the CDK gives readers, for one object of one bucket.'],
  ['AwsSolutions-IAM5[Action::s3:GetBucket*]', 'The grant that the CDK gives readers, for one object of one bucket.'],
  ['AwsSolutions-IAM5[Action::s3:List*]', 'The grant that the CDK gives readers, for one object of one bucket.'],
];

describe('The example app', () => {
  test.each(['combined', 'split'])('with %s images passes cdk-nag, but for what is argued', (layout) => {
    const nagged = (): App =>
      synthesizedExample(layout, (app) => {
        Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
        Validations.of(app).acknowledge(...ACCEPTED.map(([id, reason]) => ({ id: `AwsSolutions::${id}`, reason })));
      });
    expect(nagged).not.toThrow();
  });

  test('would fail cdk-nag if something were not argued', () => {
    const nagged = (): App =>
      synthesizedExample('combined', (app) => void Validations.of(app).addPlugins(new AwsSolutionsChecks(app)));
    expect(nagged).toThrow('server access logs disabled');
  });
});
