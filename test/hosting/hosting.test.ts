import {
  App,
  CfnParameter,
  Stack,
  aws_apigateway as apigateway,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  ContainerImage,
  Endpoint,
  EndpointConfig,
  type IModel,
  InstanceType,
  Model,
  ModelApprovalStatus,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  Processor,
  ProductionVariant,
} from '../../lib';
import {
  ACCOUNT,
  IMAGE_DIRECTORY,
  REGION,
  errorOf,
  image,
  newAlgorithm,
  newStack,
  onlyResource,
  placedStack,
  statementsOf,
} from '../stacks';

function bucketData(stack: Stack): ModelData {
  return ModelData.fromObject(new s3.Bucket(stack, 'Data'), 'churn/model.tar.gz');
}

function newModel(stack: Stack, id = 'Model'): Model {
  return new Model(stack, id, { image: image() });
}

function newConfig(stack: Stack, variants = [variant(newModel(stack))]): EndpointConfig {
  return new EndpointConfig(stack, 'Config', { variants });
}

function variant(
  model: IModel,
  options: { instanceType?: InstanceType; instanceCount?: number; weight?: number } = {},
) {
  return ProductionVariant.instances('cpu', { model, instanceType: InstanceType.ML_C7I_LARGE, ...options });
}

const LOGS = (...groups: string[]): unknown => ({
  Effect: 'Allow',
  Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
  Resource: groups.map((group) => ({
    'Fn::Join': [
      '',
      ['arn:', { Ref: 'AWS::Partition' }, `:logs:${REGION}:${ACCOUNT}:log-group:/aws/sagemaker/${group}`],
    ],
  })),
});

const METRICS = {
  Effect: 'Allow',
  Action: 'cloudwatch:PutMetricData',
  Resource: '*',
  Condition: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
};

