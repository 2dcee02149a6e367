import { App, type CfnResource, NestedStack, Stack, type StackProps, aws_s3 as s3 } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  Endpoint,
  EndpointConfig,
  InstanceType,
  JobWait,
  Model,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  ProductionVariant,
  S3Location,
  TrainingJob,
  TrainingOutput,
  TrainingResources,
} from '../../lib';
import { ACCOUNT, REGION, errorOf, image, newAlgorithm, newStack, statementsOf } from '../stacks';

const RESOURCES = TrainingResources.of(InstanceType.ML_M5_XLARGE);

/** A stack that trains a model and publishes the model artifact. */
function trainer(revision: string, env: StackProps['env'] = undefined): Stack {
  const stack = new Stack(new App(), 'Trainer', { env });
  const output = TrainingOutput.toBucket(s3.Bucket.fromBucketName(stack, 'Bucket', 'models'), 'churn');
  new TrainingJob(stack, 'Train', { image: image(), resources: RESOURCES, output, revision }).publish('/churn/model');
  return stack;
}

/** A stack that hosts the published model without a reference to a construct of the other stack. */
function host(): Stack {
  const stack = new Stack(new App(), 'Host');
  const bucket = s3.Bucket.fromBucketName(stack, 'Bucket', 'models');
  const modelData = ModelData.fromParameter('/churn/model', { location: S3Location.fromBucket(bucket, 'churn/') });
  const model = new Model(stack, 'Model', { image: image(), modelData });
  const variants = [ProductionVariant.instances('cpu', { model, instanceType: InstanceType.ML_C7I_LARGE })];
  new Endpoint(stack, 'Endpoint', { endpointConfig: new EndpointConfig(stack, 'Config', { variants }) });
  return stack;
}

describe('A model artifact that one stack publishes and another hosts', () => {
  test('is published when the training job has completed', () => {
    const template = Template.fromStack(trainer('1'));
    const [condition] = Object.keys(template.findResources('AWS::CloudFormation::WaitCondition'));
    template.hasResource('AWS::SSM::Parameter', {
      Properties: {
        Name: '/churn/model',
        Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TrainJobStart'), 'ModelDataUrl'] },
      },
      DependsOn: Match.arrayWith([condition]),
    });
  });

  test('is resolved at deployment, and the execution role can read the output location of the job', () => {
    const stack = host();
    const template = Template.fromStack(stack);
    const [parameter] = Object.keys(template.findParameters('*', { Default: '/churn/model' }));
    expect(template.findParameters(parameter)[parameter].Type).toBe('AWS::SSM::Parameter::Value<String>');
    template.hasResourceProperties('AWS::SageMaker::Model', {
      PrimaryContainer: { ModelDataUrl: { Ref: parameter } },
    });
    expect(JSON.stringify(statementsOf(stack, 'ModelRole'))).toContain('models/churn/*');
  });

  test('can be trained again, since the stack exports no value that the other stack imports', () => {
    const [before, after] = [trainer('1'), trainer('2')].map((stack) => Template.fromStack(stack));
    for (const template of [before, after, Template.fromStack(host())]) {
      expect(template.toJSON()).not.toHaveProperty('Outputs');
      expect(JSON.stringify(template.toJSON())).not.toContain('Fn::ImportValue');
    }
    const starts = [before, after].map((template) =>
      Object.keys(template.findResources('Custom::SageMakerTrainingJob')),
    );
    expect(starts[0]).not.toEqual(starts[1]);
    const parameters = [before, after].map((template) => Object.keys(template.findResources('AWS::SSM::Parameter')));
    expect(parameters[0]).toEqual(parameters[1]);
  });

  test('is hosted by a model and an endpoint configuration without names, which are replaced when the parameter changes', () => {
    const names = ['AWS::SageMaker::Model', 'AWS::SageMaker::EndpointConfig'].flatMap((type) =>
      Object.values(Template.fromStack(host()).findResources(type)).map(
        ({ Properties }) => Properties as { ModelName?: string; EndpointConfigName?: string },
      ),
    );
    for (const { ModelName, EndpointConfigName } of names)
      expect([ModelName, EndpointConfigName]).toEqual([undefined, undefined]);
  });

  test('is not published by a stack that does not wait for the job', () => {
    const job = new TrainingJob(newStack(), 'Train', { image: image(), resources: RESOURCES, wait: JobWait.none() });
    expect(errorOf(() => job.publish('/churn/model'))).toContain('with JobWait.none() it does not exist');
  });
});

test('The name of an algorithm is published after its creation, and another stack trains with it', () => {
  const owner = newStack('Owner');
  const algorithm = newAlgorithm(owner);
  algorithm.publish('/churn/algorithm');
  Template.fromStack(owner).hasResource('AWS::SSM::Parameter', {
    Properties: { Value: owner.resolve(algorithm.algorithmName) as string },
    DependsOn: [owner.getLogicalId(algorithm.node.defaultChild as CfnResource)],
  });
  const user = newStack('User');
  const imported = Algorithm.fromParameter(user, 'Algorithm', '/churn/algorithm');
  new TrainingJob(user, 'Train', { algorithm: imported, resources: RESOURCES });
  expect(JSON.stringify(Template.fromStack(user).findResources('Custom::SageMakerTrainingJob'))).toContain(
    'SsmParameterValuechurnalgorithm',
  );
});

test('The ARN of a model package is published, and another stack hosts it', () => {
  const owner = newStack('Owner', { env: { account: ACCOUNT, region: REGION } });
  const version = new ModelPackage(owner, 'Version', {
    group: new ModelPackageGroup(owner, 'Group', { modelPackageGroupName: 'churn' }),
    algorithm: newAlgorithm(owner),
    modelData: ModelData.fromObject(s3.Bucket.fromBucketName(owner, 'Bucket', 'models'), 'a.tar.gz'),
  });
  version.publish('/churn/package');
  Template.fromStack(owner).hasResourceProperties('AWS::SSM::Parameter', {
    Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Version'), 'ModelPackageArn'] },
  });
  const user = newStack('User');
  new Model(user, 'Model', { modelPackage: ModelPackage.fromParameter(user, 'Version', '/churn/package') });
  Template.fromStack(user).hasResourceProperties('AWS::SageMaker::Model', {
    PrimaryContainer: { ModelPackageName: { Ref: Match.stringLikeRegexp('^SsmParameterValuechurnpackage') } },
  });
});

test('A parameter whose name contains the generated name of a nested stack has an id without the text of a token', () => {
  const nested = new NestedStack(newStack('Parent'), 'Nested');
  newAlgorithm(nested).publish(`/${nested.stackName}/algorithm`);
  const template = Template.fromStack(nested);
  const [id] = Object.keys(template.findResources('AWS::SSM::Parameter'));
  expect(id).toMatch(/^AlgorithmPublished[0-9a-f]{8}[0-9A-F]{8}$/);
  template.hasResourceProperties('AWS::SSM::Parameter', {
    Name: { 'Fn::Join': ['', ['/', Match.anyValue(), '/algorithm']] },
  });
});

test.each(['/aws/churn', 'ssm-churn', 'AWSchurn'])('The name %s of a parameter is reserved', (name) => {
  expect(errorOf(() => newAlgorithm(newStack()).publish(name))).toContain(
    `\`parameterName\` must not start with "aws" or "ssm", which AWS reserves, got: "${name}"`,
  );
});

test.each(['a b', 'churn/model', '', '/churn//model'])('The parameter name "%s" is rejected', (name) => {
  expect(errorOf(() => newAlgorithm(newStack()).publish(name))).toContain('`parameterName` must consist of letters');
});
