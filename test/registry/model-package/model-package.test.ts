import { aws_ecr as ecr, aws_iam as iam, aws_s3 as s3, RemovalPolicy, type Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  ContainerImage,
  InstanceType,
  Model,
  ModelApprovalStatus,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  type ModelPackageProps,
  S3Location,
  TransformInput,
  TransformOutput,
  TransformResources,
} from '../../../lib';
import { bucket, GROUP, PACKAGE } from '../../features';
import { newVersion } from '../../hosting-fixtures';
import { image, newAlgorithm, newStack, onlyResource, placedStack, statementsOf } from '../../stacks';

const INFERENCE = { contentTypes: ['text/csv'], responseMimeTypes: ['text/csv'] };

function newPackage(stack: Stack, props: Partial<ModelPackageProps> = {}): ModelPackage {
  const modelData = ModelData.fromObject(s3.Bucket.fromBucketName(stack, 'Data', 'models'), 'churn/model.tar.gz');
  return new ModelPackage(stack, 'Package', { modelData, ...props });
}

const INSTANCES = {
  realtimeInstanceTypes: [InstanceType.ML_C7I_LARGE],
  transformInstanceTypes: [InstanceType.ML_M5_XLARGE],
};
const DATA_URL = 's3://models/churn/model.tar.gz';

function template(stack: Stack, type: string): Record<string, unknown> {
  return Object.values(Template.fromStack(stack).findResources(type))[0];
}