describe('A model', () => {
  test('runs an image with data from a bucket', () => {
    const stack = newStack();
    new Model(stack, 'Model', { image: image(), modelData: bucketData(stack), environment: { A: '1' } });
    expect(onlyResource(stack, 'AWS::SageMaker::Model')).toEqual({
      ExecutionRoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^ModelRole/), 'Arn'] },
      PrimaryContainer: {
        Image: 'example.com/algorithm:1',
        ModelDataUrl: { 'Fn::Join': ['', ['s3://', { Ref: expect.any(String) as unknown }, '/churn/model.tar.gz']] },
        Environment: { A: '1' },
      },
    });
  });

  test('runs an image with data of this machine', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'model-')), 'model.tar.gz');
    writeFileSync(file, 'data');
    const stack = newStack();
    new Model(stack, 'Model', { image: image(), modelData: ModelData.fromAsset(file) });
    expect(JSON.stringify(onlyResource(stack, 'AWS::SageMaker::Model'))).toMatch(/s3:\/\/.*\.gz/);
  });

  test('runs a model package', () => {
    const stack = newStack();
    const modelPackage = new ModelPackage(stack, 'Version', {
      group: new ModelPackageGroup(stack, 'Group'),
      algorithm: newAlgorithm(stack),
      modelData: bucketData(stack),
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

  test('may do nothing but read its data, pull its image and write its logs and metrics', () => {
    const stack = placedStack();
    const bucket = s3.Bucket.fromBucketName(stack, 'Data', 'models');
    new Model(stack, 'Model', {
      image: ContainerImage.fromRegistry(`${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/churn:1`),
      modelData: ModelData.fromObject(bucket, 'churn/model.tar.gz'),
    });
    const partition = { Ref: 'AWS::Partition' };
    expect(statementsOf(stack, 'ModelRole')).toEqual([
      LOGS('Endpoints/*', 'TransformJobs:*'),
      METRICS,
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: { 'Fn::Join': ['', ['arn:', partition, `:ecr:${REGION}:${ACCOUNT}:repository/churn`]] },
      },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
        Resource: [
          { 'Fn::Join': ['', ['arn:', partition, ':s3:::models']] },
          { 'Fn::Join': ['', ['arn:', partition, ':s3:::models/churn/model.tar.gz']] },
        ],
      },
    ]);
  });

  test('of a package may read the package’s data and pull its image', () => {
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

  test('waits for the whole policy of its role', () => {
    const stack = newStack();
    newModel(stack);
    Template.fromStack(stack).hasResource('AWS::SageMaker::Model', {
      DependsOn: [Match.stringLikeRegexp('^ModelRoleDefaultPolicy'), Match.stringLikeRegexp('^ModelRole')],
    });
  });

  test('runs with the role that it is given', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Own', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    new Model(stack, 'Model', { image: image(), modelData: bucketData(stack), role });
    expect(onlyResource(stack, 'AWS::SageMaker::Model').ExecutionRoleArn).toEqual(stack.resolve(role.roleArn));
    expect(statementsOf(stack, 'Own')).toHaveLength(3);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Role', 1);
  });

  test('is a grantable', () => {
    const stack = newStack();
    new s3.Bucket(stack, 'Extra').grantRead(newModel(stack));
    expect(JSON.stringify(statementsOf(stack, 'ModelRole'))).toContain('Extra');
  });

  test('is named by CloudFormation unless a name is given, which a hash follows', () => {
    const stack = newStack();
    newModel(stack);
    expect(onlyResource(stack, 'AWS::SageMaker::Model')).not.toHaveProperty('ModelName');
    const named = newStack();
    new Model(named, 'Model', { image: image(), modelName: 'churn' });
    expect(onlyResource(named, 'AWS::SageMaker::Model').ModelName).toMatch(/^churn-[0-9a-f]{10}$/);
  });

  test.each([
    ['nothing to run', {}, 'exactly one of `image`, `modelPackage` and `algorithm` must be specified'],
    ['an illegal variable', { image: image(), environment: { '1A': '' } }, 'must be a variable name'],
    ['an illegal name', { image: image(), modelName: 'a_b' }, '`modelName` must start and end with'],
  ])('is refused with %s', (_, props, fault) => {
    expect(errorOf(() => new Model(newStack(), 'Model', props))).toContain(fault);
  });

  test('is refused with the first twenty validation errors when one mistake makes many', () => {
    const environment = Object.fromEntries([...Array(25).keys()].map((i) => [`${i}`, '']));
    const message = errorOf(() => new Model(newStack(), 'Model', { image: image(), environment }));
    expect(message).toMatch(/^Model Stack\/Model has 25 validation errors:(\n {2}- .*){20}\n {2}and 5 more$/);
  });

  test('is refused with data beside the data of its package', () => {
    const stack = newStack();
    const modelPackage = ModelPackage.fromModelPackageArn(
      stack,
      'P',
      'arn:aws:sagemaker:eu-west-1:111122223333:model-package/a',
    );
    const props = { modelPackage, modelData: bucketData(stack) };
    expect(errorOf(() => new Model(stack, 'Model', props))).toContain(
      '`modelData` must not be specified with `modelPackage`',
    );
  });

  test('that is imported has the name or the ARN that is known', () => {
    const stack = newStack();
    expect(Model.fromModelArn(stack, 'A', 'arn:aws:sagemaker:eu-west-1:111122223333:model/churn').modelName).toBe(
      'churn',
    );
    expect(stack.resolve(Model.fromModelName(stack, 'B', 'Churn').modelRef.modelArn)).toMatchObject({
      'Fn::Join': ['', expect.arrayContaining([':model/churn'])],
    });
  });
});

describe('An endpoint configuration', () => {
  test('has variants with one instance and weight 1 by default', () => {
    const stack = newStack();
    newConfig(stack);
    expect(onlyResource(stack, 'AWS::SageMaker::EndpointConfig')).toEqual({
      ProductionVariants: [
        {
          VariantName: 'cpu',
          ModelName: { 'Fn::GetAtt': [expect.stringMatching(/^Model/), 'ModelName'] },
          InstanceType: 'ml.c7i.large',
          InitialInstanceCount: 1,
          InitialVariantWeight: 1,
        },
      ],
    });
  });

  test('has variants on CPU and on GPU, with the counts and weights that are given, 0 included', () => {
    const stack = newStack();
    const model = newModel(stack);
    const gpu = ProductionVariant.instances('gpu', { model, instanceType: InstanceType.ML_G5_XLARGE, weight: 0 });
    newConfig(stack, [variant(model, { instanceCount: 2, weight: 0.5 }), gpu]);
    expect(onlyResource(stack, 'AWS::SageMaker::EndpointConfig').ProductionVariants).toMatchObject([
      { InstanceType: 'ml.c7i.large', InitialInstanceCount: 2, InitialVariantWeight: 0.5 },
      { InstanceType: 'ml.g5.xlarge', InitialInstanceCount: 1, InitialVariantWeight: 0 },
    ]);
  });

  test('encrypts with a key when one is given', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    new EndpointConfig(stack, 'Config', { variants: [variant(newModel(stack))], encryptionKey });
    expect(onlyResource(stack, 'AWS::SageMaker::EndpointConfig').KmsKeyId).toEqual(stack.resolve(encryptionKey.keyArn));
  });

  test('takes a count that is known at deployment only', () => {
    const stack = newStack();
    const instanceCount = new CfnParameter(stack, 'Count', { type: 'Number' }).valueAsNumber;
    newConfig(stack, [variant(newModel(stack), { instanceCount })]);
    expect(onlyResource(stack, 'AWS::SageMaker::EndpointConfig').ProductionVariants).toMatchObject([
      { InitialInstanceCount: { Ref: 'Count' } },
    ]);
  });

  test('is named by CloudFormation unless a name is given, whose hash follows the model', () => {
    const names = ['1', '2'].map((tag) => {
      const stack = newStack();
      const model = new Model(stack, 'Model', { image: image(tag) });
      new EndpointConfig(stack, 'Config', { variants: [variant(model)], endpointConfigName: 'churn' });
      return onlyResource(stack, 'AWS::SageMaker::EndpointConfig').EndpointConfigName;
    });
    expect(names[0]).toMatch(/^churn-[0-9a-f]{10}$/);
    expect(names[1]).not.toBe(names[0]);
  });

  test.each<[string, (model: IModel) => ProductionVariant[], string]>([
    ['without a variant', () => [], '`variants` must have 1 to 10 entries, got 0'],
    [
      'with more than 10 variants',
      (model) =>
        [...Array(11).keys()].map((i) =>
          ProductionVariant.instances(`v${i}`, { model, instanceType: InstanceType.ML_C7I_LARGE }),
        ),
      '`variants` must have 1 to 10 entries, got 11',
    ],
    ['with two variants of one name', (model) => [variant(model), variant(model)], '`variants` must be unique'],
    [
      'when no variant gets requests',
      (model) => [
        variant(model, { weight: 0 }),
        ProductionVariant.instances('b', { model, instanceType: InstanceType.ML_C7I_LARGE, weight: 0 }),
      ],
      '`variants` must not all have a weight of 0',
    ],
    [
      'with no instance',
      (model) => [variant(model, { instanceCount: 0 })],
      '`instanceCount` must be at least 1, got 0',
    ],
    [
      'with half an instance',
      (model) => [variant(model, { instanceCount: 1.5 })],
      '`instanceCount` must be a whole number',
    ],
    ['with a negative weight', (model) => [variant(model, { weight: -1 })], '`weight` must be at least 0, got -1'],
    [
      'with an illegal variant name',
      (model) => [ProductionVariant.instances('a b', { model, instanceType: InstanceType.ML_C7I_LARGE })],
      '`variantName` must start and end with a letter or digit',
    ],
  ])('is refused %s', (_, variants, fault) => {
    const stack = newStack();
    expect(errorOf(() => newConfig(stack, variants(newModel(stack))))).toContain(fault);
  });

  test('is refused in another stack than its model', () => {
    const app = new App();
    const model = newModel(new Stack(app, 'Models'));
    expect(errorOf(() => newConfig(new Stack(app, 'Hosting'), [variant(model)]))).toContain(
      'model Models/Model must be in the same stack as the endpoint configuration',
    );
  });

  test('takes an imported model', () => {
    const stack = newStack();
    newConfig(stack, [variant(Model.fromModelName(stack, 'Imported', 'churn'))]);
    expect(onlyResource(stack, 'AWS::SageMaker::EndpointConfig').ProductionVariants).toMatchObject([
      { ModelName: 'churn' },
    ]);
  });
});

