import { Duration, aws_cloudwatch as cloudwatch } from 'aws-cdk-lib';
import { Construct, type IDependable } from 'constructs';
import { applyReleaseCondition, releaseConditionOf } from '../../private/release-condition';
import { checkBounds } from '../../private/scaling';
import { ValidationErrors, isKnown } from '../../private/validation';
import { ScalableInstanceCount, type VariantScalingOptions } from './scalable-instance-count';
import type { VariantConfig } from '../endpoint-config/variant-config';

/** Options for all alarms of an endpoint variant. */
export interface VariantAlarmOptions {
  /**
   * The period of the metric.
   *
   * @default - 1 minute; 1 hour for an idle alarm
   */
  readonly period?: Duration;

  /**
   * The number of periods that are evaluated.
   *
   * @default - 3; 24 for an idle alarm
   */
  readonly evaluationPeriods?: number;

  /**
   * The number of datapoints that must breach the threshold.
   *
   * @default - 2; all evaluation periods for an idle alarm
   */
  readonly datapointsToAlarm?: number;

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

/** Options for an error alarm. */
export interface ErrorAlarmOptions extends VariantAlarmOptions {
  /**
   * The maximum percentage of failed requests, 0 to 99.
   *
   * @default 1
   */
  readonly maxPercent?: number;
}

/** Options for a latency alarm. */
export interface LatencyAlarmOptions extends VariantAlarmOptions {
  /**
   * The maximum latency of the model.
   *
   * @default Duration.seconds(1)
   */
  readonly maxLatency?: Duration;

  /**
   * The percentile of the latency, above 0 and at most 100.
   *
   * @default 99
   */
  readonly percentile?: number;
}

interface EndpointVariantProps {
  readonly endpointName: string;
  readonly variantName: string;

  /** The configuration of the variant, if known. */
  readonly config?: VariantConfig;
  readonly isAsync: boolean;

  /** The resource of the endpoint; undefined if the endpoint is imported or disabled. */
  readonly resource?: IDependable;
  readonly isDisabled?: boolean;

  /** Is called when the instances of the variant are scaled. */
  readonly onScaled?: () => void;
}

const INSTANCE_NAMESPACE = '/aws/sagemaker/Endpoints';

/**
 * A deployed variant of an endpoint: its metrics, alarms and scaling.
 *
 * Metrics and alarms refer to the endpoint by its name, which is known at synthesis: an alarm can be created before the
 * endpoint and roll back its updates.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const endpoint: sagemaker.Endpoint;
 *
 * const main = endpoint.variant('main');
 * main.createIdleAlarm('Idle');
 * main.autoScale({ minCapacity: 2, maxCapacity: 10 }).scaleOnInvocations('Requests', { maxRequestsPerSecond: 40 });
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

  /**
   * Returns an invocation metric of this variant.
   *
   * @param metricName the name of a metric in the namespace `AWS/SageMaker`
   * @param options metric options
   */
  public metric(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.inNamespace('AWS/SageMaker', metricName, options);
  }

  /**
   * Returns an instance metric of this variant.
   *
   * @param metricName the name of a metric in the namespace `/aws/sagemaker/Endpoints`
   * @param options metric options
   */
  public metricInstance(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.inNamespace(INSTANCE_NAMESPACE, metricName, options);
  }

  /**
   * Returns a metric of the number of invocations.
   *
   * @param options metric options
   */
  public metricInvocations(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('Invocations', { statistic: 'Sum', ...options });
  }

  /**
   * Returns a metric of the number of invocations per instance.
   *
   * @param options metric options
   */
  public metricInvocationsPerInstance(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('InvocationsPerInstance', { statistic: 'Sum', ...options });
  }

  /**
   * Returns a metric of the number of concurrent requests that a model processes.
   *
   * @param options metric options
   */
  public metricConcurrentRequestsPerModel(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('ConcurrentRequestsPerModel', { statistic: 'Maximum', ...options });
  }

