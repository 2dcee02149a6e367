import {
  Names,
  Resource,
  Stack,
  Token,
  type aws_cloudwatch as cloudwatch,
  aws_events as events,
  aws_iam as iam,
  type aws_logs as logs,
  aws_sagemaker as sagemaker,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { nameFromArn, sagemakerArn } from '../../private/arn';
import { ENDPOINT } from '../../private/grants';
import { requireUniqueName } from '../../private/physical-name';
import { applyReleaseCondition, recordReleaseCondition, releaseConditionOf } from '../../private/release-condition';
import { RuleError, addValidation } from '../../private/rules';
import { validateTags } from '../../private/tags';
import { grantDescribeAlarms } from '../../private/rollback-permissions';
import { ValidationErrors } from '../../private/validation';
import { DeploymentPolicy } from './deployment-policy';
import { EndpointConfig, type IEndpointConfig } from '../endpoint-config/endpoint-config';
import { EndpointMonitor } from '../monitor/endpoint-monitor';
import type { EndpointMonitorOptions } from '../monitor/endpoint-monitor-options';
import { type SmokeTest, checkSmokeTest } from '../smoke-test/smoke-test';
import { SmokeTestResource } from '../smoke-test/smoke-test-resource';
import { newLogGroup } from './endpoint-log-group';
import { EndpointVariant } from './endpoint-variant';
import type { VariantConfig } from '../endpoint-config/variant-config';
import { VariantProperty, type EndpointProps } from './endpoint-props';

/** A SageMaker endpoint, which hosts models for inference over HTTPS. */
export interface IEndpoint extends sagemaker.IEndpoint {
  /**
   * Grants permission for actions on this endpoint.
   *
   * @param grantee the principal to grant permission to
   * @param actions the actions, for example `sagemaker:DescribeEndpoint`
   */
  grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant;

  /**
   * Grants permission to invoke the endpoint with response streaming.
   *
   * @param grantee the principal to grant permission to
   */
  grantInvokeWithResponseStream(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants permission to invoke the endpoint asynchronously. Grant permission to write requests to the S3 location of the
   * endpoint configuration separately.
   *
   * @param grantee the principal to grant permission to
   */
  grantInvokeAsync(grantee: iam.IGrantable): iam.Grant;

  /**
   * Creates an EventBridge rule that matches state changes of this endpoint.
   *
   * @param id the construct ID of the rule
   * @param options target and rule options
   */
  onStateChange(id: string, options?: events.OnEventOptions): events.Rule;

  /**
   * Returns a variant of the endpoint, for its metrics, alarms and scaling. Repeated calls return the same object.
   *
   * @param variantName the name of a production or shadow variant
   */
  variant(variantName: string): EndpointVariant;
}

/** The properties of an endpoint that its variants use, as far as they are known. */
interface EndpointFacts {
  readonly variants: VariantConfig[];
  readonly isAsync: boolean;
  readonly resource?: sagemaker.CfnEndpoint;
  readonly isDisabled: boolean;

  /** Is called when the instances of one of the variants are scaled. */
  readonly onScaled?: () => void;
}

abstract class EndpointBase extends Resource implements IEndpoint {
  public abstract readonly endpointArn: string;
  public abstract readonly endpointName: string;

  /** @internal */
  protected readonly _endpointVariants = new Map<string, EndpointVariant>();

  public variant(variantName: string): EndpointVariant {
    const existing = this._endpointVariants.get(variantName);
    if (existing !== undefined) return existing;
    const { variants, ...facts } = this._facts();
    const config = variants.find((one) => one.variantName === variantName);
    if (variants.length > 0 && config === undefined) {
      const names = variants.map((one) => one.variantName).join(', ');
      throw new RuleError(
        'all-stages',
        `Endpoint ${this.node.path} has no variant "${variantName}". Its variants are: ${names}.`,
      );
    }
    const id = Token.isUnresolved(variantName) ? `Variant${this._endpointVariants.size}` : `Variant-${variantName}`;
    const { endpointName } = this;
    const variant = EndpointVariant._of(this, id, { endpointName, variantName, config, ...facts });
    // Without the endpoint, scaling would fail, and an alarm that treats missing data as breaching would go into ALARM.
    applyReleaseCondition(variant, releaseConditionOf(this));
    this._endpointVariants.set(variantName, variant);
    return variant;
  }

  /**
   * The facts of an imported endpoint: it can be of any kind.
   *
   * @internal
   */
  protected _facts(): EndpointFacts {
    return { variants: [], isAsync: true, isDisabled: false };
  }

  public get endpointRef(): sagemaker.EndpointReference {
    return { endpointArn: this.endpointArn };
  }

  public grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.endpointArn] });
  }

  public grantInvoke(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...ENDPOINT.invoke);
  }

  public grantInvokeWithResponseStream(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...ENDPOINT.invokeWithResponseStream);
  }

  public grantInvokeAsync(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...ENDPOINT.invokeAsync);
  }

  public onStateChange(id: string, options: events.OnEventOptions = {}): events.Rule {
    const rule = new events.Rule(this, id, options);
    rule.addTarget(options.target);
    rule.addEventPattern({
      source: ['aws.sagemaker'],
      detailType: ['SageMaker Endpoint State Change'],
      detail: { EndpointName: [this.endpointName] },
    });
    return rule;
  }
}