describe('An image is compared with the instance type that it is to run on', () => {
  function on(instanceType: InstanceType, processor?: Processor): Stack {
    const stack = newStack();
    const model = new Model(stack, 'Model', { image: ContainerImage.fromAsset(IMAGE_DIRECTORY, { processor }) });
    newConfig(stack, [variant(model, { instanceType })]);
    return stack;
  }

  test('and a Graviton type with an amd64 image is an error', () => {
    expect(errorOf(() => on(InstanceType.ML_C7G_LARGE))).toContain(
      '`instanceType`: ml.c7g.large has the architecture arm64, and the image is built for x86_64: the container would fail with "exec format error"',
    );
  });

  test('and a CPU type with an image declared for GPU is an error', () => {
    expect(errorOf(() => on(InstanceType.ML_C7I_LARGE, Processor.GPU))).toContain('ml.c7i.large has no GPU');
  });

  test('and a GPU type with an image declared for CPU is a warning', () => {
    const stack = on(InstanceType.ML_G5_XLARGE, Processor.CPU);
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('the GPU of ml.g5.xlarge would be idle'));
  });

  test('and nothing is said when nothing is declared', () => {
    Annotations.fromStack(on(InstanceType.ML_G5_XLARGE)).hasNoWarning('*', Match.anyValue());
  });

  test('and an instance type that is not known is a warning', () => {
    const stack = on(InstanceType.of('ml.z9.large'));
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('Instance types for endpoint that were unknown.*ml.z9.large'),
    );
  });

  test('also when the image is in a model package', () => {
    const stack = newStack();
    const modelPackage = new ModelPackage(stack, 'Package', {
      image: ContainerImage.fromAsset(IMAGE_DIRECTORY),
      inference: { contentTypes: ['text/csv'], responseMimeTypes: ['text/csv'] },
      modelData: bucketData(stack),
      group: new ModelPackageGroup(stack, 'Group'),
      approvalStatus: ModelApprovalStatus.APPROVED,
    });
    const model = new Model(stack, 'Model', { modelPackage });
    expect(errorOf(() => variant(model, { instanceType: InstanceType.ML_C7G_LARGE }))).toContain('exec format error');
  });
});