  /**
   * Returns a metric of the number of invocations with a 4xx response.
   *
   * @param options metric options; the statistic `Average` is the error rate
   */
  public metricInvocation4xxErrors(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('Invocation4XXErrors', { statistic: 'Sum', ...options });
  }

  /**
   * Returns a metric of the number of invocations with a 5xx response.
   *
   * @param options metric options; the statistic `Average` is the error rate
   */
  public metricInvocation5xxErrors(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('Invocation5XXErrors', { statistic: 'Sum', ...options });
  }

  /**
   * Returns a metric of the number of invocations without a 2xx response from the model, including timeouts and socket
   * errors.
   *
   * @param options metric options; the statistic `Average` is the error rate
   */
  public metricInvocationModelErrors(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('InvocationModelErrors', { statistic: 'Sum', ...options });
  }

  /**
   * Returns a metric of the time that the model takes to respond, in microseconds.
   *
   * @param options metric options
   */
  public metricModelLatency(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('ModelLatency', { statistic: 'Average', ...options });
  }

  /**
   * Returns a metric of the time that SageMaker adds to the latency of the model, in microseconds.
   *
   * @param options metric options
   */
  public metricOverheadLatency(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('OverheadLatency', { statistic: 'Average', ...options });
  }

  /**
   * Returns a metric of the time to launch the container of a serverless variant, in microseconds.
   *
   * @param options metric options
   */
  public metricModelSetupTime(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('ModelSetupTime', { statistic: 'Average', ...options });
  }

  /**
   * Returns a metric of the CPU utilization, as the sum over all cores in percent: 400 % corresponds to four cores.
   *
   * @param options metric options
   */
  public metricCpuUtilization(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metricInstance('CPUUtilization', options);
  }

  /**
   * Returns a metric of the memory utilization in percent.
   *
   * @param options metric options
   */
  public metricMemoryUtilization(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metricInstance('MemoryUtilization', options);
  }

  /**
   * Returns a metric of the disk utilization in percent.
   *
   * @param options metric options
   */
  public metricDiskUtilization(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metricInstance('DiskUtilization', options);
  }

  /**
   * Returns a metric of the GPU utilization, as the sum over all GPUs in percent.
   *
   * @param options metric options
   */
  public metricGpuUtilization(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metricInstance('GPUUtilization', options);
  }

  /**
   * Returns a metric of the GPU memory utilization, as the sum over all GPUs in percent.
   *
   * @param options metric options
   */
  public metricGpuMemoryUtilization(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metricInstance('GPUMemoryUtilization', options);
  }

  /**
   * Creates an alarm that goes into ALARM when the rate of 5xx responses exceeds a limit.
   *
   * @param id the construct ID of the alarm
   * @param options limit and alarm options
   */
  public createErrorAlarm(id: string, options: ErrorAlarmOptions = {}): cloudwatch.Alarm {
    return this.errorRateAlarm(id, 'Invocation5XXErrors', 'requests to variant', options);
  }

  /**
   * Creates an alarm that goes into ALARM when the rate of model errors exceeds a limit: responses other than 2xx,
   * timeouts and socket errors.
   *
   * @param id the construct ID of the alarm
   * @param options limit and alarm options
   */
  public createModelErrorAlarm(id: string, options: ErrorAlarmOptions = {}): cloudwatch.Alarm {
    return this.errorRateAlarm(id, 'InvocationModelErrors', 'requests to the model of variant', options);
  }

