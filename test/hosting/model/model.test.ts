import { Aws, aws_ec2 as ec2, aws_iam as iam, aws_lambda as lambda, aws_s3 as s3, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  ContainerImage,
  Model,
  ModelApprovalStatus,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  S3Location,
} from '../../../lib';
import { bucket, MODEL } from '../../features';
import { additionalStatements, arn, modelArchive, newModel, newVpc, objects } from '../../hosting-fixtures';
import {
  ACCOUNT,
  errorOf,
  image,
  IMAGE_DIRECTORY,
  newAlgorithm,
  newStack,
  onlyResource,
  placedStack,
  REGION,
  statementsOf,
} from '../../stacks';

const LOGS = (...groups: string[]): unknown => ({
  Effect: 'Allow',
  Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
  Resource: groups.map((group) => arn(`:logs:${REGION}:${ACCOUNT}:log-group:/aws/sagemaker/${group}`)),
});

const METRICS = {
  Effect: 'Allow',
  Action: 'cloudwatch:PutMetricData',
  Resource: '*',
  Condition: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
};

describe('Model', () => {
  test('runs an image with model data from a bucket', () => {
    const stack = newStack();
    new Model(stack, 'Model', { image: image(), modelData: modelArchive(stack), environment: { A: '1' } });
    expect(onlyResource(stack, 'AWS::SageMaker::Model')).toEqual({
      ExecutionRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^ModelRole/), 'Arn'] },
      PrimaryContainer: {
        Image: 'example.com/algorithm:1',
        ModelDataUrl: 's3://models/model.tar.gz',
        Environment: { A: '1' },
      },
    });
  });

  test('runs a model package', () => {
    const stack = newStack();
    const modelPackage = new ModelPackage(stack, 'Version', {
      group: new ModelPackageGroup(stack, 'Group'),
      algorithm: newAlgorithm(stack),
      modelData: modelArchive(stack),
      approvalStatus: ModelApprovalStatus.APPROVED,
    });
    new Model(stack, 'Model', { modelPackage });
    expect(onlyResource(stack, 'AWS::SageMaker::Model').PrimaryContainer).toEqual({
      ModelPackageName: { 'Fn::GetAtt': [expect.stringMatching(/^Version/), 'ModelPackageArn'] },
    });
  });

  test('runs an imported model package', () => {
    const stack = newStack();
    const arn = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/churn/7';
    new Model(stack, 'Model', { modelPackage: ModelPackage.fromModelPackageArn(stack, 'Package', arn) });
    expect(onlyResource(stack, 'AWS::SageMaker::Model').PrimaryContainer).toEqual({ ModelPackageName: arn });
  });

  test('uses the specified execution role and grants it permissions', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Own', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    new Model(stack, 'Model', { image: image(), modelData: modelArchive(stack), role });
    expect(onlyResource(stack, 'AWS::SageMaker::Model').ExecutionRoleArn).toEqual(stack.resolve(role.roleArn));
    expect(statementsOf(stack, 'Own')).toHaveLength(3);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 1);
  });

  test('is a grantable', () => {
    const stack = newStack();
    new s3.Bucket(stack, 'Extra').grantRead(newModel(stack));
    expect(JSON.stringify(statementsOf(stack, 'ModelRole'))).toContain('Extra');
  });

  test('depends on the policies of its execution role', () => {
    const stack = newStack();
    newModel(stack);
    Template.fromStack(stack).hasResource('AWS::SageMaker::Model', {
      DependsOn: [Match.stringLikeRegexp('^ModelRoleDefaultPolicy'), Match.stringLikeRegexp('^ModelRole')],
    });
  });

  test('has a name that CloudFormation generates, or the specified prefix with a hash', () => {
    const stack = newStack();
    newModel(stack);
    expect(onlyResource(stack, 'AWS::SageMaker::Model')).not.toHaveProperty('ModelName');
    const named = newStack();
    new Model(named, 'Model', { image: image(), modelName: 'churn' });
    expect(onlyResource(named, 'AWS::SageMaker::Model').ModelName).toMatch(/^churn-[0-9a-f]{10}$/);
  });

  test('accepts a name prefix with tokens', () => {
    const stack = newStack();
    const modelName = `${Aws.STACK_NAME}-${Aws.REGION}-a-name-that-is-quite-long`;
    expect(() => new Model(stack, 'Model', { image: image(), modelName })).not.toThrow();
  });

  test('can be imported by its name or its ARN', () => {
    const stack = newStack();
    expect(Model.fromModelArn(stack, 'A', 'arn:aws:sagemaker:eu-west-1:111122223333:model/churn').modelName).toBe(
      'churn',
    );
    expect(stack.resolve(Model.fromModelName(stack, 'B', 'Churn').modelRef.modelArn)).toMatchObject({
      'Fn::Join': ['', expect.arrayContaining([':model/churn'])],
    });
  });

  test('is rejected if another model has the same definition and name prefix', () => {
    const stack = newStack();
    for (const id of ['A', 'B']) new Model(stack, id, { image: image(), modelName: 'churn', role: sameRole(stack) });
    expect(errorOf(() => Template.fromStack(stack))).toContain(
      '[Stack/B] has the same properties and the same name prefix as Stack/A, so both would have the same name',
    );
  });

  test('can have two images from the same directory with different targets', () => {
    const stack = newStack();
    const containers = ['training', 'inference'].map((target) => ({
      image: ContainerImage.fromAsset(IMAGE_DIRECTORY, { target }),
    }));
    new Model(stack, 'Model', { containers });
    const [a, b] = onlyResource(stack, MODEL).Containers as { Image: object }[];
    expect(a.Image).not.toEqual(b.Image);
  });
});