/**
 * A SageMaker endpoint, which hosts models for inference over HTTPS.
 *
 * Its name and ARN are known at synthesis, so alarms and log groups can be created before it.
 *
 * The endpoint of a released model only exists while a version is released, and so do its alarms and its scaling. Its name, its ARN and
 * its log group can be used before.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
 * @resource AWS::SageMaker::Endpoint
 *
 * @example
 * import { aws_iam as iam } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const model: sagemaker.Model;
 * declare const caller: iam.IGrantable;
 *
 * const endpoint = new sagemaker.Endpoint(this, 'Endpoint', {
 *   endpointConfig: new sagemaker.EndpointConfig(this, 'Config', {
 *     variants: [
 *       sagemaker.ProductionVariant.instances('main', { model, instanceType: sagemaker.InstanceType.ML_C7I_LARGE }),
 *     ],
 *   }),
 * });
 * endpoint.grantInvoke(caller);
 * endpoint.addRollbackAlarm(endpoint.variant('main').createErrorAlarm('Errors'));
 */
export class Endpoint extends EndpointBase {
  /**
   * Imports an existing endpoint of this account and region by its name.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param endpointName the name of the endpoint
   */
  public static fromEndpointName(scope: Construct, id: string, endpointName: string): IEndpoint {
    return importEndpoint(scope, id, { endpointName, endpointArn: sagemakerArn(scope, 'endpoint', endpointName) });
  }

  /**
   * Imports an existing endpoint by its ARN.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param endpointArn the ARN of the endpoint
   */
  public static fromEndpointArn(scope: Construct, id: string, endpointArn: string): IEndpoint {
    return importEndpoint(scope, id, { endpointName: nameFromArn(endpointArn, 'endpoint'), endpointArn });
  }

  public readonly endpointName: string;

  /** The log group of the endpoint, if `logs` is specified. */
  public readonly logGroup?: logs.ILogGroup;

  /** @internal */
  public readonly _config: IEndpointConfig;
  private readonly deployment?: DeploymentPolicy;
  private readonly retained?: VariantProperty[];
  private readonly resource?: sagemaker.CfnEndpoint;
  private readonly alarms: cloudwatch.IAlarm[] = [];

