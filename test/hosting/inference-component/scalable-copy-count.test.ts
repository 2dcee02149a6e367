import { Size, type Stack } from 'aws-cdk-lib';
import { Schedule } from 'aws-cdk-lib/aws-applicationautoscaling';
import { Match, Template } from 'aws-cdk-lib/assertions';
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

  test('with a minimum of 0 adds the first copy when an invocation fails because there is none', () => {
    const stack = newStack();
    newComponent(stack).autoScale({ minCapacity: 0, maxCapacity: 2 });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 0, MaxCapacity: 2 });
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        Cooldown: 60,
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
    });
    const [policy] = Object.keys(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy'));
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/SageMaker',
      MetricName: 'NoCapacityInvocationFailures',
      Dimensions: [{ Name: 'InferenceComponentName', Value: Match.anyValue() }],
      Statistic: 'Maximum',
      Period: 30,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'missing',
      AlarmActions: [{ Ref: policy }],
      AlarmDescription: 'There are requests, and no copy is running to process them.',
    });
  });

  test('with a schedule that sets a minimum of 0 adds the first copy in the same way, once', () => {
    const stack = newStack();
    const scaling = newComponent(stack).autoScale({ maxCapacity: 2 });
    for (const hour of ['20', '22']) {
      scaling.scaleOnSchedule(`Night${hour}`, { schedule: Schedule.cron({ hour, minute: '0' }), minCapacity: 0 });
    }
    scaling.scaleOnSchedule('Morning', { schedule: Schedule.cron({ hour: '6', minute: '0' }), minCapacity: 1 });
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 1);
  });

  test.each([undefined, 1])('with a minimum of %p has no alarm', (minCapacity) => {
    const stack = newStack();
    newComponent(stack).autoScale({ minCapacity, maxCapacity: 2 });
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 0);
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
