import {
  type CfnCondition,
  type IResource,
  Resource,
  type aws_ec2 as ec2,
  type aws_iam as iam,
  aws_sagemaker as sagemaker,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { nameFromArn, sagemakerArn } from '../../private/arn';
import { executionRole, grantVolumeKey } from '../../private/execution-role';
import { identifyBy } from '../../private/fingerprint';
import { optionalHashedName } from '../../private/physical-name';
import { applyReleaseCondition, recordReleaseCondition, releaseConditionOf } from '../../private/release-condition';
import { RuleError, addWarning } from '../../private/rules';
import { validateTags } from '../../private/tags';
import { ValidationErrors } from '../../private/validation';
import { type VpcAccess, vpcAccess } from '../../private/vpc-access';
import { renderAsync } from './async-inference';
import { type DataCaptureOptions, renderCapture } from './data-capture';
import { configWithConditionalShadow } from './conditional-shadow';
import { checkEndpointConfig } from './endpoint-config-validation';
import { type EndpointMetricsOptions, renderMetrics } from './endpoint-metrics';
import { renderExplainer } from './explainer';
import type { VariantConfig } from './variant-config';
import type { EndpointConfigProps } from './endpoint-config-props';

/** An endpoint configuration: the production variants of an endpoint. */
export interface IEndpointConfig extends IResource, sagemaker.IEndpointConfigRef {
  /**
   * The ARN of the endpoint configuration.
   *
   * @attribute
   */
  readonly endpointConfigArn: string;

  /**
   * The name of the endpoint configuration.
   *
   * @attribute
   */
  readonly endpointConfigName: string;
}

abstract class EndpointConfigBase extends Resource implements IEndpointConfig {
  public abstract readonly endpointConfigArn: string;
  public abstract readonly endpointConfigName: string;

  public get endpointConfigRef(): sagemaker.EndpointConfigReference {
    // Older versions of aws-cdk-lib declare other members.
    const { endpointConfigArn, endpointConfigName } = this;
    const reference = { endpointConfigArn, endpointConfigId: endpointConfigArn, endpointConfigName };
    return reference;
  }
}

/**
 * An endpoint configuration: the production variants of an endpoint, and its data capture, asynchronous inference and
 * explainer.
 *
 * An endpoint configuration is immutable: every change except of its tags replaces it, and the endpoint is updated to the new one.
 *
 * If the model of a production variant is a released one, the configuration only exists while a version is released: of each release
 * parameter, if there are several. A shadow variant whose model has another release parameter only exists while that one has a version.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
 * @resource AWS::SageMaker::EndpointConfig
 *
 * @example
 * import { Size } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const model: sagemaker.Model;
 *
 * new sagemaker.EndpointConfig(this, 'Serverless', {
 *   variants: [
 *     sagemaker.ProductionVariant.serverless('main', { model, memory: Size.gibibytes(2), maxConcurrency: 20 }),
 *   ],
 * });
 */
export class EndpointConfig extends EndpointConfigBase implements ec2.IConnectable {
  /**
   * Imports an existing endpoint configuration of this account and region by its name.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param endpointConfigName the name of the endpoint configuration
   */
  public static fromEndpointConfigName(scope: Construct, id: string, endpointConfigName: string): IEndpointConfig {
    const endpointConfigArn = sagemakerArn(scope, 'endpoint-config', endpointConfigName);
    return importConfig(scope, id, { endpointConfigName, endpointConfigArn });
  }

  /**
   * Imports an existing endpoint configuration by its ARN.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param endpointConfigArn the ARN of the endpoint configuration
   */
  public static fromEndpointConfigArn(scope: Construct, id: string, endpointConfigArn: string): IEndpointConfig {
    return importConfig(scope, id, {
      endpointConfigName: nameFromArn(endpointConfigArn, 'endpoint-config'),
      endpointConfigArn,
    });
  }

  public readonly endpointConfigName: string;

  /** The execution role of inference components; undefined if the variants host models. */
  public readonly role?: iam.IRole;

  /**
   * The production variants.
   *
   * @internal
   */
  public readonly _variants: VariantConfig[];

  /**
   * The distinct execution roles of the containers, as far as they are known.
   *
   * @internal
   */
  public readonly _roles: iam.IRole[];

  /** @internal */
  public readonly _shadow?: VariantConfig;

  /** @internal */
  public readonly _dataCapture?: DataCaptureOptions;

  /**
   * Whether the endpoint is an asynchronous endpoint.
   *
   * @internal
   */
  public readonly _isAsync: boolean;

  private readonly vpcConnections?: ec2.Connections;
  private readonly resource: sagemaker.CfnEndpointConfig;

  constructor(scope: Construct, id: string, props: EndpointConfigProps) {
    super(scope, id);
    new ValidationErrors(`Endpoint configuration ${this.node.path}`, 'endpoint-configurations').requireTypes(
      'EndpointConfigProps',
      props,
    );
    const hostsComponents = props.variants.some((variant) => variant._isForComponents);
    if (hostsComponents) this.role = executionRole(this, props.role, ['InferenceComponents']);
    const production = props.variants.map((variant) => variant._bind(this.role));
    const shadow = props.shadowVariant?._bind(this.role);
    const all = shadow === undefined ? production : [...production, shadow];
    checkEndpointConfig(this, props, { production, shadow });
    for (const warning of all.flatMap(({ warnings }) => warnings)) {
      addWarning(this, 'endpoint-configurations', 'variant', warning);
    }
    this._variants = production;
    this._shadow = shadow;
    this._dataCapture = props.dataCapture;
    this._isAsync = props.asyncInference !== undefined;
    this._roles = this.rolesOf(all);

    const access = this.access(props);
    this.vpcConnections = access?.connections;
    const definition = {
      ...renderOptions(props, this._roles),
      productionVariants: production.map(({ rendered }) => rendered),
      shadowProductionVariants: shadow && [shadow.rendered],
      executionRoleArn: this.role?.roleArn,
      vpcConfig: access && { subnets: access.subnetIds, securityGroupIds: access.securityGroupIds },
    };
    const condition = releaseConditionOf(...production.flatMap(({ models }) => models));
    const ofShadow = this.conditionOfShadow(condition, shadow);
    const overrides = propertyOverrides(
      { production, shadow: ofShadow === undefined ? shadow : undefined },
      props.metrics,
    );
    const structure = (): unknown => ({ ...definition, newer: overrides });
    const attributes = {
      endpointConfigName: optionalHashedName(this, props.endpointConfigName, structure),
      ...definition,
    };
    const resource =
      ofShadow === undefined
        ? new sagemaker.CfnEndpointConfig(this, 'Resource', attributes)
        : configWithConditionalShadow(this, 'Resource', attributes, ofShadow);
    for (const [path, value] of Object.entries(overrides)) resource.addPropertyOverride(path, value);
    identifyBy(resource, structure);
    validateTags(this, resource);
    applyReleaseCondition(resource, condition);
    recordReleaseCondition(this, condition);
    // The models depend on their roles, but the permissions that the configuration adds can be newer than the models.
    if (hostsComponents || grantsPermissions(props, all)) resource.node.addDependency(...this._roles);
    this.resource = resource;
    this.endpointConfigName = resource.attrEndpointConfigName;
  }

  public get endpointConfigArn(): string {
    return this.resource.ref;
  }

  /** The network connections of inference components. Requires a `vpc`. */
  public get connections(): ec2.Connections {
    if (this.vpcConnections === undefined)
      throw new RuleError(
        'all-stages',
        `Endpoint configuration ${this.node.path} has no connections because it is not in a VPC. Specify \`vpc\`.`,
      );
    return this.vpcConnections;
  }

  /** The condition of the shadow variant, if it is another one than that of the production variant. */
  private conditionOfShadow(
    production: CfnCondition | undefined,
    shadow: VariantConfig | undefined,
  ): { condition: CfnCondition; overrides: Record<string, unknown> } | undefined {
    if (shadow === undefined) return undefined;
    const condition = releaseConditionOf(...shadow.models);
    return condition === undefined || condition === production ? undefined : { condition, overrides: shadow.overrides };
  }

  private access({ vpc, vpcSubnets, securityGroups }: EndpointConfigProps): VpcAccess | undefined {
    return vpc && this.role && vpcAccess(this, this.role, vpc, vpcSubnets, securityGroups);
  }

  private rolesOf(variants: VariantConfig[]): iam.IRole[] {
    const roles = variants.flatMap(({ models, kind }) =>
      kind === 'components' ? [this.role] : models.map(({ role }) => role),
    );
    return [...new Set(roles.flatMap((role) => role ?? []))];
  }
}

/** Whether the execution roles get permissions for properties of the configuration or of its variants. */
function grantsPermissions(props: EndpointConfigProps, variants: VariantConfig[]): boolean {
  const options = [props.encryptionKey, props.asyncInference, props.dataCapture, props.explainer];
  const ofVariants = variants.flatMap(({ rendered: { enableSsmAccess: ssmAccess }, overrides }) => [
    ssmAccess,
    ...Object.values(overrides),
  ]);
  return [...options, ...ofVariants].some((option) => option !== undefined);
}

/** Renders the options that apply to all variants, and grants the execution roles the permissions that they require. */
function renderOptions(
  { encryptionKey, asyncInference, dataCapture, explainer, networkIsolation }: EndpointConfigProps,
  roles: iam.IRole[],
): Partial<sagemaker.CfnEndpointConfigProps> {
  if (encryptionKey !== undefined) for (const role of roles) grantVolumeKey(encryptionKey, role);
  return {
    kmsKeyId: encryptionKey?.keyArn,
    asyncInferenceConfig: asyncInference && renderAsync(asyncInference, roles),
    dataCaptureConfig: dataCapture && renderCapture(dataCapture, roles),
    explainerConfig: explainer && renderExplainer(explainer, roles),
    enableNetworkIsolation: networkIsolation,
  };
}

/** Properties that the oldest supported aws-cdk-lib lacks, by their paths in the resource. */
function propertyOverrides(
  { production, shadow }: { production: VariantConfig[]; shadow?: VariantConfig },
  metrics?: EndpointMetricsOptions,
): Record<string, unknown> {
  const ofVariants = [
    ...production.map(({ overrides }, index): [string, Record<string, unknown>] => [
      `ProductionVariants.${index}`,
      overrides,
    ]),
    ['ShadowProductionVariants.0', shadow?.overrides ?? {}] as [string, Record<string, unknown>],
  ].flatMap(([variant, overrides]) => Object.entries(overrides).map(([path, value]) => [`${variant}.${path}`, value]));
  const ofConfig = metrics === undefined ? [] : [['MetricsConfig', renderMetrics(metrics)]];
  return Object.fromEntries([...ofVariants, ...ofConfig].filter(([, value]) => value !== undefined)) as Record<
    string,
    unknown
  >;
}

function importConfig(
  scope: Construct,
  id: string,
  names: { endpointConfigName: string; endpointConfigArn: string },
): IEndpointConfig {
  class Import extends EndpointConfigBase {
    public readonly endpointConfigName = names.endpointConfigName;
    public readonly endpointConfigArn = names.endpointConfigArn;
  }
  return new Import(scope, id, { environmentFromArn: names.endpointConfigArn });
}
