import { Token, type aws_ecr as ecr } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RuleError, addWarning } from '../private/rules';
import { ValidationErrors, quote } from '../private/validation';
import { partsOfUri } from './ecr-uri';
import type { CacheableImageOptions, EcrImageOptions } from './image-options';

/** @throws an error if the text is not an image URI */
export function checkUri(subject: string, imageUri: string): void {
  const errors = new ValidationErrors(subject, 'images');
  errors.check('imageUri', 'ContainerImage', imageUri);
  errors.when(imageUri.length === 0, '`imageUri` must not be empty');
  errors.throwIfAny();
}

/** @throws an error if the text is not the URI of an image in a private Amazon ECR repository */
export function checkEcrUri(imageUri: string, { pullThroughCache }: CacheableImageOptions): void {
  const subject = 'Image from a registry';
  checkUri(subject, imageUri);
  if (Token.isUnresolved(imageUri) && pullThroughCache === true) {
    throw new RuleError(
      'images',
      `${subject}: \`pullThroughCache\` requires an \`imageUri\` that is known at synthesis, since it grants permission for its ` +
        'repository, got a token. Use ContainerImage.fromEcrRepository() instead.',
    );
  }
  if (Token.isUnresolved(imageUri) || partsOfUri(imageUri).host !== undefined) return;
  throw new RuleError(
    'images',
    `${subject}: \`imageUri\` must be in a private Amazon ECR repository, for example ` +
      `123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn:v1, got ${quote(imageUri)}. SageMaker does not pull images from public ` +
      'registries: push the image to a repository, build it with ContainerImage.fromAsset(), or use ' +
      'ContainerImage.fromPrivateRegistry(), which requires a VPC.',
  );
}

/** Warns about a tag that is only verified again if `revision` changes. */
export function warnAboutMutableTag(scope: Construct, repository: ecr.IRepository, options: EcrImageOptions): void {
  const { tag, revision } = options;
  if (tag === undefined || revision !== undefined) return;
  addWarning(
    scope,
    'images',
    'mutableTag',
    `Tag ${tag} of repository ${repository.node.path} is verified once. When another image is pushed with this tag, change ` +
      '`revision`, or reference images by their `digest`.',
  );
}
