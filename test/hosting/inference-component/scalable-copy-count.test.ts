import { Size, type Stack } from 'aws-cdk-lib';
import { Endpoint, InferenceComponent, type InferenceComponentProps } from '../../../lib';
import { modelArchive, SCALABLE_TARGET, SCALING_POLICY } from '../../hosting-fixtures';
import { errorOf, image, newStack, onlyResource } from '../../stacks';

function newComponent(stack: Stack, props: Partial<InferenceComponentProps> = {}): InferenceComponent {
  const endpoint = Endpoint.fromEndpointName(stack, 'Endpoint', 'shared');
  const container = props.baseComponent ? undefined : { image: image() };
  const compute = props.baseComponent ? undefined : { minMemory: Size.gibibytes(1) };
  return new InferenceComponent(stack, 'Component', { endpoint, variantName: 'main', container, compute, ...props });
}

describe('Scaling of an inference component', () => {
  test('tracks the number of invocations per copy', () => {
    const stack = newStack();
    newComponent(stack)
      .autoScale({ maxCapacity: 2 })
      .scaleOnInvocations('Invocations', { targetInvocationsPerMinute: 60 });
    expect(onlyResource(stack, SCALABLE_TARGET)).toMatchObject({
      ScalableDimension: 'sagemaker:inference-component:DesiredCopyCount',
      MinCapacity: 1,
      MaxCapacity: 2,
    });
    expect(onlyResource(stack, SCALING_POLICY).TargetTrackingScalingPolicyConfiguration).toEqual({
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerInferenceComponentInvocationsPerCopy' },
      TargetValue: 60,
      ScaleInCooldown: 300,
      ScaleOutCooldown: 300,
    });
  });

  test('rejects a target of 0', () => {
    const scaling = newComponent(newStack()).autoScale({ maxCapacity: 2 });
    expect(() => scaling.scaleOnConcurrency('Concurrency', { targetConcurrency: 0 })).toThrow(
      '`targetConcurrency` must be more than 0, got 0',
    );
  });

  test('rejects a second call', () => {
    const component = newComponent(newStack());
    component.autoScale({ maxCapacity: 2 });
    expect(() => component.autoScale({ maxCapacity: 3 })).toThrow('`autoScale` must be called only once');
  });

  test('is rejected for an adapter', () => {
    const stack = newStack();
    const adapter = newComponent(stack, {
      baseComponent: InferenceComponent.fromInferenceComponentName(stack, 'Base', 'base'),
      adapterData: modelArchive(stack),
    });
    expect(errorOf(() => adapter.autoScale({ maxCapacity: 2 }))).toContain(
      '`autoScale` is not supported for an adapter: scale its `baseComponent`',
    );
  });
});
