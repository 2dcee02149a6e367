import {
  type IResolvable,
  Lazy,
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
import { grantDescribeAlarms } from '../../private/rollback-permissions';
import { ValidationErrors } from '../../private/validation';
import { DeploymentPolicy } from './deployment-policy';
import { EndpointConfig, type IEndpointConfig } from '../endpoint-config/endpoint-config';
import { newLogGroup } from './endpoint-log-group';
import { EndpointVariant } from './endpoint-variant';
import type { VariantConfig } from '../endpoint-config/variant-config';
import { VariantProperty, type EndpointProps } from './endpoint-props';

/** An endpoint: models that answer over HTTPS. */
export interface IEndpoint extends sagemaker.IEndpoint {
  /**
   * Grants rights on this endpoint.
   *
   * @param grantee who is granted them
   * @param actions the rights, for example `sagemaker:DescribeEndpoint`
   */
  grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant;

  /**
   * Grants the right to ask the endpoint for answers that come in pieces.
   *
   * @param grantee who is granted it
   */
  grantInvokeWithResponseStream(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants the right to ask the endpoint for answers that come later.
   *
   * @param grantee who is granted it; it puts requests where the configuration says, which is granted there
   */
  grantInvokeAsync(grantee: iam.IGrantable): iam.Grant;

  /**
   * What happens whenever the state of the endpoint changes.
   *
   * @param id the id of the rule
   * @param options target and description
   */
  onStateChange(id: string, options?: events.OnEventOptions): events.Rule;

  /**
   * A variant of the endpoint, for its metrics, alarms and scaling. The same one whenever it is asked for.
   *
   * @param variantName its name
   */
  variant(variantName: string): EndpointVariant;
}

/** What is known here of an endpoint, which variants are told. */
interface KnownEndpoint {
  readonly variants: VariantConfig[];
  readonly isAsync: boolean;
  readonly resource?: sagemaker.CfnEndpoint;
  readonly standsDown: boolean;
}

abstract class EndpointBase extends Resource implements IEndpoint {
  public abstract readonly endpointArn: string;
  public abstract readonly endpointName: string;

  /** @internal */
  protected readonly _handles = new Map<string, EndpointVariant>();

  public variant(variantName: string): EndpointVariant {
    const existing = this._handles.get(variantName);
    if (existing !== undefined) return existing;
    const { variants, ...known } = this._known();
    const config = variants.find((one) => one.variantName === variantName);
    if (variants.length > 0 && config === undefined) {
      const names = variants.map((one) => one.variantName).join(', ');
      throw new Error(`Endpoint ${this.node.path} has no variant "${variantName}", only: ${names}.`);
    }
    const id = Token.isUnresolved(variantName) ? `Variant${this._handles.size}` : `Variant-${variantName}`;
    const { endpointName } = this;
    const variant = EndpointVariant._of(this, id, { endpointName, variantName, config, ...known });
    this._handles.set(variantName, variant);
    return variant;
  }

  /**
   * Of an endpoint that was made elsewhere, nothing: it may be of any kind.
   *
   * @internal
   */
  protected _known(): KnownEndpoint {
    return { variants: [], isAsync: true, standsDown: false };
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
 * An endpoint: models that answer over HTTPS.
 *
 * Its name and ARN are known at synthesis, so that alarms and log groups can exist before it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
 * @resource AWS::SageMaker::Endpoint
 */
export class Endpoint extends EndpointBase {
  /**
   * An existing endpoint of this account and region.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param endpointName its name
   */
  public static fromEndpointName(scope: Construct, id: string, endpointName: string): IEndpoint {
    return importEndpoint(scope, id, { endpointName, endpointArn: sagemakerArn(scope, 'endpoint', endpointName) });
  }

  /**
   * An existing endpoint, by its ARN.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param endpointArn its ARN
   */
  public static fromEndpointArn(scope: Construct, id: string, endpointArn: string): IEndpoint {
    return importEndpoint(scope, id, { endpointName: nameFromArn(endpointArn), endpointArn });
  }

  public readonly endpointArn: string;
  public readonly endpointName: string;

  /** The log group of the endpoint, if it is part of the stack. */
  public readonly logGroup?: logs.ILogGroup;

  private readonly config: IEndpointConfig;
  private readonly deployment?: DeploymentPolicy;
  private readonly resource?: sagemaker.CfnEndpoint;
  private readonly alarms: cloudwatch.IAlarm[] = [];

  constructor(scope: Construct, id: string, props: EndpointProps) {
    super(scope, id);
    this.config = props.endpointConfig;
    this.deployment = props.deployment;
    this.checkEndpoint(props);

    this.endpointName = props.endpointName ?? Names.uniqueResourceName(this, { maxLength: 63, separator: '-' });
    this.endpointArn = sagemakerArn(this, 'endpoint', this.endpointName);
    this.logGroup = props.logs && newLogGroup(this, this.endpointName, props.logs);
    if (props.enabled === false) return;

    this.node.addValidation({ validate: () => this.faultsOfAlarms() });
    this.resource = new sagemaker.CfnEndpoint(this, 'Resource', {
      endpointName: this.endpointName,
      endpointConfigName: props.endpointConfig.endpointConfigName,
      deploymentConfig: this.renderDeployment(),
      ...this.renderRetained(props.retainedVariantProperties),
    });
    if (this.logGroup !== undefined) this.resource.node.addDependency(this.logGroup);
    props.deployment?._alarms.forEach((alarm) => this.addRollbackAlarm(alarm));
  }

  /**
   * Adds an alarm that rolls an update back when it goes off while the update is under way. There may be 10.
   *
   * @param alarm the alarm, which must not depend on the endpoint: alarms of `variant()` do not
   */
  public addRollbackAlarm(alarm: cloudwatch.IAlarm): void {
    if (this.alarms.includes(alarm)) return;
    this.alarms.push(alarm);
    const roles = this.config instanceof EndpointConfig ? this.config._roles : [];
    if (this.resource !== undefined) grantDescribeAlarms(this, this.resource, roles, [alarm]);
  }

  /**
   * Whether the endpoint stands down.
   *
   * @internal
   */
  public get _standsDown(): boolean {
    return this.resource === undefined;
  }

  /**
   * What is known here of the variants; nothing, if the configuration is imported.
   *
   * @internal
   */
  public get _variants(): VariantConfig[] {
    return this.knownVariants();
  }

  /**
   * The role that inference components run with, if it is known.
   *
   * @internal
   */
  public get _componentRole(): iam.IRole | undefined {
    return this.config instanceof EndpointConfig ? this.config.role : undefined;
  }

  /** @internal */
  protected override _known(): KnownEndpoint {
    const { resource, config } = this;
    const isAsync = !(config instanceof EndpointConfig) || config._isAsync;
    const shadow = config instanceof EndpointConfig ? config._shadow : undefined;
    const variants = [...this.knownVariants(), ...(shadow ? [shadow] : [])];
    return { variants, isAsync, resource, standsDown: resource === undefined };
  }

  /** What is known here of the variants; nothing, if the configuration is imported. */
  private knownVariants(): VariantConfig[] {
    return this.config instanceof EndpointConfig ? this.config._variants : [];
  }

  /** @throws one error that lists all that is wrong with the definition */
  private checkEndpoint({ endpointName, deployment, retainedVariantProperties: retained }: EndpointProps): void {
    const errors = new ValidationErrors(`Endpoint ${this.node.path}`);
    errors.check('endpointName', 'EndpointName', endpointName);
    errors.when(endpointName === '', '`endpointName` must not be empty');
    errors.checkUnique('retainedVariantProperties', retained ?? []);
    errors.when(
      this.config instanceof EndpointConfig && Stack.of(this.config) !== Stack.of(this),
      `\`endpointConfig\` ${this.config.node.path} must be in the same stack as the endpoint. A configuration is replaced by any ` +
        'change, and an export in use by another stack cannot be',
    );
    deployment?._check(errors, this.knownVariants());
    errors.throwIfAny();
  }

  /** Alarms may be added until the template is made. */
  private faultsOfAlarms(): string[] {
    const errors = new ValidationErrors('');
    if (this.alarms.length > 0) errors.check('deployment.alarms', 'AlarmList', this.alarms);
    errors.when(
      this.deployment?._wantsAlarms === true && this.alarms.length === 0,
      '`deployment` moves step by step, and there is no alarm that would stop it. Give it `alarms`, or add some with ' +
        '`addRollbackAlarm(endpoint.variant(…).createErrorAlarm(…))`; without them set `automaticRollback: false`, or use ' +
        'DeploymentPolicy.allAtOnce()',
    );
    return errors.list();
  }

  private renderDeployment(): sagemaker.CfnEndpoint.DeploymentConfigProperty | IResolvable {
    const rollback = Lazy.any({
      produce: () =>
        this.alarms.length === 0 ? undefined : { alarms: this.alarms.map(({ alarmName }) => ({ alarmName })) },
    });
    if (this.deployment !== undefined) return this.deployment._render(rollback);
    // Alarms watch an update that goes all at once, too.
    return Lazy.any({
      produce: () => (this.alarms.length === 0 ? undefined : DeploymentPolicy.allAtOnce()._render(rollback)),
    });
  }

  private renderRetained(given?: VariantProperty[]): Partial<sagemaker.CfnEndpointProps> {
    const kept = (): VariantProperty[] => {
      const isScaled = [...this._handles.values()].some((variant) => variant._isScaled);
      return given ?? (isScaled ? [VariantProperty.DESIRED_INSTANCE_COUNT] : []);
    };
    return {
      retainAllVariantProperties: Lazy.any({ produce: () => (kept().length > 0 ? true : undefined) }),
      excludeRetainedVariantProperties: Lazy.any({
        produce: () => {
          const others = Object.values(VariantProperty).filter((property) => !kept().includes(property));
          return kept().length > 0 && others.length > 0
            ? others.map((variantPropertyType) => ({ variantPropertyType }))
            : undefined;
        },
      }),
    };
  }
}

function importEndpoint(scope: Construct, id: string, names: { endpointName: string; endpointArn: string }): IEndpoint {
  class Import extends EndpointBase {
    public readonly endpointName = names.endpointName;
    public readonly endpointArn = names.endpointArn;
  }
  return new Import(scope, id, { environmentFromArn: names.endpointArn });
}
