import { type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { combinedRequirements } from '../../image/image-compatibility';
import { applyReleaseCondition, recordReleaseCondition } from '../../private/release-condition';
import { ReleaseParameter } from '../../private/release-parameter';
import { addWarning } from '../../private/rules';
import { type IModelPackage, ModelPackageBase } from './model-package-base';
import { grantSources } from './model-package-sources';
import type { ReleasedModelPackageOptions } from './released-model-package-options';

/**
 * The model package that is released in an SSM parameter, or none. Models, endpoint configurations, endpoints and inference components
 * that use it only exist while a version is released.
 */
export interface IReleasedModelPackage extends IModelPackage {
  /**
   * Makes the resources and outputs of a construct exist only while a version is released, so that they can refer to resources with
   * the same condition. The construct must be in the same stack.
   *
   * @param construct the construct, for example an output with the name of the model
   */
  applyReleaseCondition(construct: IConstruct): void;
}

/** Creates the model package whose ARN is stored in an SSM parameter. */
export function newReleasedModelPackage(
  scope: Construct,
  id: string,
  parameterName: string,
  options: ReleasedModelPackageOptions,
): IReleasedModelPackage {
  const { images = [], containerCount } = options;
  const { value, condition } = ReleaseParameter.of(scope, parameterName);
  const known = combinedRequirements(images);
  class Released extends ModelPackageBase implements IReleasedModelPackage {
    public readonly modelPackageArn = value;
    public readonly architecture = options.architecture ?? known.architecture;
    public readonly processor = options.processor ?? known.processor;
    public readonly approvalStatus = undefined;
    public readonly containerCount = containerCount;
    public readonly isMarketplaceProduct = undefined;
    public grantHost(grantee: iam.IGrantable): void {
      grantSources(this, options, grantee);
    }
    public applyReleaseCondition(construct: IConstruct): void {
      applyReleaseCondition(construct, condition);
    }
  }
  const released = new Released(scope, id);
  recordReleaseCondition(released, condition);
  noteMissingPermissions(released, options);
  return released;
}

/** Adds a note about permissions that the options of a released model package do not grant. */
function noteMissingPermissions(
  scope: Construct,
  { images = [], repositories = [], modelData = [] }: ReleasedModelPackageOptions,
): void {
  const missing = [
    ...(images.length + repositories.length === 0 ? ['to pull the images (specify `images` or `repositories`)'] : []),
    ...(modelData.length === 0 ? ['to read the model artifacts (specify `modelData`)'] : []),
  ];
  if (missing.length === 0) return;
  addWarning(
    scope,
    'released-model-packages',
    'releasedModelPermissions',
    `The execution roles of models that host this package are not granted permission ${missing.join(' and ')}. Specify them, or grant the permissions yourself.`,
  );
}
