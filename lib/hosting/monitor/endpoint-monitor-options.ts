import type { Duration, aws_cloudwatch as cloudwatch, aws_scheduler as scheduler } from 'aws-cdk-lib';
import type { S3Location } from '../../common/s3-location';
import type { ProcessingOptions } from '../../processing/processing-options';
import type { CaptureMode } from '../endpoint-config/data-capture';

/** Options of the alarm of a monitor. */
export interface ViolationAlarmOptions {
  /**
   * The maximum number of violations with which the alarm remains OK, at least 0.
   *
   * @default 0
   */
  readonly maxViolations?: number;

  /**
   * The name of the alarm.
   *
   * @default - a name that CloudFormation generates
   */
  readonly alarmName?: string;

  /**
   * The actions when the alarm goes into ALARM.
   *
   * @default - no actions
   */
  readonly actions?: cloudwatch.IAlarmAction[];
}

/**
 * Options of a monitor: the container that analyzes captured data, as a processing job. The inputs `endpoint` and `baseline` and the output
 * `report` are those of the monitor, and cannot be specified.
 */
export interface EndpointMonitorOptions extends ProcessingOptions {
  /**
   * The times at which the captured data is analyzed, at least 1 hour apart: for example
   * `ScheduleExpression.rate(Duration.days(1))`. A cron expression is in UTC, unless it has a time zone.
   */
  readonly schedule: scheduler.ScheduleExpression;

  /**
   * The data with which the container compares the captured data, for example the output of a processing job. The container finds the
   * objects in `/opt/ml/processing/input/baseline`.
   *
   * @default - no baseline
   */
  readonly baseline?: S3Location;

  /**
   * The captured data that the container requires, which the endpoint must capture.
   *
   * @default - all that the endpoint captures
   */
  readonly captureModes?: CaptureMode[];

  /**
   * The names of the variants whose captured data is analyzed.
   *
   * @default - all production variants
   */
  readonly variantNames?: string[];

  /**
   * The time after which the captured data of an hour is complete, in whole hours, at least 1 hour. SageMaker stores captured data with a
   * delay. Data that is stored later is not analyzed.
   *
   * @default Duration.hours(1)
   */
  readonly delay?: Duration;

  /**
   * The maximum window that an execution analyzes, in whole hours. It limits the data of the first execution, and of one that follows failed
   * executions. It must be at least the time between two executions: data that is older is not analyzed.
   *
   * @default Duration.days(7)
   */
  readonly maxWindow?: Duration;

  /**
   * The S3 location of the reports and the manifests of the analyzed files. Each job writes to a folder with its name.
   *
   * @default - a new bucket that is retained when the stack is deleted
   */
  readonly reportLocation?: S3Location;

  /**
   * The alarm that goes into ALARM when an execution has found violations.
   *
   * @default - more than 0 violations; no actions
   */
  readonly violationAlarm?: ViolationAlarmOptions;

  /**
   * The name of the monitor in its events and metrics, which is also the name of its state machine: at most 80 letters, digits, hyphens
   * and underscores.
   *
   * @default - derived from the construct path
   */
  readonly stateMachineName?: string;
}
