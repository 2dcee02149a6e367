import { Duration, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  CapacitySize,
  ContainerImage,
  DeploymentPolicy,
  Endpoint,
  type IEndpoint,
  InferenceComponent,
  type InferenceComponentProps,
  InstanceType,
  Model,
  ProductionVariant,
} from '../../../lib';
import { newConfig } from '../../features';
import { arn, modelArchive, newCaller, newEndpoint, uncompressedData } from '../../hosting-fixtures';
import { ACCOUNT, errorOf, image, newStack, placedStack, REGION, statementsOf } from '../../stacks';

const component = (stack: Stack, props: Partial<InferenceComponentProps>): InferenceComponent => {
  const endpoint: IEndpoint = Endpoint.fromEndpointName(stack, 'Endpoint', 'shared');
  return new InferenceComponent(stack, 'Component', { endpoint, variantName: 'main', ...props });
};
const compute = { minMemory: Size.gibibytes(1) };
const base = (stack: Stack) => InferenceComponent.fromInferenceComponentName(stack, 'Base', 'base');

describe('Inference component', () => {
  test('depends on its endpoint, whose name is a literal', () => {
    const stack = newStack();
    const shared = ProductionVariant.inferenceComponents('shared', { instanceType: InstanceType.ML_M5_LARGE });
    new InferenceComponent(stack, 'Component', {
      endpoint: newEndpoint(stack, { endpointConfig: newConfig(stack, { variants: [shared] }) }),
      variantName: 'shared',
      container: { image: image() },
      compute: { minMemory: Size.gibibytes(1) },
    });
    const [component] = Object.values(Template.fromStack(stack).findResources('AWS::SageMaker::InferenceComponent'));
    expect(component.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^Endpoint[0-9A-F]{8}$/)]));
  });

  test('can be an adapter of a base component', () => {
    const stack = newStack();
    component(stack, { baseComponent: base(stack), adapterData: modelArchive(stack) });
    Template.fromStack(stack).hasResourceProperties('AWS::SageMaker::InferenceComponent', {
      Specification: { BaseInferenceComponentName: 'base', Container: { ArtifactUrl: 's3://models/model.tar.gz' } },
    });
  });

  test('can be imported, and grants permission to invoke it', () => {
    const stack = placedStack();
    const component = InferenceComponent.fromInferenceComponentName(stack, 'Component', 'Churn');
    component.grantInvoke(newCaller(stack));
    expect(statementsOf(stack, 'User')).toEqual([
      {
        Effect: 'Allow',
        Action: ['sagemaker:InvokeEndpoint', 'sagemaker:InvokeEndpointWithResponseStream'],
        Resource: arn(`:sagemaker:${REGION}:${ACCOUNT}:inference-component/churn`),
      },
    ]);
  });
});

describe('An inference component is rejected with', () => {
  test.each<[string, (stack: Stack) => Partial<InferenceComponentProps>, string]>([
    ['no model and no container', () => ({ compute }), 'exactly one of `model` and `container` must be specified'],
    [
      'no compute resources',
      () => ({ container: { image: image() } }),
      '`compute` is required: specify the resources of a copy',
    ],
    [
      'a minimum of memory above the maximum',
      () => ({ container: { image: image() }, compute: { ...compute, maxMemory: Size.mebibytes(512) } }),
      '`compute.minMemory` must be at most `maxMemory` 512 MiB, got 1024 MiB',
    ],
    [
      'adapter data and no base component',
      (stack) => ({ container: { image: image() }, compute, adapterData: modelArchive(stack) }),
      '`adapterData` requires `baseComponent`',
    ],
    [
      'a base component and no adapter data',
      (stack) => ({ baseComponent: base(stack) }),
      '`adapterData` is required with `baseComponent`',
    ],
    [
      'a base component and compute resources',
      (stack) => ({ baseComponent: base(stack), adapterData: modelArchive(stack), compute }),
      '`compute` must not be specified with `baseComponent`',
    ],
    [
      'an image in a private registry',
      () => ({ container: { image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1') }, compute }),
      '`container.image` must be in Amazon ECR',
    ],
    [
      'uncompressed model data',
      (stack) => ({ container: { image: image(), modelData: uncompressedData(stack) }, compute }),
      '`container.modelData` must be a `.tar.gz`',
    ],
    [
      'a model of another stack',
      (stack) => ({ model: new Model(new Stack(stack.node.root, 'Other'), 'M', { image: image() }), compute }),
      '`model` Other/M must be in the same stack as the inference component',
    ],
    [
      'a batch size above 50 % and durations outside their limits',
      () => ({
        container: { image: image() },
        compute,
        deployment: DeploymentPolicy.rolling({
          batchSize: CapacitySize.percent(90),
          bakeTime: Duration.minutes(1),
          maximumExecutionTimeout: Duration.seconds(5),
        }),
      }),
      '- `deployment.batchSize` must be 5 to 50 % of the copies, got 90 %',
    ],
    [
      'a blue/green deployment policy',
      () => ({ container: { image: image() }, compute, deployment: DeploymentPolicy.canary() }),
      '`deployment` must be DeploymentPolicy.rolling(): the copies of an inference component are replaced in batches',
    ],
    [
      'an all-at-once deployment policy',
      () => ({ container: { image: image() }, compute, deployment: DeploymentPolicy.allAtOnce() }),
      '`deployment` must be DeploymentPolicy.rolling()',
    ],
    [
      'a batch of more than half of its copies',
      () => ({
        container: { image: image() },
        compute,
        copyCount: 4,
        deployment: DeploymentPolicy.rolling({ batchSize: CapacitySize.count(3) }),
      }),
      '`deployment.batchSize` must be 5 to 50 % of the copies, got 3',
    ],
  ])('%s', (_, props, error) => {
    const stack = newStack();
    expect(errorOf(() => component(stack, props(stack)))).toContain(error);
  });

  test.each<[string, Partial<InferenceComponentProps>, string]>([
    [
      'a variant that does not exist',
      { variantName: 'none' },
      '`variantName` must be the name of a variant of the endpoint (main), got: "none"',
    ],
    [
      'a variant that hosts a model',
      {},
      'a variant for inference components, got: "main". Create the variant with ProductionVariant.inferenceComponents()',
    ],
  ])('%s', (_, props, error) => {
    const stack = newStack();
    const endpoint = new Endpoint(stack, 'Own', { endpointConfig: newConfig(stack) });
    expect(errorOf(() => component(stack, { endpoint, container: { image: image() }, compute, ...props }))).toContain(
      error,
    );
  });
});