describe('A version of a model package group', () => {
  test('has the inference specification of its algorithm', () => {
    const stack = newStack();
    newPackage(stack, { group: new ModelPackageGroup(stack, 'Group'), algorithm: newAlgorithm(stack) });
    const props = onlyResource(stack, PACKAGE);
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

  test('can be defined by an image and an inference specification', () => {
    const stack = newStack();
    newPackage(stack, {
      group: new ModelPackageGroup(stack, 'Group', { modelPackageGroupName: 'churn' }),
      image: image('serve'),
      inference: { ...INFERENCE, environment: { A: '1' } },
      approvalStatus: ModelApprovalStatus.APPROVED,
      description: 'The first',
    });
    expect(onlyResource(stack, PACKAGE)).toEqual({
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

  test('refers to an imported algorithm, whose image is unknown', () => {
    const stack = newStack();
    const arn = 'arn:aws:sagemaker:us-east-1:999988887777:algorithm/churn';
    const algorithm = Algorithm.fromAlgorithmArn(stack, 'Algorithm', arn);
    newPackage(stack, { group: new ModelPackageGroup(stack, 'Group'), algorithm });
    expect(onlyResource(stack, PACKAGE).SourceAlgorithmSpecification).toEqual({
      SourceAlgorithms: [{ AlgorithmName: arn, ModelDataUrl: DATA_URL }],
    });
  });

  test('has no tags even if its scope is tagged', () => {
    const stack = newStack();
    newPackage(stack, { group: new ModelPackageGroup(stack, 'Group'), algorithm: newAlgorithm(stack) });
    Tags.of(stack).add('team', 'fraud');
    expect(onlyResource(stack, PACKAGE)).not.toHaveProperty('Tags');
    expect(onlyResource(stack, GROUP)).toHaveProperty('Tags');
  });

  test('is retained when it is replaced or removed, but not when its creation fails', () => {
    const stack = newStack();
    newPackage(stack, { group: new ModelPackageGroup(stack, 'Group'), algorithm: newAlgorithm(stack) });
    expect(template(stack, PACKAGE)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('and a model with a name that hosts it differ in the custom metadata alone if the commit changes', () => {
    const resources = (commitId?: string): string => {
      const stack = newStack();
      new Model(stack, 'Model', {
        modelName: 'churn',
        modelPackage: newVersion(stack, { commitId, approvalStatus: ModelApprovalStatus.APPROVED }),
      });
      return JSON.stringify(Template.fromStack(stack).toJSON());
    };
    const added = resources('0a1b2c3');
    expect(resources('4d5e6f7')).toBe(added.replaceAll('0a1b2c3', '4d5e6f7'));
    expect(added.replace('"CustomerMetadataProperties":{"commitId":"0a1b2c3"},', '')).toBe(resources());
  });

  test('is retained when it is replaced even if its removal policy is DESTROY', () => {
    const stack = newStack();
    const removalPolicy = RemovalPolicy.DESTROY;
    newPackage(stack, { group: new ModelPackageGroup(stack, 'Group'), algorithm: newAlgorithm(stack), removalPolicy });
    expect(template(stack, PACKAGE)).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain' });
  });

  test('refers to a group of another account by its ARN', () => {
    const stack = placedStack();
    const arn = 'arn:aws:sagemaker:eu-west-1:999988887777:model-package-group/churn';
    const group = ModelPackageGroup.fromModelPackageGroupArn(stack, 'Group', arn);
    newPackage(stack, { group, algorithm: newAlgorithm(stack) });
    expect(onlyResource(stack, PACKAGE).ModelPackageGroupName).toBe(arn);
  });

  test('refers to a group of the same account by its name', () => {
    const stack = placedStack();
    const group = ModelPackageGroup.fromModelPackageGroupName(stack, 'Group', 'churn');
    newPackage(stack, { group, algorithm: newAlgorithm(stack) });
    expect(onlyResource(stack, PACKAGE).ModelPackageGroupName).toBe('churn');
  });
});

describe('An unversioned model package', () => {
  test('refers to its algorithm, and has tags', () => {
    const stack = newStack();
    const algorithm = newAlgorithm(stack);
    newPackage(stack, { algorithm });
    Tags.of(stack).add('team', 'fraud');
    expect(onlyResource(stack, PACKAGE)).toMatchObject({
      ModelPackageName: expect.stringMatching(/^Stack-Package-[A-F0-9]{8}-[0-9a-f]{10}$/) as unknown,
      SourceAlgorithmSpecification: {
        SourceAlgorithms: [{ AlgorithmName: stack.resolve(algorithm.algorithmName) as string, ModelDataUrl: DATA_URL }],
      },
      Tags: [{ Key: 'team', Value: 'fraud' }],
    });
  });

  test('can be defined by an image and a name prefix', () => {
    const stack = newStack();
    newPackage(stack, {
      image: image(),
      inference: { ...INFERENCE, ...INSTANCES },
      modelPackageName: 'churn',
      certifyForMarketplace: true,
    });
    expect(onlyResource(stack, PACKAGE)).toMatchObject({
      ModelPackageName: expect.stringMatching(/^churn-[0-9a-f]{10}$/) as unknown,
      CertifyForMarketplace: true,
      InferenceSpecification: { SupportedTransformInstanceTypes: ['ml.m5.xlarge'] },
    });
  });

  test('is deleted with its stack', () => {
    const stack = newStack();
    newPackage(stack, { algorithm: newAlgorithm(stack) });
    expect(template(stack, PACKAGE)).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  test('has a new name if its model data or its revision changes', () => {
    const names = [{}, { modelData: 'other/model.tar.gz' }, { revision: '2' }].map(({ modelData, ...props }) => {
      const stack = newStack();
      const bucket = s3.Bucket.fromBucketName(stack, 'Other', 'models');
      const change = modelData === undefined ? {} : { modelData: ModelData.fromObject(bucket, modelData) };
      newPackage(stack, { algorithm: newAlgorithm(stack), ...props, ...change });
      return onlyResource(stack, PACKAGE).ModelPackageName;
    });
    expect(new Set(names).size).toBe(3);
  });

  test('keeps its name if only its custom metadata changes', () => {
    const name = (customerMetadata?: { [key: string]: string }): unknown => {
      const stack = newStack();
      newVersion(stack, { group: undefined, customerMetadata });
      return onlyResource(stack, PACKAGE).ModelPackageName;
    };
    expect(name({ team: 'a' })).toBe(name());
  });

  test('keeps its name if only its commit changes', () => {
    const packageOf = (commitId: string): Record<string, unknown> => {
      const stack = newStack();
      newVersion(stack, { group: undefined, customerMetadata: { team: 'a' }, commitId });
      return onlyResource(stack, PACKAGE);
    };
    const [before, after] = ['0a1b2c3', '4d5e6f7'].map(packageOf);
    expect(after).toEqual({ ...before, CustomerMetadataProperties: { team: 'a', commitId: '4d5e6f7' } });
  });

  test('depends on its validation role, which has permission to read the input and write the output', () => {
    const stack = placedStack();
    newVersion(stack, {
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
});

describe('A model package', () => {
  test('has a known number of containers', () => {
    const stack = newStack();
    expect(newVersion(stack).containerCount).toBe(1);
    expect(
      newVersion(newStack(), {
        algorithm: undefined,
        containers: [{ image: image('a') }, { image: image('b') }],
        modelData: undefined,
        inference: { contentTypes: ['text/csv'], responseMimeTypes: ['text/csv'] },
      }).containerCount,
    ).toBe(2);
  });

  test('grants a model the permissions of the additional inference specification that it hosts', () => {
    const stack = placedStack();
    const modelPackage = newVersion(stack, {
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

  test('grants no permissions unless it is hosted', () => {
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
});

describe('Permission for another account to host a model package', () => {
  const grantTo = (stack: Stack, image: ContainerImage, modelData: ModelData): string[] => {
    const group = new ModelPackageGroup(stack, 'Group');
    const modelPackage = new ModelPackage(stack, 'Package', { group, image, modelData, inference: INFERENCE });
    modelPackage.grantHost(new iam.AccountPrincipal('999988887777'));
    return Annotations.fromStack(stack)
      .findWarning('*', Match.stringLikeRegexp('has no permission'))
      .map(({ entry }) => (entry.data as string).replace(/\nSee .*/, ''));
  };

  test('is a warning for an image and data outside of the app, whose policies it cannot change', () => {
    const stack = newStack();
    const data = ModelData.fromObject(s3.Bucket.fromBucketName(stack, 'Data', 'models'), 'churn/model.tar.gz');
    const principal = 'AccountPrincipal(999988887777) has no permission to';
    const outside = 'the policies of both are outside of this app';
    expect(grantTo(stack, ContainerImage.fromAsset('test/fixtures/image'), data)).toEqual([
      `${principal} read objects of bucket Stack/Data: ${outside}. Grant it in the policy of the bucket.`,
      `${principal} pull images of the repository: ${outside}. Grant it in the policy of the repository, or use a repository that this app creates with ContainerImage.fromEcrRepository().`,
    ]);
  });

  test('is no warning for a role of the app with conditions', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.AccountRootPrincipal() });
    const principal = new iam.PrincipalWithConditions(role, { Bool: { 'aws:SecureTransport': 'true' } });
    S3Location.fromBucket(s3.Bucket.fromBucketName(stack, 'Data', 'models'), 'a/').grantRead(principal);
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('has no permission'));
  });

  test('is granted by the policies of a repository and a bucket of the app', () => {
    const stack = newStack();
    const repository = new ecr.Repository(stack, 'Repository');
    const data = ModelData.fromObject(new s3.Bucket(stack, 'Models'), 'model.tar.gz');
    expect(grantTo(stack, ContainerImage.fromEcrRepository(repository, { tag: '1' }), data)).toEqual([]);
    expect(JSON.stringify(onlyResource(stack, 'AWS::ECR::Repository').RepositoryPolicyText)).toContain('999988887777');
    expect(JSON.stringify(onlyResource(stack, 'AWS::S3::BucketPolicy').PolicyDocument)).toContain('999988887777');
  });
});
