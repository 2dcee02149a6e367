import { Duration, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IEndpoint } from '../hosting/endpoint/endpoint';
import type { EndpointVariant } from '../hosting/endpoint/endpoint-variant';
import { ValidationErrors } from '../private/validation';
import type { TrainingJob } from '../training/training-job';

/** A training job of a dashboard. */
export interface DashboardTraining {
  /** The training job. */
  readonly job: TrainingJob;

  /** The names of the metrics to show, for example `validation:auc`. */
  readonly metricNames: string[];
}

/** An endpoint of a dashboard. */
export interface DashboardEndpoint {
  /** The endpoint. */
  readonly endpoint: IEndpoint;

  /** The names of the variants to show. */
  readonly variantNames: string[];
}

/** Properties for defining an `AlgorithmDashboard`. */
export interface AlgorithmDashboardProps {
  /**
   * The training jobs to show.
   *
   * @default - no training jobs
   */
  readonly trainings?: DashboardTraining[];

  /**
   * The endpoints to show.
   *
   * @default - no endpoints
   */
  readonly endpoints?: DashboardEndpoint[];

  /**
   * The alarms whose status is shown at the top.
   *
   * @default - no alarms
   */
  readonly alarms?: cloudwatch.IAlarm[];

  /**
   * The name of the dashboard, which consists of letters, digits, hyphens and underscores.
   *
   * @default - a name that CloudFormation generates
   */
  readonly dashboardName?: string;
}

const HALF_WIDTH = 12;
const FULL_WIDTH = 24;

/**
 * A CloudWatch dashboard of the training jobs and endpoints of an algorithm.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const job: sagemaker.TrainingJob;
 * declare const endpoint: sagemaker.Endpoint;
 *
 * new sagemaker.AlgorithmDashboard(this, 'Dashboard', {
 *   trainings: [{ job, metricNames: ['validation:auc'] }],
 *   endpoints: [{ endpoint, variantNames: ['main'] }],
 * });
 */
export class AlgorithmDashboard extends Construct {
  /** The CloudWatch dashboard, to which widgets can be added. */
  public readonly dashboard: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, props: AlgorithmDashboardProps) {
    super(scope, id);
    const errors = new ValidationErrors(`Dashboard ${this.node.path}`, 'all-stages');
    errors.requireTypes('AlgorithmDashboardProps', props);
    const { trainings = [], endpoints = [], alarms = [] } = props;
    errors.when(trainings.length + endpoints.length === 0, '`trainings` or `endpoints` must have at least 1 entry');
    errors.throwIfAny();

    this.dashboard = new cloudwatch.Dashboard(this, 'Resource', {
      dashboardName: props.dashboardName,
      defaultInterval: Duration.days(1),
    });
    if (alarms.length > 0) {
      this.dashboard.addWidgets(new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms, width: FULL_WIDTH }));
    }
    trainings.forEach((training) => this.addTraining(training));
    endpoints.forEach((endpoint) => this.addEndpoint(endpoint));
  }

  private addTraining({ job, metricNames }: DashboardTraining): void {
    const instanceMetric = (metricName: string): cloudwatch.Metric =>
      new cloudwatch.Metric({
        namespace: '/aws/sagemaker/TrainingJobs',
        metricName,
        // SageMaker names the instances of a job `<job>/algo-<number>`.
        dimensionsMap: { Host: `${job.jobName}/algo-1` },
      });
    this.dashboard.addWidgets(
      heading(`Training ${job.node.path}`),
      new cloudwatch.GraphWidget({
        title: 'Metrics of the training job',
        width: HALF_WIDTH,
        left: metricNames.map((name) => job.metric(name, { period: Duration.minutes(1) })),
      }),
      new cloudwatch.GraphWidget({
        title: 'Utilization of the first instance (%)',
        width: HALF_WIDTH,
        left: ['CPUUtilization', 'MemoryUtilization', 'GPUUtilization', 'DiskUtilization'].map(instanceMetric),
      }),
    );
  }

  private addEndpoint({ endpoint, variantNames }: DashboardEndpoint): void {
    const variants = variantNames.map((name) => endpoint.variant(name));
    const graph = (
      title: string,
      metricsOf: (variant: EndpointVariant) => cloudwatch.Metric[],
    ): cloudwatch.GraphWidget =>
      new cloudwatch.GraphWidget({
        title,
        width: HALF_WIDTH,
        left: variants.flatMap((variant) =>
          metricsOf(variant).map((metric) =>
            metric.with({ label: `${variant.variantName}: ${metric.label ?? metric.metricName}` }),
          ),
        ),
      });
    this.dashboard.addWidgets(
      heading(`Endpoint ${endpoint.node.path}`),
      graph('Invocations', (variant) => [variant.metricInvocations()]),
      graph('Errors', (variant) => [
        variant.metricInvocation4xxErrors(),
        variant.metricInvocation5xxErrors(),
        variant.metricInvocationModelErrors(),
      ]),
      graph('Model latency (µs)', (variant) =>
        ['p50', 'p90', 'p99'].map((statistic) => variant.metricModelLatency({ statistic, label: statistic })),
      ),
      graph('Utilization of the instances (%)', (variant) => [
        variant.metricCpuUtilization(),
        variant.metricMemoryUtilization(),
        variant.metricGpuUtilization(),
        variant.metricDiskUtilization(),
      ]),
    );
  }
}

function heading(text: string): cloudwatch.TextWidget {
  return new cloudwatch.TextWidget({ markdown: `## ${text}`, width: FULL_WIDTH, height: 1 });
}
