import {
  Duration,
  Names,
  aws_cloudwatch as cloudwatch,
  type aws_ec2 as ec2,
  type aws_iam as iam,
  aws_scheduler as scheduler,
  aws_scheduler_targets as targets,
  aws_stepfunctions as sfn,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { S3Location } from '../../common/s3-location';
import { WorkflowBase } from '../../common/workflow-base';
import { WorkflowOutcome } from '../../common/workflow-outcome';
import type { MonitorDimension, SelectDataOutput, ViolationsMetric } from '../../handlers/workflow-contract';
import { newArtifactBucket } from '../../private/artifact-bucket';
import { executionRole } from '../../private/execution-role';
import { WORKFLOW } from '../../private/grants';
import { KINDS } from '../../private/job-kinds';
import { MONITOR, monitorEnvironment } from '../../private/monitor-contract';
import { SOURCE } from '../../private/outcomes';
import { literalText, nestedJson } from '../../private/nested-json';
import { requireUniqueName } from '../../private/physical-name';
import { placeholder } from '../../private/placeholder';
import { RuleError } from '../../private/rules';
import { grantDecrypt } from '../../private/unapplied-grant';
import type { WorkflowHandler } from '../../private/workflow-handler';
import { isKnown } from '../../private/validation';
import { WorkflowMachine } from '../../private/workflow-machine';
import { ProcessingInput } from '../../processing/processing-input';
import type { ProcessingOptions } from '../../processing/processing-options';
import { ProcessingOutput } from '../../processing/processing-output';
import { type RenderedProcessing, renderProcessing } from '../../processing/processing-request';
import type { DataCaptureOptions } from '../endpoint-config/data-capture';
import type { EndpointMonitorOptions, ViolationAlarmOptions } from './endpoint-monitor-options';
import { type WindowTimes, checkMonitor } from './endpoint-monitor-validation';
import { type MonitoredEndpoint, captureFolder, captureIndexNames } from './monitored-endpoint';

const DIMENSION: MonitorDimension = 'MonitorName';
const VIOLATIONS: ViolationsMetric = 'Violations';

/** The folder of the manifests, next to the folders of the jobs. */
const MANIFESTS = 'manifests';

/** The steps whose results later steps use. */
const SELECT = 'SelectData';
const ANALYZE = 'Analyze';
const REPORT = 'Report';

/** The captured data of an endpoint, and the S3 locations that the monitor writes to. */
interface Data {
  readonly capture: DataCaptureOptions;
  readonly captured: S3Location;
  readonly reports: S3Location;
  readonly manifests: S3Location;
}

/**
 * A monitor of an endpoint: a container analyzes the captured data on a schedule, compares it with a baseline, and reports violations and
 * metrics. Each execution analyzes the data that was captured since the last one, in whole hours. Without captured data, no job runs.
 *
 * An execution that fails can be redriven, and the next one also analyzes its data.
 *
 * @resource AWS::StepFunctions::StateMachine
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-containers.html
 *
 * @example
 * import { Duration, aws_scheduler as scheduler } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const endpoint: sagemaker.Endpoint;
 * declare const image: sagemaker.ContainerImage;
 *
 * const monitor = endpoint.addMonitor('Drift', {
 *   image,
 *   schedule: scheduler.ScheduleExpression.rate(Duration.hours(24)),
 *   resources: sagemaker.ProcessingResources.of(sagemaker.InstanceType.ML_M5_LARGE),
 * });
 * const violations = monitor.metricViolations();
 */
export class EndpointMonitor extends WorkflowBase implements ec2.IConnectable, iam.IGrantable {
  /** @internal */
  public static _of(
    scope: Construct,
    id: string,
    endpoint: MonitoredEndpoint,
    options: EndpointMonitorOptions,
  ): EndpointMonitor {
    return new EndpointMonitor(scope, id, endpoint, options);
  }

  /**
   * The state machine.
   *
   * @attribute
   */
  public readonly stateMachine: sfn.IStateMachine;

  /**
   * The name of the state machine, which is the name of the monitor in its events and metrics.
   *
   * @attribute
   */
  public readonly stateMachineName: string;

  /** The execution role of the jobs. */
  public readonly role: iam.IRole;

  /** The S3 location of the reports. */
  public readonly reportLocation: S3Location;

  /**
   * The alarm that goes into ALARM when an execution has found violations, and returns to OK when a later one has found none.
   * `TrainingWorkflow.startOnAlarm()` starts a training with it.
   */
  public readonly violationAlarm: cloudwatch.Alarm;

  private readonly endpointName: string;
  private readonly vpcConnections?: ec2.Connections;

  private constructor(scope: Construct, id: string, endpoint: MonitoredEndpoint, options: EndpointMonitorOptions) {
    super(scope, id, KINDS.processing.resourceType);
    const times = { delay: options.delay ?? Duration.hours(1), maxWindow: options.maxWindow ?? Duration.days(7) };
    this.endpointName = endpoint.endpointName;
    this.stateMachineName =
      options.stateMachineName ?? Names.uniqueResourceName(this, { maxLength: 80, separator: '-' });
    // Any location serves for the validation, before a bucket is created.
    const job = this.jobOptions(
      endpoint,
      options,
      ProcessingInput._fromManifests('', []),
      ProcessingOutput.toNewBucket(),
    );
    checkMonitor(this, endpoint, options, { times, job });
    requireUniqueName(this, 'stateMachineName', this.stateMachineName);

    const data = this.dataOf(endpoint, options.reportLocation);
    this.reportLocation = data.reports;
    this.role = executionRole(this, options.role, ['ProcessingJobs']);
    const input = ProcessingInput._fromManifests(placeholder('Manifest'), [data.captured, data.manifests]);
    const rendered = renderProcessing(
      this,
      this.jobOptions(endpoint, options, input, ProcessingOutput._inFolder(data.reports)),
      this.role,
      placeholder('JobName'),
    );
    if (data.capture.encryptionKey !== undefined) grantDecrypt(data.capture.encryptionKey, this.role);
    this.vpcConnections = rendered.connections;
    const { stateMachine, handler } = this.newMachine(variantsOf(endpoint, options), data, times, rendered);
    this.stateMachine = stateMachine;
    if (options.outputEncryptionKey !== undefined) grantDecrypt(options.outputEncryptionKey, handler.role);
    new scheduler.Schedule(this, 'Schedule', {
      schedule: options.schedule,
      enabled: !endpoint.isDisabled,
      target: new targets.StepFunctionsStartExecution(this.stateMachine, {}),
    });
    this.violationAlarm = this.newAlarm(options.violationAlarm);
  }

  public get connections(): ec2.Connections {
    if (this.vpcConnections === undefined)
      throw new RuleError('all-stages', `Monitor ${this.node.path} has no connections: set \`vpc\`.`);
    return this.vpcConnections;
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.role.grantPrincipal;
  }

  /**
   * Returns a metric that the container reports in `metrics.json`.
   *
   * @param metricName the name of the metric in the report
   * @param options the metric options
   */
  public metricReported(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: SOURCE,
      metricName,
      dimensionsMap: { [DIMENSION]: this.stateMachineName },
      statistic: cloudwatch.Stats.MAXIMUM,
      ...options,
    });
  }

  /**
   * Returns the metric of the number of violations that an execution has found.
   *
   * @param options the metric options
   */
  public metricViolations(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metricReported(VIOLATIONS, options);
  }

  /** The processing job, with the inputs, the output and the environment of the monitor. */
  private jobOptions(
    { endpointName, dataCapture }: MonitoredEndpoint,
    { baseline, captureModes, ...options }: EndpointMonitorOptions,
    input: ProcessingInput,
    output: ProcessingOutput,
  ): ProcessingOptions {
    const environment = monitorEnvironment({
      endpointName,
      monitorName: this.stateMachineName,
      captureIndexNames: captureIndexNames(captureModes ?? dataCapture?.captureModes),
      startTime: placeholder('StartTime'),
      endTime: placeholder('EndTime'),
      hasBaseline: baseline !== undefined,
    });
    return {
      ...options,
      environment: { ...options.environment, ...environment },
      inputs: {
        ...options.inputs,
        [MONITOR.capture]: input,
        ...(baseline && { [MONITOR.baseline]: ProcessingInput.fromLocation(baseline) }),
      },
      outputs: { ...options.outputs, [MONITOR.report]: output },
    };
  }

  private dataOf({ endpointName, dataCapture }: MonitoredEndpoint, reportLocation?: S3Location): Data {
    if (dataCapture === undefined)
      throw new RuleError('monitoring', 'A monitor of an endpoint without data capture is invalid.');
    const reports = reportLocation ?? S3Location.fromBucket(newArtifactBucket(this), 'monitoring');
    return {
      capture: dataCapture,
      captured: captureFolder(dataCapture, endpointName),
      reports,
      manifests: S3Location.fromBucket(reports.bucket, `${reports._folder.keyPrefix}${MANIFESTS}`),
    };
  }

  private newMachine(
    variants: string[],
    { capture, captured, reports, manifests }: Data,
    { delay, maxWindow }: WindowTimes,
    { request, outputs }: RenderedProcessing,
  ): { readonly stateMachine: sfn.StateMachine; readonly handler: WorkflowHandler } {
    const machine = new WorkflowMachine(this, 'Workflow', { name: this.stateMachineName, tags: this.cdkTagManager });
    const { steps, handler } = machine;
    const folders = variants.map((variant) => `${captured.keyPrefix}/${variant}/`);
    // The condition limits the list to the folders of the variants.
    machine.allow([...WORKFLOW.listObjects], captured.bucket.bucketArn, { StringEquals: { 's3:prefix': folders } });
    manifests.grantWrite(handler.role);
    reports.grantRead(handler.role);

    const window = sfn.JsonPath.objectAt(`$.${SELECT}`);
    const finish = (outcome: WorkflowOutcome, results: object): sfn.IChainable =>
      steps.step<'Finish'>(outcome, { Action: 'Finish', Outcome: outcome, Window: window, ...results });
    const report = steps.step<'Report'>(REPORT, {
      Action: 'Report',
      Window: window,
      Report: literalText(outputs[MONITOR.report]._folderUri),
      JobName: sfn.JsonPath.stringAt(`$.${ANALYZE}.JobName`),
    });
    const values = (['Manifest', 'StartTime', 'EndTime'] satisfies (keyof SelectDataOutput)[]).map((name) => [
      name,
      sfn.JsonPath.stringAt(`$.${SELECT}.${name}`),
    ]);
    const analyze = steps.job(
      ANALYZE,
      machine.addJob('processing', ANALYZE, this.role),
      {
        request: nestedJson(this, request),
        tags: machine.tags,
        values: Object.fromEntries(values) as Record<string, string>,
      },
      report.next(finish(WorkflowOutcome.COMPLETED, { Report: sfn.JsonPath.objectAt(`$.${REPORT}`) })),
    );
    const select = steps.step<'SelectData'>(SELECT, {
      Action: 'SelectData',
      Capture: {
        Bucket: capture.destination.bucket.bucketName,
        Prefix: capture.destination._folder.keyPrefix,
        Folders: variants.map((variant) => `${this.endpointName}/${variant}`),
      },
      Manifests: manifests.uri,
      StartedAt: sfn.JsonPath.stringAt('$$.Execution.StartTime'),
      DelayHours: delay.toHours(),
      MaxWindowHours: maxWindow.toHours(),
    });
    const hasData = `$.${SELECT}.${'HasData' satisfies keyof SelectDataOutput}`;
    const choice = new sfn.Choice(steps.scope, 'Has data')
      .when(sfn.Condition.booleanEquals(hasData, true), analyze)
      .otherwise(finish(WorkflowOutcome.NO_DATA, {}));
    return { stateMachine: machine.create(select.next(choice)), handler };
  }

  private newAlarm({ maxViolations = 0, alarmName, actions = [] }: ViolationAlarmOptions = {}): cloudwatch.Alarm {
    const limit = isKnown(maxViolations) ? maxViolations : 'the maximum number of';
    const alarm = new cloudwatch.Alarm(this, 'ViolationAlarm', {
      metric: this.metricViolations(),
      threshold: maxViolations,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      // The state is that of the last execution that has analyzed data.
      treatMissingData: cloudwatch.TreatMissingData.IGNORE,
      alarmName,
      alarmDescription: `Monitor ${this.stateMachineName} has found more than ${limit} violations in the captured data of endpoint ${this.endpointName}.`,
    });
    if (actions.length > 0) alarm.addAlarmAction(...actions);
    return alarm;
  }
}

function variantsOf({ production }: MonitoredEndpoint, { variantNames }: EndpointMonitorOptions): string[] {
  return variantNames ?? production.map(({ variantName }) => variantName);
}