describe('The execution role of a model', () => {
  test('has no managed policies', () => {
    const stack = newStack();
    new Model(stack, 'Model', { image: image() });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  test('has permission to read the model data, pull the image, and write logs and metrics only', () => {
    const stack = placedStack();
    const bucket = s3.Bucket.fromBucketName(stack, 'Data', 'models');
    new Model(stack, 'Model', {
      image: ContainerImage.fromRegistry(`${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/churn:1`),
      modelData: ModelData.fromObject(bucket, 'churn/model.tar.gz'),
    });
    expect(statementsOf(stack, 'ModelRole')).toEqual([
      LOGS('Endpoints/*', 'TransformJobs:*'),
      METRICS,
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: arn(`:ecr:${REGION}:${ACCOUNT}:repository/churn`),
      },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
        Resource: [arn(':s3:::models'), objects('churn/model.tar.gz')],
      },
    ]);
  });

  test('has permission to read the model data and pull the image of a model package', () => {
    const stack = placedStack();
    const modelPackage = new ModelPackage(stack, 'Package', {
      image: ContainerImage.fromRegistry(`${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/churn:1`),
      inference: { contentTypes: ['text/csv'], responseMimeTypes: ['text/csv'] },
      modelData: ModelData.fromObject(s3.Bucket.fromBucketName(stack, 'Data', 'models'), 'a/model.tar.gz'),
      group: new ModelPackageGroup(stack, 'Group'),
      approvalStatus: ModelApprovalStatus.APPROVED,
    });
    new Model(stack, 'Model', { modelPackage });
    const actions = statementsOf(stack, 'ModelRole').map((statement) => (statement as { Action: unknown }).Action);
    expect(actions).toContainEqual(['s3:GetObject*', 's3:GetBucket*', 's3:List*']);
    expect(actions).toContain('ecr:GetAuthorizationToken');
  });

  test('has permission to invoke the credentials provider of a private registry', () => {
    const stack = placedStack();
    const functionArn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:login`;
    const credentialsProvider = lambda.Function.fromFunctionArn(stack, 'Login', functionArn);
    new Model(stack, 'Model', {
      image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1', { credentialsProvider }),
      vpc: newVpc(stack),
    });
    expect(additionalStatements(stack)).toContainEqual({
      Effect: 'Allow',
      Action: 'lambda:InvokeFunction',
      Resource: functionArn,
    });
  });

  test('has permission to read all objects of uncompressed model data', () => {
    const stack = placedStack();
    new Model(stack, 'Model', { image: image(), modelData: ModelData.fromUncompressedPrefix(bucket(stack), 'llm') });
    expect(additionalStatements(stack)).toEqual([
      expect.objectContaining({ Resource: [arn(':s3:::models'), objects('llm/*')] }),
    ]);
  });

  test('has permission to read the whole bucket if that is the S3 location of published model data', () => {
    const stack = placedStack();
    const modelData = ModelData.fromParameter('/churn/model', { location: S3Location.fromBucket(bucket(stack), '') });
    new Model(stack, 'Model', { image: image(), modelData });
    expect(additionalStatements(stack)).toEqual([
      expect.objectContaining({ Resource: [arn(':s3:::models'), arn(':s3:::models/*')] }),
    ]);
  });
});

describe('The connections of a model', () => {
  test('have a new security group if the model is in a VPC', () => {
    const stack = newStack();
    const model = newModel(stack, { vpc: newVpc(stack) });
    model.connections.allowFromAnyIpv4(ec2.Port.tcp(443));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: [Match.objectLike({ FromPort: 443 })],
    });
  });

  test('are rejected if the model is not in a VPC', () => {
    const model = new Model(newStack(), 'Model', { image: image() });
    expect(() => model.connections).toThrow(
      'Model Stack/Model has no connections because it is not in a VPC. Specify `vpc`.',
    );
  });
});

function sameRole(stack: Stack): iam.IRole {
  const existing = stack.node.tryFindChild('Same') as iam.IRole | undefined;
  return existing ?? iam.Role.fromRoleArn(stack, 'Same', 'arn:aws:iam::111122223333:role/same');
}
