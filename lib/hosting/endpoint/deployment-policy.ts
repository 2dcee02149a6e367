import { Duration, type aws_cloudwatch as cloudwatch, type aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import { type ValidationErrors, isKnown } from '../../private/validation';
import { CapacitySize } from './capacity-size';
import type { VariantConfig } from '../endpoint-config/variant-config';

/** Options for all deployment policies. */
export interface DeploymentOptions {
  /**
   * The alarms that roll back an update in progress when they go into ALARM, at most 10. `Endpoint.addRollbackAlarm()`
   * adds more.
   *
   * @default - the alarms that are added to the endpoint
   */
  readonly alarms?: cloudwatch.IAlarm[];

  /**
   * The maximum duration of an update, 10 minutes to 8 hours.
   *
   * @default - the service default
   */
  readonly maximumExecutionTimeout?: Duration;
}

/** Options for blue/green deployments, which provision a second fleet of instances. */
export interface BlueGreenOptions extends DeploymentOptions {
  /**
   * How long the old instances are kept after all traffic has shifted to the new ones, at most 1 hour.
   *
   * @default - the old instances are terminated at once
   */
  readonly terminationWait?: Duration;
}

/** Options for all-at-once traffic shifting. */
export interface AllAtOnceOptions extends BlueGreenOptions {
  /**
   * The baking period, during which alarms monitor the new instances before the old ones are terminated, at most 1 hour.
   *
   * @default - no baking period
   */
  readonly bakeTime?: Duration;
}

/** Options for automatic rollback. */
export interface RollbackOptions {
  /**
   * Whether alarms roll back a failed update. When enabled, at least one alarm is required. When disabled, shifting traffic
   * in steps has no benefit over shifting all traffic at once.
   *
   * @default true
   */
  readonly automaticRollback?: boolean;
}

/** Options for canary traffic shifting. */
export interface CanaryOptions extends BlueGreenOptions, RollbackOptions {
  /**
   * The number or percentage of instances to which traffic shifts first, at most 50 % of the instances.
   *
   * @default CapacitySize.count(1)
   */
  readonly size?: CapacitySize;

  /**
   * The baking period of the canary before the remaining traffic shifts, at most 1 hour.
   *
   * @default Duration.minutes(10)
   */
  readonly bakeTime?: Duration;
}

/** Options for linear traffic shifting. */
export interface LinearOptions extends BlueGreenOptions, RollbackOptions {
  /**
   * The number or percentage of instances to which traffic shifts in each step, 10 to 50 % of them.
   *
   * @default CapacitySize.percent(50)
   */
  readonly stepSize?: CapacitySize;

  /**
   * The baking period of each step, at most 1 hour.
   *
   * @default Duration.minutes(10)
   */
  readonly bakeTime?: Duration;
}

/** Options for rolling deployments, which replace instances or copies in batches. */
export interface RollingOptions extends DeploymentOptions, RollbackOptions {
  /**
   * The number or percentage of instances or copies that are replaced in each batch, 5 to 50 % of them.
   *
   * @default CapacitySize.percent(50)
   */
  readonly batchSize?: CapacitySize;

  /**
   * The number or percentage of instances or copies that a rollback replaces in each batch.
   *
   * @default - the service default (100 %)
   */
  readonly rollbackBatchSize?: CapacitySize;

  /**
   * The baking period of each batch, at most 1 hour.
   *
   * @default Duration.minutes(10)
   */
  readonly bakeTime?: Duration;
}

interface Step {
  readonly property: string;
  readonly size: CapacitySize;

  /** The limits of the size, as a percentage of the instances. */
  readonly min: number;
  readonly max: number;
}

type Kind = 'ALL_AT_ONCE' | 'CANARY' | 'LINEAR' | 'ROLLING';
type Options = AllAtOnceOptions & RollbackOptions & { readonly rollbackBatchSize?: CapacitySize };

const BAKE_TIME = Duration.minutes(10);

/**
 * The deployment policy (deployment guardrails) of an endpoint or an inference component: how an update shifts traffic
 * to new instances.
 *
 * SageMaker matches variants by name: keep the variant names when the endpoint configuration changes.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const endpointConfig: sagemaker.EndpointConfig;
 *
 * new sagemaker.Endpoint(this, 'Endpoint', {
 *   endpointConfig,
 *   deployment: sagemaker.DeploymentPolicy.canary({ bakeTime: Duration.minutes(15) }),
 * });
 */
export class DeploymentPolicy {
  /**
   * Creates a policy for blue/green deployments that shift all traffic at once.
   *
   * @param options the baking period and alarms
   */
  public static allAtOnce(options: AllAtOnceOptions = {}): DeploymentPolicy {
    return new DeploymentPolicy('ALL_AT_ONCE', options);
  }

  /**
   * Creates a policy for blue/green deployments that shift a small portion of the traffic first, and the remaining
   * traffic after the baking period.
   *
   * @param options the canary size, baking period and alarms
   */
  public static canary(options: CanaryOptions = {}): DeploymentPolicy {
    const { size = CapacitySize.count(1), bakeTime = BAKE_TIME } = options;
    return new DeploymentPolicy('CANARY', { ...options, bakeTime }, { property: 'size', size, min: 0, max: 50 });
  }

  /**
   * Creates a policy for blue/green deployments that shift traffic in equal steps.
   *
   * @param options the step size, baking period and alarms
   */
  public static linear(options: LinearOptions = {}): DeploymentPolicy {
    const { stepSize = CapacitySize.percent(50), bakeTime = BAKE_TIME } = options;
    const step = { property: 'stepSize', size: stepSize, min: 10, max: 50 };
    return new DeploymentPolicy('LINEAR', { ...options, bakeTime }, step);
  }

  /**
   * Creates a policy for rolling deployments, which replace instances or copies in batches and do not require a second
   * fleet.
   *
   * @param options the batch size, baking period and alarms
   */
  public static rolling(options: RollingOptions = {}): DeploymentPolicy {
    const { batchSize = CapacitySize.percent(50), bakeTime = BAKE_TIME } = options;
    const step = { property: 'batchSize', size: batchSize, min: 5, max: 50 };
    return new DeploymentPolicy('ROLLING', { ...options, bakeTime }, step);
  }

  private constructor(
    private readonly kind: Kind,
    private readonly options: Options,
    private readonly step?: Step,
  ) {}

  /** @internal */
  public get _alarms(): cloudwatch.IAlarm[] {
    return this.options.alarms ?? [];
  }

  /**
   * Whether the policy requires alarms: without them, nothing rolls back a gradual update.
   *
   * @internal
   */
  public get _requiresAlarms(): boolean {
    return this.kind !== 'ALL_AT_ONCE' && (this.options.automaticRollback ?? true);
  }

  /**
   * Records validation errors of the policy for the variants, as far as they are known.
   *
   * @internal
   */
  public _checkVariants(errors: ValidationErrors, variants: VariantConfig[]): void {
    this.checkTimes(errors);
    if (this.step === undefined) return;
    variants.forEach((variant) => this.checkVariant(errors, variant, this.step as Step));
    errors.when(
      this.kind === 'ROLLING' && variants.length > 1,
      `\`deployment\`: rolling deployments require exactly 1 variant, got ${variants.length}`,
    );
  }

  /** @internal */
  public _render(alarms: sagemaker.CfnEndpoint.AlarmProperty[]): sagemaker.CfnEndpoint.DeploymentConfigProperty {
    const autoRollbackConfiguration = alarms.length === 0 ? undefined : { alarms };
    const { bakeTime, terminationWait, maximumExecutionTimeout, rollbackBatchSize } = this.options;
    const size = this.step?.size._render();
    const maximumExecutionTimeoutInSeconds = maximumExecutionTimeout?.toSeconds();
    const waitIntervalInSeconds = bakeTime?.toSeconds() ?? 0;
    if (this.kind === 'ROLLING' && size !== undefined) {
      return {
        autoRollbackConfiguration,
        rollingUpdatePolicy: {
          maximumBatchSize: size,
          rollbackMaximumBatchSize: rollbackBatchSize?._render(),
          waitIntervalInSeconds,
          maximumExecutionTimeoutInSeconds,
        },
      };
    }
    return {
      autoRollbackConfiguration,
      blueGreenUpdatePolicy: {
        trafficRoutingConfiguration: {
          type: this.kind,
          waitIntervalInSeconds,
          canarySize: this.kind === 'CANARY' ? size : undefined,
          linearStepSize: this.kind === 'LINEAR' ? size : undefined,
        },
        terminationWaitInSeconds: terminationWait?.toSeconds(),
        maximumExecutionTimeoutInSeconds,
      },
    };
  }

  /**
   * Records validation errors of the policy for an inference component, whose copies are replaced in batches.
   *
   * @internal
   */
  public _checkComponent(errors: ValidationErrors, copyCount: number = 1): void {
    errors.when(
      this.kind !== 'ROLLING',
      '`deployment` must be DeploymentPolicy.rolling(): the copies of an inference component are replaced in batches',
    );
    this.checkTimes(errors);
    if (this._alarms.length > 0) errors.check('deployment.alarms', 'AlarmList', this._alarms);
    if (this.step === undefined) return;
    const { property, size, min, max } = this.step;
    const percent = size._percentOf(copyCount > 1 ? copyCount : undefined);
    errors.when(
      percent !== undefined && (percent < min || percent > max),
      `\`deployment.${property}\` must be ${min} to ${max} % of the copies, got ${size.toString()}`,
    );
  }

  /** @internal */
  public _renderComponent(): sagemaker.CfnInferenceComponent.InferenceComponentDeploymentConfigProperty {
    const { bakeTime = BAKE_TIME, maximumExecutionTimeout, rollbackBatchSize } = this.options;
    const { size = CapacitySize.percent(50) } = this.step ?? {};
    const alarms = this._alarms.map(({ alarmName }) => ({ alarmName }));
    return {
      rollingUpdatePolicy: {
        maximumBatchSize: size._render('COPY_COUNT'),
        rollbackMaximumBatchSize: rollbackBatchSize?._render('COPY_COUNT'),
        waitIntervalInSeconds: bakeTime.toSeconds(),
        maximumExecutionTimeoutInSeconds: maximumExecutionTimeout?.toSeconds(),
      },
      autoRollbackConfiguration: alarms.length === 0 ? undefined : { alarms },
    };
  }

  private checkTimes(errors: ValidationErrors): void {
    const { bakeTime, terminationWait, maximumExecutionTimeout } = this.options;
    errors.checkSeconds('deployment.bakeTime', 'WaitIntervalInSeconds', bakeTime);
    errors.checkSeconds('deployment.terminationWait', 'TerminationWaitInSeconds', terminationWait);
    errors.checkSeconds(
      'deployment.maximumExecutionTimeout',
      'MaximumExecutionTimeoutInSeconds',
      maximumExecutionTimeout,
    );
  }

  private checkVariant(errors: ValidationErrors, variant: VariantConfig, { property, size, min, max }: Step): void {
    const { variantName, kind, instanceCount, instanceTypes, models } = variant;
    const name = this.kind.toLowerCase();
    const error = (reason: string, alternative?: string): void =>
      errors.add(
        `\`deployment\`: ${name} is not supported for variant "${variantName}", ${reason}. ` +
          `${alternative === undefined ? 'Use' : `${alternative}, or use`} DeploymentPolicy.allAtOnce()`,
      );
    if (kind === 'serverless' && this.kind === 'ROLLING') return error('which is serverless and has no instances');
    if (models.some(({ features }) => features?.isMarketplaceProduct === true))
      return error('whose model is a product from AWS Marketplace');
    if (instanceTypes.some(({ instanceTypeName }) => instanceTypeName.startsWith('ml.inf1.')))
      return error('which runs on Inf1');
    if (isKnown(instanceCount) && instanceCount < 2) {
      return error(`which has ${instanceCount} instance`, 'Set an `instanceCount` of at least 2');
    }
    const percent = size._percentOf(instanceCount);
    errors.when(
      percent !== undefined && (percent < min || percent > max),
      `\`deployment.${property}\` must be ${min === 0 ? 'at most' : `${min} to`} ${max} % of the instances, got ${size.toString()} ` +
        `of the ${instanceCount} instances of variant "${variantName}"`,
    );
  }
}
