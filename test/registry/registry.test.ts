import { type Stack, aws_events_targets as targets, aws_iam as iam, aws_sns as sns } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  FileSource,
  type IModelPackageGroup,
  InstanceType,
  Model,
  ModelApprovalStatus,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  type ModelPackageProps,
  TrainingOutputCompression,
  TrainingJob,
  TrainingOutput,
  TrainingResources,
  TransformInput,
  TransformOutput,
  TransformResources,
} from '../../lib';
import { GROUP, MODEL, PACKAGE, bucket } from '../features';
import { ACCOUNT, REGION, image, newAlgorithm, newStack, onlyResource, placedStack, statementsOf } from '../stacks';

const PARTITION = { Ref: 'AWS::Partition' };
const arn = (rest: string): object => ({ 'Fn::Join': ['', ['arn:', PARTITION, rest]] });
const GROUP_ARN = arn(`:sagemaker:${REGION}:${ACCOUNT}:model-package-group/churn`);
const VERSIONS = arn(`:sagemaker:${REGION}:${ACCOUNT}:model-package/churn/*`);
const OTHER_ACCOUNT = '444455556666';

function group(stack: Stack): ModelPackageGroup {
  return new ModelPackageGroup(stack, 'Group', { modelPackageGroupName: 'Churn' });
}

function version(stack: Stack, props: Partial<ModelPackageProps> = {}): ModelPackage {
  return new ModelPackage(stack, 'Package', {
    group: group(stack),
    algorithm: newAlgorithm(stack),
    modelData: ModelData.fromObject(bucket(stack), 'model.tar.gz'),
    ...props,
  });
}

type Grant = (of: IModelPackageGroup, to: iam.IGrantable) => iam.Grant;

const GRANTS: [string, Grant, string | string[], string[]][] = [
  [
    'see versions',
    (of, to) => of.grantDescribe(to),
    'sagemaker:DescribeModelPackageGroup',
    ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
  ],
  [
    'register versions',
    (of, to) => of.grantRegister(to),
    ['sagemaker:DescribeModelPackageGroup', 'sagemaker:CreateModelPackage'],
    ['sagemaker:CreateModelPackage', 'sagemaker:DescribeModelPackage'],
  ],
  [
    'approve versions',
    (of, to) => of.grantApprove(to),
    'sagemaker:DescribeModelPackageGroup',
    ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages', 'sagemaker:UpdateModelPackage'],
  ],
  [
    'make models of versions',
    (of, to) => of.grantCreateModel(to),
    'sagemaker:DescribeModelPackageGroup',
    ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages', 'sagemaker:CreateModel'],
  ],
];

describe('A group lets', () => {
  test.each(GRANTS)('a role of its account %s by the policy of the role alone', (_, grant, ofGroup, ofVersions) => {
    const stack = placedStack();
    const role = new iam.Role(stack, 'User', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    grant(group(stack), role);
    expect(statementsOf(stack, 'User')).toEqual([
      { Effect: 'Allow', Action: ofGroup, Resource: GROUP_ARN },
      { Effect: 'Allow', Action: ofVersions, Resource: VERSIONS },
    ]);
    expect(onlyResource(stack, GROUP)).not.toHaveProperty('ModelPackageGroupPolicy');
  });

  test.each(GRANTS)('another account %s by a policy of its own', (_, grant, ofGroup, ofVersions) => {
    const stack = placedStack();
    grant(group(stack), new iam.AccountPrincipal(OTHER_ACCOUNT));
    const principal = { AWS: arn(`:iam::${OTHER_ACCOUNT}:root`) };
    expect(onlyResource(stack, GROUP).ModelPackageGroupPolicy).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: principal, Action: ofGroup, Resource: GROUP_ARN },
        { Effect: 'Allow', Principal: principal, Action: ofVersions, Resource: VERSIONS },
      ],
    });
  });

  test('whatever is said in addition', () => {
    const stack = placedStack();
    const statement = new iam.PolicyStatement({
      actions: ['sagemaker:DescribeModelPackageGroup'],
      principals: [new iam.OrganizationPrincipal('o-0123456789')],
      resources: ['arn:aws:sagemaker:*:*:model-package-group/churn'],
    });
    expect(group(stack).addToResourcePolicy(statement).statementAdded).toBe(true);
    expect(JSON.stringify(onlyResource(stack, GROUP).ModelPackageGroupPolicy)).toContain(
      '"aws:PrincipalOrgID":"o-0123456789"',
    );
  });
});

