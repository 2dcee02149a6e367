import { App, CfnParameter, NestedStack, Stack, aws_ecr as ecr } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  Architecture,
  ContainerImage,
  InstanceType,
  Model,
  ModelPackage,
  Processor,
  ProductionVariant,
  S3Location,
} from '../../../lib';
import { bucket, MODEL, newConfig } from '../../features';
import { additionalStatements, newModel, objects, RELEASE_PARAMETER, releasedVersion } from '../../hosting-fixtures';
import { PlainImage, errorOf, newStack, onlyResource, placedStack } from '../../stacks';
import { releaseParametersOf } from '../../../lib/private/release-parameter';

describe('A released model package', () => {
  test('has the ARN that CloudFormation reads from the SSM parameter at each update', () => {
    const stack = newStack();
    newModel(stack, { modelPackage: releasedVersion(stack) });
    const [id] = Object.keys(Template.fromStack(stack).findParameters('*', { Default: RELEASE_PARAMETER }));
    expect(onlyResource(stack, MODEL)).toMatchObject({ PrimaryContainer: { ModelPackageName: { Ref: id } } });
    Template.fromStack(stack).hasParameter(id, {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: RELEASE_PARAMETER,
    });
    Template.fromStack(stack).hasCondition('*', {
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: id }, 'none'] }],
    });
  });

  test('shares the parameter of a stack with others of the same name', () => {
    const stack = newStack();
    releasedVersion(stack);
    releasedVersion(stack, RELEASE_PARAMETER, 'Again');
    releasedVersion(stack, '/churn-deployed', 'Other');
    const names = Object.values(Template.fromStack(stack).findParameters('*')).map(({ Default }) => String(Default));
    expect(names.filter((name) => name.includes('churn'))).toEqual([RELEASE_PARAMETER, '/churn-deployed']);
    expect(releaseParametersOf(stack)).toEqual([RELEASE_PARAMETER, '/churn-deployed']);
    expect(releaseParametersOf(newStack())).toEqual([]);
  });

  test('lets a model pull the images of its repositories and read its model data, and nothing else', () => {
    const stack = placedStack();
    const modelPackage = ModelPackage.fromReleaseParameter(stack, 'Version', RELEASE_PARAMETER, {
      repositories: [ecr.Repository.fromRepositoryName(stack, 'Repository', 'churn')],
      modelData: [S3Location.fromBucket(bucket(stack), 'churn/')],
    });
    newModel(stack, { modelPackage });
    expect(additionalStatements(stack)).toEqual([
      expect.objectContaining({
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      }),
      expect.objectContaining({ Action: 'ecr:GetAuthorizationToken' }),
      expect.objectContaining({
        Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
        Resource: expect.arrayContaining([objects('churn/*')]) as unknown,
      }),
    ]);
    Annotations.fromStack(stack).hasNoInfo('*', Match.anyValue());
  });

  test('has a warning about the permissions that it does not grant', () => {
    const stack = newStack();
    releasedVersion(stack);
    Annotations.fromStack(stack).hasWarning(
      '/Stack/Version',
      Match.stringLikeRegexp(
        'not granted permission to pull the images \\(specify `images` or `repositories`\\) and to read the model',
      ),
    );
  });

  test('has the architecture and the processor of its images, which instance types must support', () => {
    const stack = newStack();
    const images = [new PlainImage('example.com/a:1', { architecture: Architecture.ARM64, processor: Processor.CPU })];
    const modelPackage = ModelPackage.fromReleaseParameter(stack, 'Version', RELEASE_PARAMETER, { images });
    expect(modelPackage).toMatchObject({ architecture: Architecture.ARM64, processor: Processor.CPU });
    const model = newModel(stack, { modelPackage });
    const variants = (): ProductionVariant[] => [
      ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_C7I_LARGE }),
    ];
    expect(() => newConfig(stack, { variants: variants() })).toThrow(/arm64/i);
  });

  test('can be hosted next to another one, and the model exists while both are released', () => {
    const stack = newStack();
    const containers = ['/a/deployed', '/b/deployed'].map((name, index) => ({
      modelPackage: releasedVersion(stack, name, `Version${index}`),
    }));
    new Model(stack, 'Model', { containers });
    const { Condition } = Object.values(Template.fromStack(stack).findResources(MODEL))[0] as { Condition: string };
    const { 'Fn::And': parts } = Template.fromStack(stack).findConditions(Condition)[Condition];
    expect(parts).toHaveLength(2);
  });

  test('cannot be used by a model of another stack', () => {
    const app = new App();
    const [first, second] = [new Stack(app, 'First'), new Stack(app, 'Second')];
    expect(() => newModel(second, { modelPackage: releasedVersion(first) })).toThrow(
      'Model Second/Model: `modelPackage` First/Version must be in the same stack as the model',
    );
  });

  test('requires that the name of a model is generated', () => {
    const stack = newStack();
    expect(() => newModel(stack, { modelPackage: releasedVersion(stack), modelName: 'churn' })).toThrow(
      '`modelName` must not be specified for a released model package',
    );
  });

  test.each([
    ['a token', (stack: Stack) => new CfnParameter(stack, 'Name').valueAsString, /`parameterName` must not be a token/],
    ['a name without a leading "/"', () => 'churn/deployed', /levels that each start with "\/"/],
    ['a reserved name', () => '/aws/deployed', /must not start with "aws" or "ssm"/],
    ['an empty name', () => '', /`parameterName` must consist of/],
  ])('cannot be read from %s', (_, nameIn, message) => {
    const stack = newStack();
    expect(() => releasedVersion(stack, nameIn(stack))).toThrow(message);
  });

  test('cannot be read in a nested stack', () => {
    const nested = new NestedStack(newStack(), 'Nested');
    expect(errorOf(() => releasedVersion(nested))).toContain(
      '`scope` must not be in a nested stack, got: Stack/Nested',
    );
  });

  test('accepts an image of a repository', () => {
    const stack = placedStack();
    const repository = ecr.Repository.fromRepositoryName(stack, 'Repository', 'churn');
    const images = [ContainerImage.fromEcrRepository(repository, { tag: '1' })];
    newModel(stack, {
      modelPackage: ModelPackage.fromReleaseParameter(stack, 'Version', RELEASE_PARAMETER, { images }),
    });
    expect(JSON.stringify(additionalStatements(stack))).toContain('ecr:BatchGetImage');
  });
});
