import {
  Duration,
  type IResolvable,
  type aws_cloudwatch as cloudwatch,
  type aws_sagemaker as sagemaker,
} from 'aws-cdk-lib';
import { type ValidationErrors, isKnown } from '../../private/validation';
import { CapacitySize } from './capacity-size';
import type { VariantConfig } from '../endpoint-config/variant-config';

/** What every policy may say. */
export interface DeploymentOptions {
  /**
   * Alarms that roll the update back when they go off while it is under way, at most 10. More can be added to the endpoint,
   * which has helpers for them.
   *
   * @default - those that are added to the endpoint
   */
  readonly alarms?: cloudwatch.IAlarm[];

  /**
   * The longest that an update may take, 10 minutes to 8 hours.
   *
   * @default - as the service does it
   */
  readonly maximumExecutionTimeout?: Duration;
}

/** What policies may say that make a second fleet. */
export interface BlueGreenOptions extends DeploymentOptions {
  /**
   * How long the old instances stay when all requests go to the new ones, at most 1 hour.
   *
   * @default - they go at once
   */
  readonly terminationWait?: Duration;
}

/** All requests move at once. */
export interface AllAtOnceOptions extends BlueGreenOptions {
  /**
   * How long the new instances are watched before the old ones go, at most 1 hour.
   *
   * @default - not at all
   */
  readonly bakeTime?: Duration;
}

/** Whether an update is watched. */
export interface RollbackOptions {
  /**
   * Whether an update that goes wrong is rolled back, which needs alarms that say so. Without it, going step by step only
   * takes longer.
   *
   * @default true
   */
  readonly automaticRollback?: boolean;
}

/** A few requests move first. */
export interface CanaryOptions extends BlueGreenOptions, RollbackOptions {
  /**
   * The part of the instances that gets requests first, at most half of them.
   *
   * @default CapacitySize.count(1)
   */
  readonly size?: CapacitySize;

  /**
   * How long that part is watched before all requests move, at most 1 hour.
   *
   * @default Duration.minutes(10)
   */
  readonly bakeTime?: Duration;
}

/** Requests move in steps. */
export interface LinearOptions extends BlueGreenOptions, RollbackOptions {
  /**
   * The part of the instances that requests move to in each step, 10 to 50 % of them.
   *
   * @default CapacitySize.percent(50)
   */
  readonly stepSize?: CapacitySize;

  /**
   * How long each step is watched, at most 1 hour.
   *
   * @default Duration.minutes(10)
   */
  readonly bakeTime?: Duration;
}

/** Instances are replaced a few at a time, without a second fleet. */
export interface RollingOptions extends DeploymentOptions, RollbackOptions {
  /**
   * The part of the instances that is replaced at a time, 5 to 50 % of them.
   *
   * @default CapacitySize.percent(50)
   */
  readonly batchSize?: CapacitySize;

  /**
   * The part of the instances that a rollback replaces at a time.
   *
   * @default - as `batchSize`
   */
  readonly rollbackBatchSize?: CapacitySize;

  /**
   * How long each part is watched, at most 1 hour.
   *
   * @default Duration.minutes(10)
   */
  readonly bakeTime?: Duration;
}

interface Step {
  readonly property: string;
  readonly size: CapacitySize;

  /** What part of the instances the service allows, in percent. */
  readonly min: number;
  readonly max: number;
}

type Kind = 'ALL_AT_ONCE' | 'CANARY' | 'LINEAR' | 'ROLLING';
type Options = AllAtOnceOptions & RollbackOptions & { readonly rollbackBatchSize?: CapacitySize };

const BAKE_TIME = Duration.minutes(10);

/**
 * How an endpoint moves to another configuration. Without a policy all requests move at once, when the new instances are
 * healthy.
 *
 * The service compares variants by name: keep the names of variants from one configuration to the next.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
 */
export class DeploymentPolicy {
  /**
   * All requests move at once to a second fleet.
   *
   * @param options how long it is watched, and by which alarms
   */
  public static allAtOnce(options: AllAtOnceOptions = {}): DeploymentPolicy {
    return new DeploymentPolicy('ALL_AT_ONCE', options);
  }

