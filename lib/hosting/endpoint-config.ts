import {
  Annotations,
  type IResource,
  Resource,
  Stack,
  type aws_kms as kms,
  aws_sagemaker as sagemaker,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { nameFromArn, sagemakerArn } from '../private/arn';
import { identifyBy } from '../private/fingerprint';
import { checkPrefix, replaceableName } from '../private/physical-name';
import { Faults } from '../private/validation';
import type { ProductionVariant } from './production-variant';

/** An endpoint configuration: which models an endpoint runs, on what, and for which share of the requests. */
export interface IEndpointConfig extends IResource, sagemaker.IEndpointConfigRef {
  /**
   * The ARN of the configuration.
   *
   * @attribute
   */
  readonly endpointConfigArn: string;

  /**
   * The name of the configuration.
   *
   * @attribute
   */
  readonly endpointConfigName: string;
}

/** The definition of an endpoint configuration. */
export interface EndpointConfigProps {
  /** The variants that share the requests, 1 to 10. */
  readonly variants: ProductionVariant[];

  /**
   * The key that encrypts the storage volumes of the instances. Instance types with local storage do not allow one.
   *
   * @default - a key of the service
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The start of the name, at most 52 letters, digits and hyphens, which a hash of the definition follows: a
   * configuration can only be replaced, and its replacement needs another name.
   *
   * @default - CloudFormation makes a name
   */
  readonly endpointConfigName?: string;
}

abstract class EndpointConfigBase extends Resource implements IEndpointConfig {
  public abstract readonly endpointConfigArn: string;
  public abstract readonly endpointConfigName: string;

  public get endpointConfigRef(): sagemaker.EndpointConfigReference {
    // Older versions of aws-cdk-lib have more members here, and none under its name of today.
    const { endpointConfigArn, endpointConfigName } = this;
    const reference = { endpointConfigArn, endpointConfigId: endpointConfigArn, endpointConfigName };
    return reference;
  }
}

/**
 * An endpoint configuration.
 *
 * SageMaker cannot change one, so CloudFormation names it: any change makes a new one, and the endpoint moves to it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
 * @resource AWS::SageMaker::EndpointConfig
 */
export class EndpointConfig extends EndpointConfigBase {
  /**
   * An existing configuration of this account and region.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param endpointConfigName its name
   */
  public static fromEndpointConfigName(scope: Construct, id: string, endpointConfigName: string): IEndpointConfig {
    const endpointConfigArn = sagemakerArn(scope, 'endpoint-config', endpointConfigName);
    return importConfig(scope, id, { endpointConfigName, endpointConfigArn });
  }

  /**
   * An existing configuration, by its ARN.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param endpointConfigArn its ARN
   */
  public static fromEndpointConfigArn(scope: Construct, id: string, endpointConfigArn: string): IEndpointConfig {
    return importConfig(scope, id, { endpointConfigName: nameFromArn(endpointConfigArn), endpointConfigArn });
  }

  public readonly endpointConfigArn: string;
  public readonly endpointConfigName: string;

  constructor(scope: Construct, id: string, props: EndpointConfigProps) {
    super(scope, id);
    const variants = props.variants.map((variant) => ({ variantName: variant.variantName, ...variant.bind() }));
    const faults = new Faults(`Endpoint configuration ${this.node.path}`);
    checkPrefix(faults, 'endpointConfigName', props.endpointConfigName);
    faults.check('variants', 'ProductionVariantList', variants);
    faults.checkUnique(
      'variants',
      variants.map(({ variantName }) => variantName),
    );
    faults.when(
      variants.length > 1 && variants.every(({ weight }) => weight === 0),
      '`variants` must not all have weight 0: no request would reach any of them',
    );
    for (const { variantName, model } of variants) {
      faults.when(
        isMadeHere(model) && Stack.of(model) !== Stack.of(this),
        `variant "${variantName}": model ${model.node.path} must be in the same stack as the configuration. A model is ` +
          'replaced by any change, and an export in use by another stack cannot be',
      );
    }
    faults.throwIfAny();
    for (const warning of variants.flatMap(({ warnings = [] }) => warnings)) {
      Annotations.of(this).addWarningV2('cdk-sagemaker-algorithm:variant', warning);
    }

    const definition = {
      kmsKeyId: props.encryptionKey?.keyArn,
      productionVariants: variants.map(({ variantName, model, instanceType, instanceCount, weight }) => ({
        variantName,
        modelName: model.modelName,
        instanceType: instanceType?.instanceTypeName,
        initialInstanceCount: instanceCount,
        initialVariantWeight: weight,
      })),
    };
    const structure = (): unknown => definition;
    const resource = new sagemaker.CfnEndpointConfig(this, 'Resource', {
      endpointConfigName: replaceableName(this, props.endpointConfigName, structure),
      ...definition,
    });
    identifyBy(resource, structure);
    this.endpointConfigArn = resource.ref;
    this.endpointConfigName = resource.attrEndpointConfigName;
  }
}

/** Imported models have no resource of their own. */
function isMadeHere(model: IResource): boolean {
  return model.node.defaultChild !== undefined;
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
