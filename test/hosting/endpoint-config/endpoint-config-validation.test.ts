import { App, Duration, Size, Stack } from 'aws-cdk-lib';
import {
  EndpointConfig,
  type EndpointConfigProps,
  type IModel,
  InstanceType,
  Model,
  ProductionVariant,
  S3Location,
} from '../../../lib';
import { bucket, newConfig } from '../../features';
import { asyncInference, marketplacePackage, newModel, newVpc, uncompressedData } from '../../hosting-fixtures';
import { errorOf, image, newStack } from '../../stacks';

const on = (hosted: IModel, name = 'main', instanceType = InstanceType.ML_M5_LARGE): ProductionVariant =>
  ProductionVariant.instances(name, { model: hosted, instanceType });
const serverless = (stack: Stack, name = 'main'): ProductionVariant =>
  ProductionVariant.serverless(name, {
    model: newModel(stack, {}, `Model${name}`),
    memory: Size.gibibytes(1),
    maxConcurrency: 1,
  });
const shared = ProductionVariant.inferenceComponents('main', { instanceType: InstanceType.ML_M5_LARGE });

describe('An endpoint configuration is rejected with', () => {
  test.each<[string, (stack: Stack) => EndpointConfigProps, string]>([
    ['no variants', () => ({ variants: [] }), '`variants` must have 1 to 10 entries, got 0'],
    [
      'more than 10 variants',
      (stack) => {
        const model = newModel(stack);
        return { variants: [...Array(11).keys()].map((i) => on(model, `v${i}`)) };
      },
      '`variants` must have 1 to 10 entries, got 11',
    ],
    [
      'two variants of the same name',
      (stack) => ({ variants: [on(newModel(stack)), on(newModel(stack, {}, 'B'))] }),
      '`variants` must be unique',
    ],
    [
      'weights of 0 for all variants',
      (stack) => ({
        variants: ['a', 'b'].map((name) =>
          ProductionVariant.instances(name, {
            model: newModel(stack, {}, name),
            instanceType: InstanceType.ML_C7I_LARGE,
            weight: 0,
          }),
        ),
      }),
      '`variants` must not all have a weight of 0',
    ],
    [
      'a weight of 0 for its only variant',
      (stack) => ({
        variants: [
          ProductionVariant.instances('main', {
            model: newModel(stack),
            instanceType: InstanceType.ML_M5_LARGE,
            weight: 0,
          }),
        ],
      }),
      '`variants` must not all have a weight of 0',
    ],
    [
      'a serverless variant and another variant',
      (stack) => ({ variants: [serverless(stack), on(newModel(stack), 'other')] }),
      'a serverless variant must be the only one of `variants`',
    ],
    [
      'data capture and a serverless variant',
      (stack) => ({
        variants: [serverless(stack)],
        dataCapture: { destination: S3Location.fromBucket(bucket(stack)) },
      }),
      '`dataCapture` is not supported for a serverless variant',
    ],
    [
      'network isolation and a serverless variant',
      (stack) => ({ variants: [serverless(stack)], networkIsolation: true }),
      '`networkIsolation` is not supported for a serverless variant',
    ],
    [
      'asynchronous inference and a serverless variant',
      (stack) => ({ variants: [serverless(stack)], asyncInference: asyncInference(stack) }),
      '`asyncInference` requires a variant that hosts a model on instances',
    ],
    [
      'asynchronous inference and two variants',
      (stack) => ({
        variants: [on(newModel(stack)), on(newModel(stack, {}, 'B'), 'b')],
        asyncInference: asyncInference(stack),
      }),
      '`asyncInference` requires exactly 1 entry in `variants`, got 2',
    ],
    [
      'asynchronous inference and a shadow variant',
      (stack) => ({
        variants: [on(newModel(stack))],
        shadowVariant: on(newModel(stack, {}, 'B'), 'b'),
        asyncInference: asyncInference(stack),
      }),
      '`asyncInference` must not be specified with `shadowVariant`',
    ],
    [
      'asynchronous inference and a model from AWS Marketplace',
      (stack) => ({
        variants: [on(newModel(stack, { modelPackage: marketplacePackage(stack) }))],
        asyncInference: asyncInference(stack),
      }),
      '`asyncInference` is not supported for a product from AWS Marketplace',
    ],
    [
      'a shadow variant and two production variants',
      (stack) => ({
        variants: [on(newModel(stack)), on(newModel(stack, {}, 'B'), 'b')],
        shadowVariant: on(newModel(stack, {}, 'C'), 'c'),
      }),
      '`shadowVariant` requires exactly 1 entry in `variants`, got 2',
    ],
    [
      'a serverless shadow variant',
      (stack) => ({ variants: [on(newModel(stack))], shadowVariant: serverless(stack, 'shadow') }),
      '`shadowVariant`: "shadow" is serverless, which shadow tests do not support',
    ],
    [
      'a shadow variant with several containers',
      (stack) => ({
        variants: [on(newModel(stack))],
        shadowVariant: on(newModel(stack, { containers: [{ image: image('a') }, { image: image('b') }] }, 'B'), 'b'),
      }),
      '"b" has 2 containers, which shadow tests do not support',
    ],
    [
      'a shadow variant and a multi-model production variant',
      (stack) => ({
        variants: [on(newModel(stack, { modelData: uncompressedData(stack), multiModel: {} }))],
        shadowVariant: on(newModel(stack, {}, 'B'), 'b'),
      }),
      '`variants`: "main" has a multi-model container, which shadow tests do not support',
    ],
    [
      'a shadow variant with a model from AWS Marketplace',
      (stack) => ({
        variants: [on(newModel(stack))],
        shadowVariant: on(newModel(stack, { modelPackage: marketplacePackage(stack) }, 'B'), 'b'),
      }),
      '"b" hosts a product from AWS Marketplace, which shadow tests do not support',
    ],
    [
      'a shadow variant on Inf1 instances',
      (stack) => ({
        variants: [on(newModel(stack))],
        shadowVariant: on(newModel(stack, {}, 'B'), 'b', InstanceType.ML_INF1_XLARGE),
      }),
      '"b" runs on Inf1, which shadow tests do not support',
    ],
    [
      'a shadow variant of the same name as the production variant',
      (stack) => ({ variants: [on(newModel(stack))], shadowVariant: on(newModel(stack, {}, 'B')) }),
      '`variants` must be unique, got more than one "main"',
    ],
    [
      'a KMS key and a variant with local storage',
      (stack) => ({
        variants: [on(newModel(stack), 'main', InstanceType.ML_M5D_LARGE)],
        encryptionKey: { keyArn: 'arn' } as never,
      }),
      '`encryptionKey` is not supported for ml.m5d.large of variant "main"',
    ],
    [
      'a KMS key and a shadow variant with local storage',
      (stack) => ({
        variants: [on(newModel(stack))],
        shadowVariant: on(newModel(stack, {}, 'B'), 'b', InstanceType.ML_G5_XLARGE),
        encryptionKey: { keyArn: 'arn' } as never,
      }),
      '`encryptionKey` is not supported for ml.g5.xlarge of variant "b"',
    ],
    [
      'an empty list of security groups',
      (stack) => ({ variants: [shared], vpc: newVpc(stack), securityGroups: [] }),
      '`securityGroups` must have 1 to 5 entries, got 0',
    ],
    [
      'a variant for inference components and one with a model',
      (stack) => ({ variants: [shared, on(newModel(stack), 'b')] }),
      'either all `variants` or none must be for inference components',
    ],
    [
      'a VPC and a variant with a model',
      (stack) => ({ variants: [on(newModel(stack))], vpc: newVpc(stack) }),
      '`vpc` requires variants for inference components: specify it for the `Model` instead',
    ],
    [
      'subnets and no VPC',
      () => ({ variants: [shared], vpcSubnets: {} }),
      '`vpcSubnets` and `securityGroups` require `vpc`',
    ],
    [
      'an invalid publish frequency of metrics',
      (stack) => ({ variants: [on(newModel(stack))], metrics: { publishFrequency: Duration.seconds(5) } }),
      '`metrics.publishFrequency` must be one of 10, 30, 60, 120, 180, 240, 300 seconds, got 5',
    ],
  ])('%s', (_, props, error) => {
    const stack = newStack();
    expect(errorOf(() => new EndpointConfig(stack, 'Config', props(stack)))).toContain(error);
  });

  test('a model of another stack', () => {
    const app = new App();
    const model = newModel(new Stack(app, 'Models'));
    expect(errorOf(() => new EndpointConfig(new Stack(app, 'Hosting'), 'Config', { variants: [on(model)] }))).toContain(
      'model Models/Model must be in the same stack as the endpoint configuration',
    );
  });

  test('a model of another stack in an instance pool', () => {
    const stack = newStack();
    const other = new Stack(stack.node.root, 'Other');
    expect(errorOf(() => pool(stack, new Model(other, 'Pool', { image: image() })))).toContain(
      'model Other/Pool must be in the same stack as the endpoint configuration',
    );
  });

  test('asynchronous inference and a model from AWS Marketplace in an instance pool', () => {
    const stack = newStack();
    const pooled = new Model(stack, 'Pool', { modelPackage: marketplacePackage(stack) });
    expect(errorOf(() => pool(stack, pooled, { asyncInference: asyncInference(stack) }))).toContain(
      'a product from AWS Marketplace',
    );
  });
});

function pool(stack: Stack, pooled: Model, props: Partial<EndpointConfigProps> = {}): EndpointConfig {
  return newConfig(stack, {
    variants: [
      ProductionVariant.instances('main', {
        model: newModel(stack),
        instancePools: [{ instanceType: InstanceType.ML_M5_LARGE, priority: 1, model: pooled }],
      }),
    ],
    ...props,
  });
}