  /**
   * A few requests move first to a second fleet, and the others when all is well.
   *
   * @param options how many, how long, and by which alarms it is watched
   */
  public static canary(options: CanaryOptions = {}): DeploymentPolicy {
    const { size = CapacitySize.count(1), bakeTime = BAKE_TIME } = options;
    return new DeploymentPolicy('CANARY', { ...options, bakeTime }, { property: 'size', size, min: 0, max: 50 });
  }

  /**
   * Requests move in equal steps to a second fleet.
   *
   * @param options how many, how long, and by which alarms it is watched
   */
  public static linear(options: LinearOptions = {}): DeploymentPolicy {
    const { stepSize = CapacitySize.percent(50), bakeTime = BAKE_TIME } = options;
    const step = { property: 'stepSize', size: stepSize, min: 10, max: 50 };
    return new DeploymentPolicy('LINEAR', { ...options, bakeTime }, step);
  }

  /**
   * Instances are replaced a few at a time: for types of which there are not enough for a second fleet.
   *
   * @param options how many, how long, and by which alarms it is watched
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
   * Whether the policy makes no sense without alarms.
   *
   * @internal
   */
  public get _wantsAlarms(): boolean {
    return this.kind !== 'ALL_AT_ONCE' && (this.options.automaticRollback ?? true);
  }

  /**
   * Records what is wrong with the policy itself, and what does not fit the variants, as far as they are known.
   *
   * @internal
   */
  public _check(errors: ValidationErrors, variants: VariantConfig[]): void {
    this.checkTimes(errors);
    if (this.step === undefined) return;
    variants.forEach((variant) => this.checkVariant(errors, variant, this.step as Step));
    errors.when(
      this.kind === 'ROLLING' && variants.length > 1,
      `\`deployment\`: rolling deployments replace the instances of 1 variant, got ${variants.length}`,
    );
  }

  /** @internal */
  public _render(alarms: IResolvable): sagemaker.CfnEndpoint.DeploymentConfigProperty {
    const { bakeTime, terminationWait, maximumExecutionTimeout, rollbackBatchSize } = this.options;
    const size = this.step?.size._render();
    const maximumExecutionTimeoutInSeconds = maximumExecutionTimeout?.toSeconds();
    const waitIntervalInSeconds = bakeTime?.toSeconds() ?? 0;
    if (this.kind === 'ROLLING' && size !== undefined) {
      return {
        autoRollbackConfiguration: alarms,
        rollingUpdatePolicy: {
          maximumBatchSize: size,
          rollbackMaximumBatchSize: rollbackBatchSize?._render(),
          waitIntervalInSeconds,
          maximumExecutionTimeoutInSeconds,
        },
      };
    }
    return {
      autoRollbackConfiguration: alarms,
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
    const error = (reason: string): void =>
      errors.add(
        `\`deployment\`: ${name} is not possible for variant "${variantName}", ${reason}. Use DeploymentPolicy.allAtOnce()`,
      );
    if (kind === 'serverless' && this.kind === 'ROLLING')
      return error('which is serverless and has no instances to replace');
    if (models.some(({ features }) => features?.isMarketplaceProduct === true))
      return error('whose model comes from AWS Marketplace');
    if (instanceTypes.some(({ instanceTypeName }) => instanceTypeName.startsWith('ml.inf1.')))
      return error('which runs on Inf1');
    if (isKnown(instanceCount) && instanceCount < 2) {
      return error(
        `which has ${instanceCount} instance and cannot be moved in parts: give it an \`instanceCount\` of at least 2`,
      );
    }
    const percent = size._percentOf(instanceCount);
    errors.when(
      percent !== undefined && (percent < min || percent > max),
      `\`deployment.${property}\` must be ${min === 0 ? 'at most' : `${min} to`} ${max} % of the instances, got ${size.toString()} ` +
        `of the ${instanceCount} instances of variant "${variantName}"`,
    );
  }
}