  constructor(scope: Construct, id: string, props: EndpointProps) {
    super(scope, id);
    new ValidationErrors(`Endpoint ${this.node.path}`, 'endpoints-and-scaling').requireTypes('EndpointProps', props);
    this._config = props.endpointConfig;
    this.deployment = props.deployment;
    this.retained = props.retainedVariantProperties;
    this.checkEndpoint(props);

    this.endpointName = props.endpointName ?? Names.uniqueResourceName(this, { maxLength: 63, separator: '-' });
    this.logGroup = props.logs && newLogGroup(this, this.endpointName, props.logs);
    if (props.enabled === false) return;

    addValidation(this, 'endpoints-and-scaling', () => this.alarmErrors());
    requireUniqueName(this, 'endpointName', this.endpointName);
    this.resource = new sagemaker.CfnEndpoint(this, 'Resource', {
      endpointName: this.endpointName,
      endpointConfigName: props.endpointConfig.endpointConfigName,
      deploymentConfig: this.renderDeployment(),
      ...renderRetained(this.retained),
    });
    validateTags(this, this.resource);
    const condition = releaseConditionOf(props.endpointConfig);
    applyReleaseCondition(this.resource, condition);
    recordReleaseCondition(this, condition);
    if (this.logGroup !== undefined) this.resource.node.addDependency(this.logGroup);
    props.deployment?._alarms.forEach((alarm) => this.addRollbackAlarm(alarm));
    if (props.smokeTest !== undefined) this.addSmokeTest(this.resource, props.smokeTest);
  }

  public get endpointArn(): string {
    return sagemakerArn(this, 'endpoint', this.endpointName);
  }

  /**
   * Adds an alarm that rolls back an update in progress when it goes into ALARM. An endpoint can have up to 10.
   *
   * @param alarm an alarm that does not depend on the endpoint, such as the alarms of `variant()`
   */
  public addRollbackAlarm(alarm: cloudwatch.IAlarm): void {
    if (this.alarms.includes(alarm)) return;
    this.alarms.push(alarm);
    const roles = this._config instanceof EndpointConfig ? this._config._roles : [];
    if (this.resource === undefined) return;
    this.resource.deploymentConfig = this.renderDeployment();
    grantDescribeAlarms(this, this.resource, roles, [alarm]);
  }

  /**
   * Adds a monitor: a container that analyzes the captured data on a schedule and reports violations and metrics. The endpoint
   * configuration must have `dataCapture`.
   *
   * The monitor of a released endpoint also exists while no version is released, and then finds no data.
   *
   * @param id the construct ID of the monitor
   * @param options the container, its schedule and its baseline
   */
  public addMonitor(id: string, options: EndpointMonitorOptions): EndpointMonitor {
    const config = this._config instanceof EndpointConfig ? this._config : undefined;
    const monitored = {
      endpointName: this.endpointName,
      production: this._variants,
      shadow: config?._shadow,
      dataCapture: config?._dataCapture,
      isAsync: config?._isAsync ?? false,
      isConfigImported: config === undefined,
      isDisabled: this._isDisabled,
    };
    return EndpointMonitor._of(this, id, monitored, options);
  }

  /**
   * Whether the endpoint is disabled.
   *
   * @internal
   */
  public get _isDisabled(): boolean {
    return this.resource === undefined;
  }

  /**
   * The production variants; empty if the endpoint configuration is imported.
   *
   * @internal
   */
  public get _variants(): VariantConfig[] {
    return this._config instanceof EndpointConfig ? this._config._variants : [];
  }

  /**
   * The execution role of inference components, if known.
   *
   * @internal
   */
  public get _componentRole(): iam.IRole | undefined {
    return this._config instanceof EndpointConfig ? this._config.role : undefined;
  }

  /** @internal */
  protected override _facts(): EndpointFacts {
    const { resource, _config: config } = this;
    const isAsync = !(config instanceof EndpointConfig) || config._isAsync;
    const shadow = config instanceof EndpointConfig ? config._shadow : undefined;
    const variants = [...this._variants, ...(shadow ? [shadow] : [])];
    return { variants, isAsync, resource, isDisabled: resource === undefined, onScaled: () => this.retainScaling() };
  }

