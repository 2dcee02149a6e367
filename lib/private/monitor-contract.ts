import { PATHS } from './contract';

/** The names of the inputs and the output of a monitoring job, which are part of their paths in the container. */
export const MONITOR = { capture: 'endpoint', baseline: 'baseline', report: 'report' } as const;

/** The values in the environment of the container of a monitor. */
export interface MonitorContext {
  readonly endpointName: string;
  readonly monitorName: string;

  /** The members of `captureData` that the captured records have. */
  readonly captureIndexNames: string[];

  /** The window: `2026-11-30T04:00:00Z`. */
  readonly startTime: string;
  readonly endTime: string;
  readonly hasBaseline: boolean;
}

/**
 * The environment variables of the container of a monitor: those of SageMaker Model Monitor, and `baseline_source`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-inputs.html
 */
export function monitorEnvironment(context: MonitorContext): Record<string, string> {
  const { captureIndexNames } = context;
  const baseline = `${PATHS.processingInput}/${MONITOR.baseline}`;
  return {
    dataset_format: JSON.stringify({ sagemakerCaptureJson: { captureIndexNames } }),
    dataset_source: `${PATHS.processingInput}/${MONITOR.capture}`,
    output_path: `${PATHS.processingOutput}/${MONITOR.report}`,
    // Only Model Monitor reads the metrics that the container would write with "Enabled".
    publish_cloudwatch_metrics: 'Disabled',
    sagemaker_endpoint_name: context.endpointName,
    sagemaker_monitoring_schedule_name: context.monitorName,
    start_time: context.startTime,
    end_time: context.endTime,
    ...(context.hasBaseline && {
      baseline_source: baseline,
      baseline_constraints: `${baseline}/constraints.json`,
      baseline_statistics: `${baseline}/statistics.json`,
    }),
  };
}

/** The names of all variables, which the user must not specify. */
export const MONITOR_VARIABLES: string[] = Object.keys(
  monitorEnvironment({
    ...{ endpointName: '', monitorName: '', captureIndexNames: [], startTime: '', endTime: '' },
    hasBaseline: true,
  }),
);
