import { Duration, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { IEndpoint } from '../hosting/endpoint/endpoint';
import type { EndpointVariant } from '../hosting/endpoint/endpoint-variant';
import { ValidationErrors } from '../private/validation';
import type { TrainingJob } from '../training/training-job';

/** A training job and what it prints. */
export interface DashboardTraining {
  /** The job. */
  readonly job: TrainingJob;

  /** The names of its metrics, for example `validation:auc`. */
  readonly metricNames: string[];
}

/** An endpoint and its variants. */
export interface DashboardEndpoint {
  /** The endpoint. */
  readonly endpoint: IEndpoint;

  /** The names of its variants. */
  readonly variantNames: string[];
}

/** What a dashboard shows. */
export interface AlgorithmDashboardProps {
  /**
   * Training jobs.
   *
   * @default - none
   */
  readonly trainings?: DashboardTraining[];

  /**
   * Endpoints.
   *
   * @default - none
   */
  readonly endpoints?: DashboardEndpoint[];

  /**
   * Alarms whose state is shown first.
   *
   * @default - none
   */
  readonly alarms?: cloudwatch.IAlarm[];

  /**
   * The name of the dashboard, of letters, digits, hyphens and underscores.
   *
   * @default - CloudFormation makes a name
   */
  readonly dashboardName?: string;
}

const HALF = 12;
const WHOLE = 24;

/**
 * One page for an algorithm: how its training goes, and how its endpoints do.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
export class AlgorithmDashboard extends Construct {
  /** The dashboard, to which more can be added. */
  public readonly dashboard: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, props: AlgorithmDashboardProps) {
    super(scope, id);
    const { trainings = [], endpoints = [], alarms = [] } = props;
    const errors = new ValidationErrors(`Dashboard ${this.node.path}`);
    errors.when(trainings.length + endpoints.length === 0, 'one of `trainings` and `endpoints` must have an entry');
    errors.throwIfAny();

    this.dashboard = new cloudwatch.Dashboard(this, 'Resource', {
      dashboardName: props.dashboardName,
      defaultInterval: Duration.days(1),
    });
    if (alarms.length > 0) {
      this.dashboard.addWidgets(new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms, width: WHOLE }));
    }
    trainings.forEach((training) => this.addTraining(training));
    endpoints.forEach((endpoint) => this.addEndpoint(endpoint));
  }

  private addTraining({ job, metricNames }: DashboardTraining): void {
    const instances = (metricName: string): cloudwatch.Metric =>
      new cloudwatch.Metric({
        namespace: '/aws/sagemaker/TrainingJobs',
        metricName,
        // The service names instances `<job>/algo-<number>`.
        dimensionsMap: { Host: `${job.jobName}/algo-1` },
      });
    this.dashboard.addWidgets(
      heading(`Training ${job.node.path}`),
      new cloudwatch.GraphWidget({
        title: 'What the job prints',
        width: HALF,
        left: metricNames.map((name) => job.metric(name, { period: Duration.minutes(1) })),
      }),
      new cloudwatch.GraphWidget({
        title: 'Use of the first instance (%)',
        width: HALF,
        left: ['CPUUtilization', 'MemoryUtilization', 'GPUUtilization', 'DiskUtilization'].map(instances),
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
        width: HALF,
        left: variants.flatMap((variant) =>
          metricsOf(variant).map((metric) =>
            metric.with({ label: `${variant.variantName}: ${metric.label ?? metric.metricName}` }),
          ),
        ),
      });
    this.dashboard.addWidgets(
      heading(`Endpoint ${endpoint.node.path}`),
      graph('Requests', (variant) => [variant.metricInvocations()]),
      graph('Errors', (variant) => [
        variant.metricInvocation4xxErrors(),
        variant.metricInvocation5xxErrors(),
        variant.metricInvocationModelErrors(),
      ]),
      graph('Latency of the model (µs)', (variant) =>
        ['p50', 'p90', 'p99'].map((statistic) => variant.metricModelLatency({ statistic, label: statistic })),
      ),
      graph('Use of the instances (%)', (variant) => [
        variant.metricCpuUtilization(),
        variant.metricMemoryUtilization(),
        variant.metricGpuUtilization(),
        variant.metricDiskUtilization(),
      ]),
    );
  }
}

function heading(text: string): cloudwatch.TextWidget {
  return new cloudwatch.TextWidget({ markdown: `## ${text}`, width: WHOLE, height: 1 });
}
