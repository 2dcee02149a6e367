import { aws_cloudwatch as cloudwatch, type Stack } from 'aws-cdk-lib';
import { AlgorithmDashboard } from '../../lib';
import { newByoAlgorithm } from '../lifecycle-fixtures';
import { errorOf, newStack, onlyResource } from '../stacks';

function body(stack: Stack): string {
  return JSON.stringify(onlyResource(stack, 'AWS::CloudWatch::Dashboard').DashboardBody);
}

describe('Algorithm dashboard', () => {
  test('shows the metrics of a training job and an endpoint, and alarms', () => {
    const stack = newStack();
    const { trainingJob, endpoint, alarms } = newByoAlgorithm(stack);
    new AlgorithmDashboard(stack, 'Dashboard', {
      trainings: [{ job: trainingJob!, metricNames: ['validation:auc'] }],
      endpoints: [{ endpoint: endpoint!, variantNames: ['main'] }],
      alarms,
      dashboardName: 'churn',
    });
    const text = body(stack);
    for (const part of [
      'validation:auc',
      'Invocation5XXErrors',
      'ModelLatency',
      'p99',
      'GPUUtilization',
      'algo-1',
      'alarms',
    ]) {
      expect(text).toContain(part);
    }
    expect(onlyResource(stack, 'AWS::CloudWatch::Dashboard').DashboardName).toBe('churn');
  });

  test('accepts additional widgets', () => {
    const stack = newStack();
    const { endpoint } = newByoAlgorithm(stack);
    const { dashboard } = new AlgorithmDashboard(stack, 'Dashboard', {
      endpoints: [{ endpoint: endpoint!, variantNames: ['main'] }],
    });
    dashboard.addWidgets(new cloudwatch.TextWidget({ markdown: 'more of it' }));
    expect(body(stack)).toContain('more of it');
  });

  test('is rejected without training jobs and endpoints', () => {
    expect(errorOf(() => new AlgorithmDashboard(newStack(), 'Dashboard', {}))).toContain(
      '`trainings` or `endpoints` must have at least 1 entry',
    );
  });
});