  /**
   * Creates an alarm that goes into ALARM when the latency of the model exceeds a limit.
   *
   * @param id the construct ID of the alarm
   * @param options limit and alarm options
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
      alarmDescription: `The p${percentile} latency of the model of variant ${this.variantName} exceeds ${maxLatency.toHumanString()}.`,
    });
  }

  /**
   * Creates an alarm that goes into ALARM when the variant has received no invocations for a day, while its instances
   * are billed.
   *
   * @param id the construct ID of the alarm
   * @param options the idle time and alarm options
   */
  public createIdleAlarm(id: string, options: VariantAlarmOptions = {}): cloudwatch.Alarm {
    const { period = Duration.hours(1), evaluationPeriods = 24, datapointsToAlarm = evaluationPeriods } = options;
    const isTimeKnown = !period.isUnresolved() && isKnown(datapointsToAlarm);
    const idleTime = isTimeKnown && Duration.seconds(period.toSeconds() * datapointsToAlarm).toHumanString();
    const alarm = this.alarm(
      id,
      { ...options, period, evaluationPeriods, datapointsToAlarm },
      {
        metric: this.metricInvocations({ period }),
        threshold: 1,
        comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        // Without invocations, CloudWatch has no datapoints.
        treatMissingData: cloudwatch.TreatMissingData.BREACHING,
        alarmDescription: `Variant ${this.variantName} has received no invocations${idleTime ? ` for ${idleTime}` : ''} and is still billed.`,
      },
    );
    this.requireVariant(alarm);
    return alarm;
  }

  /**
   * Enables automatic scaling of the number of instances. Add scaling policies to the result.
   *
   * @param options the minimum and maximum number of instances
   */
  public autoScale(options: VariantScalingOptions): ScalableInstanceCount {
    this.checkScaling(options);
    const { endpointName, variantName, isAsync, resource, isDisabled } = this.props;
    this.scaling = ScalableInstanceCount._of(this, 'InstanceCount', {
      ...options,
      endpointName,
      variantName,
      isAsync,
      resource,
      isDisabled,
    });
    this.requireVariant(this.scaling);
    this.props.onScaled?.();
    return this.scaling;
  }

  /**
   * Makes a construct exist only while the variant does: without a shadow variant whose model is not released, its scaling would fail, and
   * an alarm that treats missing data as breaching would go into ALARM.
   */
  private requireVariant(construct: Construct): void {
    applyReleaseCondition(construct, releaseConditionOf(...(this.props.config?.models ?? [])));
  }

  private checkScaling(options: VariantScalingOptions): void {
    const { isAsync, config } = this.props;
    const errors = new ValidationErrors(
      `Scaling of variant "${this.variantName}" of endpoint ${this.node.scope?.node.path ?? ''}`,
      'endpoints-and-scaling',
    );
    errors.when(this.scaling !== undefined, '`autoScale` must be called only once: add scaling policies to its result');
    errors.when(
      config?.kind === 'serverless',
      '`autoScale` is not supported for a serverless variant: CloudFormation does not support scaling of its provisioned concurrency',
    );
    errors.when(
      config?.kind === 'components',
      '`autoScale` is not supported for a variant for inference components: scale its instances with `managedScaling`, and the copies ' +
        'with `autoScale` of each inference component',
    );
    const burstable = config?.instanceTypes.find(({ isBurstable }) => isBurstable === true);
    errors.when(
      burstable !== undefined,
      `\`autoScale\` is not supported for the burstable instance type ${burstable?.instanceTypeName}: use another instance type`,
    );
    checkBounds(errors, options, {
      isAllowed: isAsync,
      why: 'only asynchronous endpoints can scale to zero',
    });
    errors.throwIfAny();
  }

  private errorRateAlarm(
    id: string,
    metricName: string,
    failures: string,
    options: ErrorAlarmOptions,
  ): cloudwatch.Alarm {
    const { maxPercent = 1, ...others } = options;
    const errors = this.errors(id);
    errors.checkKnown({ maxPercent });
    errors.when(
      isKnown(maxPercent) && !(maxPercent >= 0 && maxPercent < 100),
      `\`maxPercent\` must be 0 to 99, got ${maxPercent}`,
    );
    errors.throwIfAny();
    return this.alarm(id, others, {
      // The metric is 1 or 0 for each request, so that its average is the error rate.
      metric: this.metric(metricName, { statistic: 'Average', period: others.period ?? Duration.minutes(1) }),
      threshold: maxPercent / 100,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      alarmDescription: `More than ${maxPercent} % of the ${failures} ${this.variantName} fail.`,
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
    return new ValidationErrors(`Alarm ${this.node.path}/${id}`, 'endpoints-and-scaling');
  }
}