describe('An endpoint', () => {
  test('has a name that is known at synthesis, and runs its configuration', () => {
    const stack = newStack();
    const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack) });
    expect(endpoint.endpointName).toMatch(/^Stack-Endpoint-[A-F0-9]{8}$/);
    expect(onlyResource(stack, 'AWS::SageMaker::Endpoint')).toEqual({
      EndpointName: endpoint.endpointName,
      EndpointConfigName: { 'Fn::GetAtt': [expect.stringMatching(/^Config/), 'EndpointConfigName'] },
    });
  });

  test('has the name that it is given', () => {
    const stack = newStack();
    new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack), endpointName: 'Churn' });
    expect(onlyResource(stack, 'AWS::SageMaker::Endpoint').EndpointName).toBe('Churn');
  });

  test('is refused with an illegal name', () => {
    const stack = newStack();
    const props = { endpointConfig: newConfig(stack), endpointName: 'a_b' };
    expect(errorOf(() => new Endpoint(stack, 'Endpoint', props))).toContain('`endpointName` must start and end with');
  });

  test('may be invoked by a grantee, and nothing else', () => {
    const stack = placedStack();
    const role = new iam.Role(stack, 'Caller', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack), endpointName: 'Churn' }).grantInvoke(role);
    expect(statementsOf(stack, 'Caller')).toEqual([
      {
        Effect: 'Allow',
        Action: 'sagemaker:InvokeEndpoint',
        Resource: {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:sagemaker:${REGION}:${ACCOUNT}:endpoint/churn`]],
        },
      },
    ]);
  });

  test('plugs into other modules of the CDK', () => {
    const stack = placedStack();
    const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack), endpointName: 'churn' });
    const api = new apigateway.RestApi(stack, 'Api');
    api.root.addMethod('POST', new apigateway.SagemakerIntegration(endpoint));
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).toContain('endpoints/churn/invocations');
  });

  test('that is imported may be invoked', () => {
    const stack = placedStack();
    const role = new iam.Role(stack, 'Caller', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const arn = `arn:aws:sagemaker:${REGION}:${ACCOUNT}:endpoint/churn`;
    Endpoint.fromEndpointArn(stack, 'A', arn).grantInvoke(role);
    expect(statementsOf(stack, 'Caller')).toMatchObject([{ Resource: arn }]);
    expect(Endpoint.fromEndpointName(stack, 'B', 'churn').endpointName).toBe('churn');
  });
});
