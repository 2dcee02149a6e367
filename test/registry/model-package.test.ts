import { RemovalPolicy, type Stack, Tags, aws_ecr as ecr, aws_iam as iam, aws_s3 as s3 } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  AlgorithmImages,
  ContainerImage,
  InstanceType,
  ModelApprovalStatus,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  type ModelPackageProps,
} from '../../lib';
import { ACCOUNT, REGION, errorOf, image, newAlgorithm, newStack, onlyResource, placedStack } from '../stacks';

const TYPE = 'AWS::SageMaker::ModelPackage';
const GROUP = 'AWS::SageMaker::ModelPackageGroup';
const INFERENCE = { contentTypes: ['text/csv'], responseMimeTypes: ['text/csv'] };
const INSTANCES = {
  realtimeInstanceTypes: [InstanceType.ML_C7I_LARGE],
  transformInstanceTypes: [InstanceType.ML_M5_XLARGE],
};

function data(stack: Stack): ModelData {
  return ModelData.fromObject(s3.Bucket.fromBucketName(stack, 'Data', 'models'), 'churn/model.tar.gz');
}

const DATA_URL = 's3://models/churn/model.tar.gz';

function newPackage(stack: Stack, props: Partial<ModelPackageProps> = {}): ModelPackage {
  return new ModelPackage(stack, 'Package', { modelData: data(stack), ...props });
}

function template(stack: Stack, type: string): Record<string, unknown> {
  return Object.values(Template.fromStack(stack).findResources(type))[0];
}

