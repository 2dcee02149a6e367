import { type aws_cloudwatch as cloudwatch, aws_sns as sns, CfnParameter, Duration, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Endpoint, EndpointConfig, InstanceType, Model, ProductionVariant } from '../../../lib';
import { newConfig } from '../../features';
import { ALARM, newEndpoint, SCALABLE_TARGET } from '../../hosting-fixtures';
import { ACCOUNT, errorOf, image, newStack, onlyResource, REGION } from '../../stacks';

const DIMENSIONS = [
  { Name: 'EndpointName', Value: 'churn' },
  { Name: 'VariantName', Value: 'main' },
];

describe('Endpoint variant', () => {
  test('is the same object for repeated calls', () => {
    const endpoint = newEndpoint(newStack());
    expect(endpoint.variant('main')).toBe(endpoint.variant('main'));
  });

  test('can have any name if the endpoint configuration is imported', () => {
    const stack = newStack();
    const config = EndpointConfig.fromEndpointConfigName(stack, 'Imported', 'imported');
    expect(newEndpoint(stack, { endpointConfig: config }).variant('any').variantName).toBe('any');
  });

  test('can be a shadow variant', () => {
    const stack = newStack();
    const on = (name: string): ProductionVariant =>
      ProductionVariant.instances(name, {
        model: new Model(stack, name, { image: image() }),
        instanceType: InstanceType.ML_M5_LARGE,
      });
    const config = newConfig(stack, { variants: [on('main')], shadowVariant: on('shadow') });
    expect(
      newEndpoint(stack, { endpointConfig: config }).variant('shadow').metricInvocations().dimensions,
    ).toMatchObject({
      VariantName: 'shadow',
    });
  });

  test('has metrics, alarms and scaling if the endpoint is imported', () => {
    const stack = newStack();
    const variant = Endpoint.fromEndpointName(stack, 'Endpoint', 'churn').variant('main');
    variant.createErrorAlarm('Errors');
    variant.autoScale({ minCapacity: 0, maxCapacity: 2 }).scaleOnBacklog('Backlog', { targetBacklogPerInstance: 5 });
    const template = Template.fromStack(stack);
    template.hasResourceProperties(ALARM, { MetricName: 'Invocation5XXErrors', Dimensions: DIMENSIONS });
    template.hasResourceProperties(SCALABLE_TARGET, { ResourceId: 'endpoint/churn/variant/main' });
  });

  test.each<[string, string, (endpoint: Endpoint) => cloudwatch.Metric]>([
    ['Invocations', 'Sum', (e) => e.variant('main').metricInvocations()],
    ['InvocationsPerInstance', 'Sum', (e) => e.variant('main').metricInvocationsPerInstance()],
    ['ConcurrentRequestsPerModel', 'Maximum', (e) => e.variant('main').metricConcurrentRequestsPerModel()],
    ['Invocation4XXErrors', 'Sum', (e) => e.variant('main').metricInvocation4xxErrors()],
    ['Invocation5XXErrors', 'Sum', (e) => e.variant('main').metricInvocation5xxErrors()],
    ['InvocationModelErrors', 'Sum', (e) => e.variant('main').metricInvocationModelErrors()],
    ['ModelLatency', 'Average', (e) => e.variant('main').metricModelLatency()],
    ['OverheadLatency', 'Average', (e) => e.variant('main').metricOverheadLatency()],
    ['ModelSetupTime', 'Average', (e) => e.variant('main').metricModelSetupTime()],
  ])('has the metric %s of its requests', (metricName, statistic, metric) => {
    expect(metric(newEndpoint(newStack()))).toMatchObject({
      namespace: 'AWS/SageMaker',
      metricName,
      statistic,
      dimensions: { EndpointName: 'churn', VariantName: 'main' },
    });
  });

  test.each<[string, (endpoint: Endpoint) => cloudwatch.Metric]>([
    ['CPUUtilization', (e) => e.variant('main').metricCpuUtilization()],
    ['MemoryUtilization', (e) => e.variant('main').metricMemoryUtilization()],
    ['DiskUtilization', (e) => e.variant('main').metricDiskUtilization()],
    ['GPUUtilization', (e) => e.variant('main').metricGpuUtilization()],
    ['GPUMemoryUtilization', (e) => e.variant('main').metricGpuMemoryUtilization()],
  ])('has the metric %s of its instances', (metricName, metric) => {
    expect(metric(newEndpoint(newStack()))).toMatchObject({
      namespace: '/aws/sagemaker/Endpoints',
      metricName,
      dimensions: { EndpointName: 'churn', VariantName: 'main' },
    });
  });
});

