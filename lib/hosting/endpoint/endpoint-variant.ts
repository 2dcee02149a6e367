import { Duration, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { Construct, type IDependable } from 'constructs';
import { checkBounds } from '../../private/scaling';
import { ValidationErrors, isKnown } from '../../private/validation';
import { ScalableInstanceCount, type VariantScalingOptions } from './scalable-instance-count';
import type { VariantConfig } from '../endpoint-config/variant-config';

/** What every alarm on a variant may say. */
export interface VariantAlarmOptions {
  /**
   * Over how long each value is taken.
   *
   * @default - 1 minute; 1 hour for an idle variant
   */
  readonly period?: Duration;

  /**
   * How many values are looked at.
   *
   * @default 3; 24 for an idle variant
   */
  readonly evaluationPeriods?: number;

  /**
   * How many of them must be bad.
   *
   * @default 2; all for an idle variant
   */
  readonly datapointsToAlarm?: number;

  /**
   * The name of the alarm.
   *
   * @default - CloudFormation makes a name
   */
  readonly alarmName?: string;

  /**
   * What happens when the alarm goes off.
   *
   * @default - nothing but that it can be seen
   */
  readonly actions?: cloudwatch.IAlarmAction[];
}

/** An alarm on errors. */
export interface ErrorAlarmOptions extends VariantAlarmOptions {
  /**
   * How many of a hundred requests may fail.
   *
   * @default 1
   */
  readonly maxPercent?: number;
}

/** An alarm on latency. */
export interface LatencyAlarmOptions extends VariantAlarmOptions {
  /**
   * How long the model may take to answer.
   *
   * @default Duration.seconds(1)
   */
  readonly maxLatency?: Duration;

  /**
   * For which percentile of the requests that holds.
   *
   * @default 99
   */
  readonly percentile?: number;
}

interface EndpointVariantProps {
  readonly endpointName: string;
  readonly variantName: string;

  /** What is known of the variant. */
  readonly config?: VariantConfig;
  readonly isAsync: boolean;

  /** The endpoint as a resource; undefined where it was made elsewhere, or stands down. */
  readonly resource?: IDependable;
  readonly standsDown?: boolean;
}

const INSTANCE_NAMESPACE = '/aws/sagemaker/Endpoints';

/**
 * A variant of an endpoint as it runs: its metrics, alarms and scaling.
 *
 * Metrics and alarms go by names that are known at synthesis: an alarm can be there before the endpoint, which moves to
 * another configuration only while it is silent.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
export class EndpointVariant extends Construct {
  /** @internal */
  public static _of(scope: Construct, id: string, props: EndpointVariantProps): EndpointVariant {
    return new EndpointVariant(scope, id, props);
  }

  /** The name of the variant. */
  public readonly variantName: string;
  private scaling?: ScalableInstanceCount;

  private constructor(
    scope: Construct,
    id: string,
    private readonly props: EndpointVariantProps,
  ) {
    super(scope, id);
    this.variantName = props.variantName;
  }

  /** @internal */
  public get _isScaled(): boolean {
    return this.scaling !== undefined;
  }

  /**
   * A metric of the requests to this variant.
   *
   * @param metricName its name in the namespace `AWS/SageMaker`
   * @param options how to look at it
   */
  public metric(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.inNamespace('AWS/SageMaker', metricName, options);
  }

  /**
   * A metric of the instances of this variant.
   *
   * @param metricName its name in the namespace `/aws/sagemaker/Endpoints`
   * @param options how to look at it
   */
  public metricInstance(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.inNamespace(INSTANCE_NAMESPACE, metricName, options);
  }

  /**
   * How many requests there were.
   *
   * @param options how to look at it
   */
  public metricInvocations(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('Invocations', { statistic: 'Sum', ...options });
  }

  /**
   * How many requests there were for each instance.
   *
   * @param options how to look at it
   */
  public metricInvocationsPerInstance(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('InvocationsPerInstance', { statistic: 'Sum', ...options });
  }

  /**
   * How many requests a model answers at a time.
   *
   * @param options how to look at it
   */
  public metricConcurrentRequestsPerModel(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('ConcurrentRequestsPerModel', { statistic: 'Maximum', ...options });
  }

  /**
   * How many requests were wrong, by the answer: status 4xx.
   *
   * @param options how to look at it; the average is their share
   */
  public metricInvocation4xxErrors(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('Invocation4XXErrors', { statistic: 'Sum', ...options });
  }

  /**
   * How many requests failed: status 5xx.
   *
   * @param options how to look at it; the average is their share
   */
  public metricInvocation5xxErrors(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('Invocation5XXErrors', { statistic: 'Sum', ...options });
  }

  /**
   * How many requests the container did not answer with success: another status, a broken connection, no answer in time.
   *
   * @param options how to look at it; the average is their share
   */
  public metricInvocationModelErrors(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('InvocationModelErrors', { statistic: 'Sum', ...options });
  }

  /**
   * How long the container took to answer, in microseconds.
   *
   * @param options how to look at it
   */
  public metricModelLatency(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('ModelLatency', { statistic: 'Average', ...options });
  }

  /**
   * How long the service took beside the container, in microseconds.
   *
   * @param options how to look at it
   */
  public metricOverheadLatency(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('OverheadLatency', { statistic: 'Average', ...options });
  }

  /**
   * How long a serverless variant took to start a container, in microseconds.
   *
   * @param options how to look at it
   */
  public metricModelSetupTime(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('ModelSetupTime', { statistic: 'Average', ...options });
  }

  /**
   * The use of processors, in percent of one: 400 is four of them.
   *
   * @param options how to look at it
   */
  public metricCpuUtilization(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metricInstance('CPUUtilization', options);
  }

  /**
   * The use of memory, in percent.
   *
   * @param options how to look at it
   */
  public metricMemoryUtilization(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metricInstance('MemoryUtilization', options);
  }

  /**
   * The use of disks, in percent.
   *
   * @param options how to look at it
   */
  public metricDiskUtilization(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metricInstance('DiskUtilization', options);
  }

  /**
   * The use of GPUs, in percent of one.
   *
   * @param options how to look at it
   */
  public metricGpuUtilization(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metricInstance('GPUUtilization', options);
  }

  /**
   * The use of the memory of GPUs, in percent of that of one.
   *
   * @param options how to look at it
   */
  public metricGpuMemoryUtilization(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metricInstance('GPUMemoryUtilization', options);
  }

  /**
   * Goes off when more than a few requests fail (status 5xx), whoever is to blame.
   *
   * @param id the id of the alarm
   * @param options how many may
   */
  public createErrorAlarm(id: string, options: ErrorAlarmOptions = {}): cloudwatch.Alarm {
    return this.alarmOnShare(id, 'Invocation5XXErrors', 'requests fail', options);
  }

  /**
   * Goes off when the container does not answer more than a few requests with success: it is not healthy, it answers with an
   * error, or too late.
   *
   * @param id the id of the alarm
   * @param options how many it may
   */
  public createModelErrorAlarm(id: string, options: ErrorAlarmOptions = {}): cloudwatch.Alarm {
    return this.alarmOnShare(id, 'InvocationModelErrors', 'requests are not answered by the model', options);
  }

  /**
   * Goes off when the container takes too long.
   *
   * @param id the id of the alarm
   * @param options how long it may take
   */
  public createLatencyAlarm(id: string, options: LatencyAlarmOptions = {}): cloudwatch.Alarm {
    const { maxLatency = Duration.seconds(1), percentile = 99, ...others } = options;
    const errors = this.errors(id);
    errors.checkKnown({ maxLatency, percentile });
    errors.when(
      isKnown(percentile) && !(percentile > 0 && percentile <= 100),
      `\`percentile\` must be above 0 and at most 100, got ${percentile}`,
    );
    errors.throwIfAny();
    return this.alarm(id, others, {
      metric: this.metric('ModelLatency', {
        statistic: `p${percentile}`,
        period: others.period ?? Duration.minutes(1),
      }),
      threshold: maxLatency.toMilliseconds() * 1000,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `The model of variant ${this.variantName} takes more than ${maxLatency.toHumanString()} for ${percentile} % of its requests.`,
    });
  }

  /**
   * Goes off when nobody has asked for a day: instances cost money all the same.
   *
   * @param id the id of the alarm
   * @param options how long is too long
   */
  public createIdleAlarm(id: string, options: VariantAlarmOptions = {}): cloudwatch.Alarm {
    const { period = Duration.hours(1), evaluationPeriods = 24, datapointsToAlarm = evaluationPeriods } = options;
    return this.alarm(
      id,
      { ...options, period, evaluationPeriods, datapointsToAlarm },
      {
        metric: this.metricInvocations({ period }),
        threshold: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        // Where nobody asks, nothing is measured.
        treatMissingData: cloudwatch.TreatMissingData.BREACHING,
        alarmDescription: `Nobody asks variant ${this.variantName}, and it costs money.`,
      },
    );
  }

  /**
   * Lets the number of instances change by itself.
   *
   * @param bounds between which numbers
   */
  public autoScale(bounds: VariantScalingOptions): ScalableInstanceCount {
    this.checkScaling(bounds);
    const { endpointName, variantName, isAsync, resource, standsDown } = this.props;
    this.scaling = ScalableInstanceCount._of(this, 'InstanceCount', {
      ...bounds,
      endpointName,
      variantName,
      isAsync,
      resource,
      standsDown,
    });
    return this.scaling;
  }

  private checkScaling(bounds: VariantScalingOptions): void {
    const { isAsync, config } = this.props;
    const errors = new ValidationErrors(
      `Scaling of variant "${this.variantName}" of endpoint ${this.node.scope?.node.path ?? ''}`,
    );
    errors.when(
      this.scaling !== undefined,
      'the variant is scaled already: `autoScale` returns what policies are added to',
    );
    errors.when(
      config?.kind === 'serverless',
      'a serverless variant has no instances. Application Auto Scaling of its provisioned concurrency is not supported through CloudFormation',
    );
    errors.when(
      config?.kind === 'components',
      'instances of inference components are scaled by `managedScaling`, and the copies of each by its `autoScale`',
    );
    const burstable = config?.instanceTypes.find(({ isBurstable }) => isBurstable === true);
    errors.when(
      burstable !== undefined,
      `${burstable?.instanceTypeName} is burstable, and its number cannot change by itself. Choose another type`,
    );
    checkBounds(errors, bounds, {
      isAllowed: isAsync,
      why: 'only endpoints that answer later can wait for an instance',
    });
    errors.throwIfAny();
  }

  private alarmOnShare(id: string, metricName: string, what: string, options: ErrorAlarmOptions): cloudwatch.Alarm {
    const { maxPercent = 1, ...others } = options;
    const errors = this.errors(id);
    errors.checkKnown({ maxPercent });
    errors.when(
      isKnown(maxPercent) && !(maxPercent >= 0 && maxPercent < 100),
      `\`maxPercent\` must be 0 to 99, got ${maxPercent}`,
    );
    errors.throwIfAny();
    return this.alarm(id, others, {
      // Each request counts 1 or 0, so that the average is the share.
      metric: this.metric(metricName, { statistic: 'Average', period: others.period ?? Duration.minutes(1) }),
      threshold: maxPercent / 100,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `More than ${maxPercent} % of the ${what} at variant ${this.variantName}.`,
    });
  }

  private alarm(
    id: string,
    {
      evaluationPeriods = 3,
      datapointsToAlarm = Math.min(2, evaluationPeriods),
      alarmName,
      actions = [],
    }: VariantAlarmOptions,
    props: Omit<cloudwatch.AlarmProps, 'evaluationPeriods'>,
  ): cloudwatch.Alarm {
    const errors = this.errors(id);
    errors.when(
      isKnown(datapointsToAlarm) && isKnown(evaluationPeriods) && datapointsToAlarm > evaluationPeriods,
      `\`datapointsToAlarm\` must be at most \`evaluationPeriods\` ${evaluationPeriods}, got ${datapointsToAlarm}`,
    );
    errors.throwIfAny();
    const alarm = new cloudwatch.Alarm(this, id, { ...props, evaluationPeriods, datapointsToAlarm, alarmName });
    if (actions.length > 0) alarm.addAlarmAction(...actions);
    return alarm;
  }

  private inNamespace(namespace: string, metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    const { endpointName, variantName } = this.props;
    const dimensionsMap = { EndpointName: endpointName, VariantName: variantName };
    return new cloudwatch.Metric({ namespace, metricName, dimensionsMap, ...options });
  }

  private errors(id: string): ValidationErrors {
    return new ValidationErrors(`Alarm ${this.node.path}/${id}`);
  }
}