describe('A version of a group', () => {
  test('says itself how it serves when it comes from an own algorithm', () => {
    const stack = newStack();
    newPackage(stack, { group: new ModelPackageGroup(stack, 'Group'), algorithm: newAlgorithm(stack) });
    const props = onlyResource(stack, TYPE);
    expect(props).toMatchObject({
      ModelApprovalStatus: 'PendingManualApproval',
      InferenceSpecification: {
        Containers: [{ Image: 'example.com/algorithm:1', ModelDataUrl: DATA_URL }],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['application/json'],
        SupportedRealtimeInferenceInstanceTypes: ['ml.c7i.large'],
        SupportedTransformInstanceTypes: ['ml.m5.xlarge'],
      },
    });
    expect(props).not.toHaveProperty('SourceAlgorithmSpecification');
    expect(props).not.toHaveProperty('ModelPackageName');
  });

  test('comes from an image when there is no algorithm', () => {
    const stack = newStack();
    newPackage(stack, {
      group: new ModelPackageGroup(stack, 'Group', { modelPackageGroupName: 'churn' }),
      image: image('serve'),
      inference: { ...INFERENCE, environment: { A: '1' } },
      approvalStatus: ModelApprovalStatus.APPROVED,
      description: 'The first',
    });
    expect(onlyResource(stack, TYPE)).toEqual({
      ModelPackageGroupName: 'churn',
      ModelApprovalStatus: 'Approved',
      ModelPackageDescription: 'The first',
      InferenceSpecification: {
        Containers: [{ Image: 'example.com/algorithm:serve', ModelDataUrl: DATA_URL, Environment: { A: '1' } }],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
      },
    });
  });

  test('names a subscribed algorithm, of which nothing is known here', () => {
    const stack = newStack();
    const arn = 'arn:aws:sagemaker:us-east-1:999988887777:algorithm/churn';
    const algorithm = Algorithm.fromAlgorithmArn(stack, 'Algorithm', arn);
    newPackage(stack, { group: new ModelPackageGroup(stack, 'Group'), algorithm });
    expect(onlyResource(stack, TYPE).SourceAlgorithmSpecification).toEqual({
      SourceAlgorithms: [{ AlgorithmName: arn, ModelDataUrl: DATA_URL }],
    });
  });

  test('has no tags, whatever the scope is tagged with', () => {
    const stack = newStack();
    newPackage(stack, { group: new ModelPackageGroup(stack, 'Group'), algorithm: newAlgorithm(stack) });
    Tags.of(stack).add('team', 'fraud');
    expect(onlyResource(stack, TYPE)).not.toHaveProperty('Tags');
    expect(onlyResource(stack, GROUP)).toHaveProperty('Tags');
  });

  test('is retained when it is replaced or removed, and undone when its creation fails', () => {
    const stack = newStack();
    newPackage(stack, { group: new ModelPackageGroup(stack, 'Group'), algorithm: newAlgorithm(stack) });
    expect(template(stack, TYPE)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('is retained when it is replaced, even if it is to be destroyed when removed', () => {
    const stack = newStack();
    const removalPolicy = RemovalPolicy.DESTROY;
    newPackage(stack, { group: new ModelPackageGroup(stack, 'Group'), algorithm: newAlgorithm(stack), removalPolicy });
    expect(template(stack, TYPE)).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain' });
  });

  test('names the group of another account by its ARN', () => {
    const stack = placedStack();
    const arn = 'arn:aws:sagemaker:eu-west-1:999988887777:model-package-group/churn';
    const group = ModelPackageGroup.fromModelPackageGroupArn(stack, 'Group', arn);
    newPackage(stack, { group, algorithm: newAlgorithm(stack) });
    expect(onlyResource(stack, TYPE).ModelPackageGroupName).toBe(arn);
  });

  test('names the group of this account by its name', () => {
    const stack = placedStack();
    const group = ModelPackageGroup.fromModelPackageGroupName(stack, 'Group', 'churn');
    newPackage(stack, { group, algorithm: newAlgorithm(stack) });
    expect(onlyResource(stack, TYPE).ModelPackageGroupName).toBe('churn');
  });
});

describe('An unversioned package', () => {
  test('names its algorithm, and has tags', () => {
    const stack = newStack();
    const algorithm = newAlgorithm(stack);
    newPackage(stack, { algorithm });
    Tags.of(stack).add('team', 'fraud');
    expect(onlyResource(stack, TYPE)).toMatchObject({
      ModelPackageName: expect.stringMatching(/^Stack-Package-[A-F0-9]{8}-[0-9a-f]{10}$/) as unknown,
      SourceAlgorithmSpecification: {
        SourceAlgorithms: [{ AlgorithmName: stack.resolve(algorithm.algorithmName) as string, ModelDataUrl: DATA_URL }],
      },
      Tags: [{ Key: 'team', Value: 'fraud' }],
    });
  });

  test('comes from an image, under a name that starts as given', () => {
    const stack = newStack();
    newPackage(stack, {
      image: image(),
      inference: { ...INFERENCE, ...INSTANCES },
      modelPackageName: 'churn',
      certifyForMarketplace: true,
    });
    expect(onlyResource(stack, TYPE)).toMatchObject({
      ModelPackageName: expect.stringMatching(/^churn-[0-9a-f]{10}$/) as unknown,
      CertifyForMarketplace: true,
      InferenceSpecification: { SupportedTransformInstanceTypes: ['ml.m5.xlarge'] },
    });
  });

  test('is deleted with its stack', () => {
    const stack = newStack();
    newPackage(stack, { algorithm: newAlgorithm(stack) });
    expect(template(stack, TYPE)).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  test('gets another name when its data or its revision changes', () => {
    const names = [{}, { modelData: 'other/model.tar.gz' }, { revision: '2' }].map(({ modelData, ...props }) => {
      const stack = newStack();
      const bucket = s3.Bucket.fromBucketName(stack, 'Other', 'models');
      const change = modelData === undefined ? {} : { modelData: ModelData.fromObject(bucket, modelData) };
      newPackage(stack, { algorithm: newAlgorithm(stack), ...props, ...change });
      return onlyResource(stack, TYPE).ModelPackageName;
    });
    expect(new Set(names).size).toBe(3);
  });
});

test('A model package grants nothing to anybody when it only names its image and data', () => {
  const stack = newStack();
  const repository = new ecr.Repository(stack, 'Repository');
  newPackage(stack, {
    group: new ModelPackageGroup(stack, 'Group'),
    image: ContainerImage.fromEcrRepository(repository, { tag: '1' }),
    inference: INFERENCE,
    modelData: ModelData.fromObject(new s3.Bucket(stack, 'Bucket'), 'model.tar.gz'),
  });
  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::S3::BucketPolicy', 0);
  template.hasResourceProperties('AWS::ECR::Repository', { RepositoryPolicyText: Match.absent() });
});

describe('A model package is refused', () => {
  test.each<[string, (stack: Stack) => Partial<ModelPackageProps>, string]>([
    [
      'without algorithm and image',
      () => ({}),
      'either `algorithm`, or `image` and `inference`, or `containers` and `inference` must be specified',
    ],
    [
      'with an image of which nothing is said',
      () => ({ image: image() }),
      'either `algorithm`, or `image` and `inference`',
    ],
    [
      'with an algorithm and an image',
      (stack) => ({ algorithm: newAlgorithm(stack), image: image() }),
      '`image`, `inference` and `containers` must not be specified with `algorithm`',
    ],
    [
      'with an algorithm that only trains',
      (stack) => ({
        algorithm: newAlgorithm(stack, { images: AlgorithmImages.trainingOnly(image()), inference: undefined }),
      }),
      '`algorithm` Stack/Algorithm must have an inference specification',
    ],
    [
      'when a version has a name, a marketplace listing and a revision',
      (stack) => ({
        group: new ModelPackageGroup(stack, 'Group'),
        algorithm: newAlgorithm(stack),
        modelPackageName: 'a',
        certifyForMarketplace: false,
        revision: '1',
      }),
      'has 3 validation errors:\n  - `modelPackageName` is not supported for a version of a `group`',
    ],
    [
      'when an unversioned package is approved',
      (stack) => ({ algorithm: newAlgorithm(stack), approvalStatus: ModelApprovalStatus.APPROVED }),
      '`approvalStatus` requires a `group`',
    ],
    [
      'when an unversioned package does not say where it runs',
      () => ({ image: image(), inference: INFERENCE }),
      '`inference.realtimeInstanceTypes` must have at least 1 entry for an unversioned package',
    ],
    [
      'when its name is none',
      (stack) => ({ algorithm: newAlgorithm(stack), modelPackageName: '-a' }),
      '`modelPackageName` must start and end with a letter or digit',
    ],
    [
      'when its description is too long',
      (stack) => ({ algorithm: newAlgorithm(stack), description: 'x'.repeat(1025) }),
      '`description` must have at most 1024 characters',
    ],
  ])('%s', (_, props, fault) => {
    const stack = newStack();
    expect(errorOf(() => newPackage(stack, props(stack)))).toContain(fault);
  });
});

describe('A model package group', () => {
  test('has a name made of its path, and is retained', () => {
    const stack = newStack();
    new ModelPackageGroup(stack, 'Group');
    expect(template(stack, GROUP)).toMatchObject({
      Properties: { ModelPackageGroupName: expect.stringMatching(/^Stack-Group-[A-F0-9]{8}$/) as unknown },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('has the name, description and removal policy that it is given', () => {
    const stack = newStack();
    new ModelPackageGroup(stack, 'Group', {
      modelPackageGroupName: 'churn',
      description: 'All of them',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    expect(template(stack, GROUP)).toMatchObject({
      Properties: { ModelPackageGroupName: 'churn', ModelPackageGroupDescription: 'All of them' },
      DeletionPolicy: 'Delete',
    });
  });

  test('is refused when name and description are none', () => {
    const props = { modelPackageGroupName: 'a b', description: 'x'.repeat(1025) };
    expect(errorOf(() => new ModelPackageGroup(newStack(), 'Group', props))).toContain('has 2 validation errors');
  });

  test('grants rights on itself alone', () => {
    const stack = placedStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    ModelPackageGroup.fromModelPackageGroupName(stack, 'Group', 'Churn').grant(
      role,
      'sagemaker:DescribeModelPackageGroup',
    );
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sagemaker:DescribeModelPackageGroup',
            Resource: {
              'Fn::Join': [
                '',
                ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:${REGION}:${ACCOUNT}:model-package-group/churn`],
              ],
            },
          },
        ],
      },
    });
  });
});