describe('An alarm of an endpoint variant', () => {
  test('monitors the rate of 5xx responses', () => {
    const stack = newStack();
    newEndpoint(stack).variant('main').createErrorAlarm('Errors');
    expect(onlyResource(stack, ALARM)).toEqual({
      AlarmDescription: 'More than 1 % of the requests to variant main fail.',
      ComparisonOperator: 'GreaterThanThreshold',
      DatapointsToAlarm: 2,
      Dimensions: DIMENSIONS,
      EvaluationPeriods: 3,
      MetricName: 'Invocation5XXErrors',
      Namespace: 'AWS/SageMaker',
      Period: 60,
      Statistic: 'Average',
      Threshold: 0.01,
      TreatMissingData: 'notBreaching',
    });
  });

  test('monitors the rate of model errors with the specified options', () => {
    const stack = newStack();
    const topic = sns.Topic.fromTopicArn(stack, 'Topic', `arn:aws:sns:${REGION}:${ACCOUNT}:ops`);
    const action: cloudwatch.IAlarmAction = { bind: () => ({ alarmActionArn: topic.topicArn }) };
    newEndpoint(stack)
      .variant('main')
      .createModelErrorAlarm('Errors', {
        maxPercent: 5,
        period: Duration.minutes(5),
        evaluationPeriods: 1,
        alarmName: 'model',
        actions: [action],
      });
    expect(onlyResource(stack, ALARM)).toMatchObject({
      AlarmName: 'model',
      MetricName: 'InvocationModelErrors',
      Threshold: 0.05,
      Period: 300,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      AlarmActions: [topic.topicArn],
    });
  });

  test('monitors the latency of the model in microseconds', () => {
    const stack = newStack();
    const variant = newEndpoint(stack).variant('main');
    variant.createLatencyAlarm('Slow');
    variant.createLatencyAlarm('Slower', { maxLatency: Duration.millis(250), percentile: 90 });
    const template = Template.fromStack(stack);
    template.hasResourceProperties(ALARM, {
      MetricName: 'ModelLatency',
      ExtendedStatistic: 'p99',
      Threshold: 1_000_000,
    });
    template.hasResourceProperties(ALARM, { ExtendedStatistic: 'p90', Threshold: 250_000 });
  });

  test('monitors invocations, and goes into ALARM after a day without any', () => {
    const stack = newStack();
    newEndpoint(stack).variant('main').createIdleAlarm('Idle');
    expect(onlyResource(stack, ALARM)).toMatchObject({
      AlarmDescription: 'Variant main has received no invocations for 1 day and is still billed.',
      MetricName: 'Invocations',
      Statistic: 'Sum',
      Period: 3600,
      EvaluationPeriods: 24,
      DatapointsToAlarm: 24,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'breaching',
    });
  });

  test.each<[string, object]>([
    ['`maxPercent` must be 0 to 99, got 100', { maxPercent: 100 }],
    ['`maxPercent` must be 0 to 99, got -1', { maxPercent: -1 }],
  ])('is rejected: %s', (error, options) => {
    expect(() => newEndpoint(newStack()).variant('main').createErrorAlarm('Errors', options)).toThrow(error);
  });

  test('rejects a percentile above 100', () => {
    const variant = newEndpoint(newStack()).variant('main');
    expect(() => variant.createLatencyAlarm('Slow', { percentile: 101 })).toThrow(
      '`percentile` must be above 0 and at most 100, got 101',
    );
  });

  test('rejects more datapoints than evaluation periods', () => {
    const stack = newStack();
    const variant = new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack) }).variant('main');
    expect(errorOf(() => variant.createErrorAlarm('A', { evaluationPeriods: 1, datapointsToAlarm: 5 }))).toContain(
      '`datapointsToAlarm` must be at most `evaluationPeriods` 1, got 5',
    );
  });

  test.each<[string, (stack: Stack) => unknown]>([
    [
      'maxPercent',
      (stack) =>
        newEndpoint(stack)
          .variant('main')
          .createErrorAlarm('A', { maxPercent: token(stack) }),
    ],
    [
      'maxLatency',
      (stack) =>
        newEndpoint(stack)
          .variant('main')
          .createLatencyAlarm('A', { maxLatency: Duration.millis(token(stack)) }),
    ],
  ])('is rejected if `%s` is a token', (property, make) => {
    expect(() => make(newStack())).toThrow(`\`${property}\` must not be a token`);
  });
});

function token(stack: Stack): number {
  return new CfnParameter(stack, 'P', { type: 'Number' }).valueAsNumber;
}