  private addSmokeTest(tested: sagemaker.CfnEndpoint, test: SmokeTest): void {
    const names = this._variants.map(({ variantName }) => variantName);
    new SmokeTestResource(this, 'SmokeTest', {
      test,
      tested,
      endpoint: { name: this.endpointName, arn: this.endpointArn },
      models: this._variants.flatMap(({ models }) => models),
      variantNames: names.length > 1 ? names : [],
      endpointConfigName: this._config.endpointConfigName,
    });
  }

  /** @throws an error that lists all validation errors of the endpoint */
  private checkEndpoint(props: EndpointProps): void {
    const { endpointName, deployment, smokeTest, retainedVariantProperties: retained } = props;
    const errors = new ValidationErrors(`Endpoint ${this.node.path}`, 'endpoints-and-scaling');
    errors.check('endpointName', 'EndpointName', endpointName);
    errors.when(endpointName === '', '`endpointName` must not be empty');
    errors.checkUnique('retainedVariantProperties', retained ?? []);
    errors.when(
      this._config instanceof EndpointConfig && Stack.of(this._config) !== Stack.of(this),
      `\`endpointConfig\` ${this._config.node.path} must be in the same stack as the endpoint. Any change replaces an endpoint ` +
        'configuration, but an export cannot change while another stack imports it',
    );
    deployment?._checkVariants(errors, this._variants);
    if (smokeTest !== undefined) {
      const isAsync = this._config instanceof EndpointConfig && this._config._isAsync;
      checkSmokeTest(errors, smokeTest, { variants: this._variants, isAsync });
    }
    errors.throwIfAny();
  }

  /** Validated at the end of synthesis, because alarms can be added until then. */
  private alarmErrors(): string[] {
    const errors = new ValidationErrors('', 'endpoints-and-scaling');
    if (this.alarms.length > 0) errors.check('deployment.alarms', 'AlarmList', this.alarms);
    errors.when(
      this.deployment?._requiresAlarms === true && this.alarms.length === 0,
      '`deployment` requires at least one alarm, which rolls back a failed update. Specify `alarms`, or add one with ' +
        '`addRollbackAlarm(endpoint.variant(…).createErrorAlarm(…))`. Otherwise set `automaticRollback: false`, or use ' +
        'DeploymentPolicy.allAtOnce()',
    );
    return errors.list();
  }

  /** The deployment policy with the alarms that have been added so far. */
  private renderDeployment(): sagemaker.CfnEndpoint.DeploymentConfigProperty | undefined {
    const alarms = this.alarms.map(({ alarmName }) => ({ alarmName }));
    // Alarms can also roll back an update without a deployment policy, which shifts all traffic at once.
    const policy = this.deployment ?? (alarms.length === 0 ? undefined : DeploymentPolicy.allAtOnce());
    return policy?._render(alarms);
  }

  /** An update keeps the instance counts that the scaling of variants has set, unless the user specified what it retains. */
  private retainScaling(): void {
    if (this.retained !== undefined || this.resource === undefined) return;
    Object.assign(this.resource, renderRetained([VariantProperty.DESIRED_INSTANCE_COUNT]));
  }
}

/** Renders the properties of variants that an update retains, which CloudFormation specifies by the others. */
function renderRetained(retained: VariantProperty[] = []): Partial<sagemaker.CfnEndpointProps> {
  if (retained.length === 0) return {};
  const others = Object.values(VariantProperty).filter((property) => !retained.includes(property));
  return {
    retainAllVariantProperties: true,
    excludeRetainedVariantProperties:
      others.length > 0 ? others.map((variantPropertyType) => ({ variantPropertyType })) : undefined,
  };
}

function importEndpoint(scope: Construct, id: string, names: { endpointName: string; endpointArn: string }): IEndpoint {
  class Import extends EndpointBase {
    public readonly endpointName = names.endpointName;
    public readonly endpointArn = names.endpointArn;
  }
  return new Import(scope, id, { environmentFromArn: names.endpointArn });
}
