import { Duration, Size, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  CapacitySize,
  DeploymentPolicy,
  Endpoint,
  type EndpointConfig,
  InstanceType,
  Model,
  type ModelProps,
  ProductionVariant,
} from '../../../lib';
import { newConfig } from '../../features';
import { marketplacePackage, newModel } from '../../hosting-fixtures';
import { errorOf, image, newStack } from '../../stacks';

function config(
  stack: Stack,
  instanceCount: number,
  instanceType = InstanceType.ML_M5_LARGE,
  props: ModelProps = {},
): EndpointConfig {
  const model = newModel(stack, props);
  return newConfig(stack, {
    variants: [ProductionVariant.instances('main', { model, instanceType, instanceCount })],
  });
}

function endpoint(deployment: DeploymentPolicy, make: (stack: Stack) => EndpointConfig) {
  return (): unknown => {
    const stack = newStack();
    return new Endpoint(stack, 'Endpoint', { endpointConfig: make(stack), deployment });
  };
}

const withInstances = (count: number) => (stack: Stack) => config(stack, count);
const oneInstance = 'which has 1 instance. Set an `instanceCount` of at least 2, or use DeploymentPolicy.allAtOnce()';

describe('A deployment policy is rejected if', () => {
  test.each<[string, () => unknown, string]>([
    [
      'it is canary and the variant has one instance',
      endpoint(DeploymentPolicy.canary(), withInstances(1)),
      `canary is not supported for variant "main", ${oneInstance}`,
    ],
    [
      'it is linear and the variant has one instance',
      endpoint(DeploymentPolicy.linear(), withInstances(1)),
      `linear is not supported for variant "main", ${oneInstance}`,
    ],
    [
      'it is rolling and the variant has one instance',
      endpoint(DeploymentPolicy.rolling(), withInstances(1)),
      `rolling is not supported for variant "main", ${oneInstance}`,
    ],
    [
      'the canary size exceeds 50 %',
      endpoint(DeploymentPolicy.canary({ size: CapacitySize.count(3) }), withInstances(4)),
      '`deployment.size` must be at most 50 % of the instances, got 3 of the 4 instances of variant "main"',
    ],
    [
      'the step size is below 10 %',
      endpoint(DeploymentPolicy.linear({ stepSize: CapacitySize.percent(9) }), withInstances(20)),
      '`deployment.stepSize` must be 10 to 50 % of the instances, got 9 %',
    ],
    [
      'the batch size exceeds 50 %',
      endpoint(DeploymentPolicy.rolling({ batchSize: CapacitySize.percent(51) }), withInstances(4)),
      '`deployment.batchSize` must be 5 to 50 % of the instances, got 51 %',
    ],
    [
      'it is rolling and the endpoint has two variants',
      endpoint(DeploymentPolicy.rolling(), (stack) =>
        newConfig(stack, {
          variants: ['a', 'b'].map((name) =>
            ProductionVariant.instances(name, {
              model: new Model(stack, name, { image: image() }),
              instanceType: InstanceType.ML_M5_LARGE,
              instanceCount: 2,
            }),
          ),
        }),
      ),
      'rolling deployments require exactly 1 variant, got 2',
    ],
    [
      'it is rolling and the variant is serverless',
      endpoint(DeploymentPolicy.rolling(), (stack) =>
        newConfig(stack, {
          variants: [
            ProductionVariant.serverless('main', {
              model: new Model(stack, 'Model', { image: image() }),
              memory: Size.gibibytes(1),
              maxConcurrency: 1,
            }),
          ],
        }),
      ),
      'which is serverless and has no instances',
    ],
    [
      'it is canary and the model is from AWS Marketplace',
      endpoint(DeploymentPolicy.canary(), (stack) =>
        config(stack, 2, InstanceType.ML_M5_LARGE, { modelPackage: marketplacePackage(stack) }),
      ),
      'whose model is a product from AWS Marketplace. Use DeploymentPolicy.allAtOnce()',
    ],
    [
      'it is linear and the variant runs on Inf1',
      endpoint(DeploymentPolicy.linear(), (stack) => config(stack, 2, InstanceType.ML_INF1_XLARGE)),
      'which runs on Inf1',
    ],
    [
      'its durations are outside their limits',
      endpoint(
        DeploymentPolicy.allAtOnce({
          bakeTime: Duration.hours(2),
          terminationWait: Duration.hours(2),
          maximumExecutionTimeout: Duration.minutes(5),
        }),
        withInstances(1),
      ),
      'has 3 validation errors:\n  - `deployment.bakeTime (seconds)` must be at most 3600, got 7200',
    ],
  ])('%s', (_, make, error) => {
    expect(errorOf(make)).toContain(error);
  });
});

describe('A gradual deployment policy', () => {
  test('requires an alarm if automatic rollback is enabled', () => {
    const stack = newStack();
    new Endpoint(stack, 'Endpoint', { endpointConfig: config(stack, 2), deployment: DeploymentPolicy.canary() });
    const error = errorOf(() => Template.fromStack(stack));
    expect(error).toContain('`deployment` requires at least one alarm, which rolls back a failed update');
    expect(error).toContain('addRollbackAlarm(endpoint.variant(…).createErrorAlarm(…))');
  });

  test('requires no alarm if automatic rollback is disabled', () => {
    const stack = newStack();
    const deployment = DeploymentPolicy.canary({ automaticRollback: false });
    new Endpoint(stack, 'Endpoint', { endpointConfig: config(stack, 2), deployment });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('accepts an alarm that is added to the endpoint later', () => {
    const stack = newStack();
    const updated = new Endpoint(stack, 'Endpoint', {
      endpointConfig: config(stack, 2),
      deployment: DeploymentPolicy.canary(),
    });
    updated.addRollbackAlarm(updated.variant('main').createErrorAlarm('Errors'));
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});