describe('A change of approval', () => {
  test.each<[string, ModelApprovalStatus | undefined, object]>([
    ['of any kind', undefined, { ModelPackageGroupName: ['Churn'] }],
    [
      'of one kind',
      ModelApprovalStatus.APPROVED,
      { ModelPackageGroupName: ['Churn'], ModelApprovalStatus: ['Approved'] },
    ],
  ])('%s in this group reaches its target', (_, approvalStatus, detail) => {
    const stack = newStack();
    const topic = new sns.Topic(stack, 'Topic');
    group(stack).onApprovalStatusChange('Changed', { approvalStatus, target: new targets.SnsTopic(topic) });
    expect(onlyResource(stack, 'AWS::Events::Rule')).toMatchObject({
      EventPattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Model Package State Change'],
        detail,
      },
      Targets: [{ Arn: { Ref: expect.any(String) as unknown } }],
    });
  });
});

describe('A package', () => {
  test('knows how many containers it has, and what they need', () => {
    const stack = newStack();
    expect(version(stack).containerCount).toBe(1);
    expect(
      version(newStack(), {
        algorithm: undefined,
        containers: [{ image: image('a') }, { image: image('b') }],
        modelData: undefined,
        inference: { contentTypes: ['text/csv'], responseMimeTypes: ['text/csv'] },
      }).containerCount,
    ).toBe(2);
  });

  test('keeps its name when only what is changed in place changes', () => {
    const name = (customerMetadata?: { [key: string]: string }): unknown => {
      const stack = newStack();
      version(stack, { group: undefined, customerMetadata });
      return onlyResource(stack, PACKAGE).ModelPackageName;
    };
    expect(name({ team: 'a' })).toBe(name());
  });

  test('that is validated comes after the role of its validation, which may read and write what that does', () => {
    const stack = placedStack();
    version(stack, {
      group: undefined,
      validationProfile: {
        profileName: 'smoke',
        transform: {
          input: TransformInput.fromBucket(bucket(stack), 'in/'),
          output: TransformOutput.toBucket(bucket(stack), 'out'),
          resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
        },
      },
    });
    const [resource] = Object.values(Template.fromStack(stack).findResources(PACKAGE));
    expect(resource.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^PackageRoleDefaultPolicy/)]));
    const text = JSON.stringify(statementsOf(stack, 'PackageRole'));
    for (const object of ['models/in/*', 'models/out/*', 'models/model.tar.gz']) expect(text).toContain(object);
  });

  test('takes descriptions from files of this machine', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'metrics-')), 'statistics.json');
    writeFileSync(file, '{}');
    const stack = newStack();
    const statistics = FileSource.fromAsset(file);
    version(stack, { metrics: { modelQuality: { statistics, constraints: statistics } } });
    expect(JSON.stringify(onlyResource(stack, PACKAGE).ModelMetrics)).toMatch(/s3:\/\/.*\.json/);
  });

  test('grants what its additional specification needs, where that is hosted', () => {
    const stack = placedStack();
    const modelPackage = version(stack, {
      approvalStatus: ModelApprovalStatus.APPROVED,
      additionalInferenceSpecifications: [
        {
          name: 'gpu',
          containers: [{ image: image('gpu'), modelData: ModelData.fromObject(bucket(stack), 'gpu.tar.gz') }],
        },
      ],
    });
    new Model(stack, 'Model', { modelPackage, inferenceSpecificationName: 'gpu' });
    const text = JSON.stringify(statementsOf(stack, 'ModelRole'));
    expect(text).toContain('models/gpu.tar.gz');
    expect(text).not.toContain('models/model.tar.gz');
  });
});

test('A model that training has not packed is hosted as it is', () => {
  const stack = newStack();
  const job = new TrainingJob(stack, 'Train', {
    image: image(),
    resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    output: TrainingOutput.toBucket(bucket(stack), 'out', { compression: TrainingOutputCompression.NONE }),
  });
  new Model(stack, 'Model', { image: image(), modelData: job.modelData });
  expect(onlyResource(stack, MODEL).PrimaryContainer).toEqual({
    Image: 'example.com/algorithm:1',
    ModelDataSource: {
      S3DataSource: {
        S3Uri: { 'Fn::GetAtt': [expect.stringMatching(/^TrainJob/), 'ModelDataUrl'] },
        S3DataType: 'S3Prefix',
        CompressionType: 'None',
      },
    },
  });
});
