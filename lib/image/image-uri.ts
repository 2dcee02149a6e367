import { Token } from 'aws-cdk-lib';
import { ValidationErrors, quote } from '../private/validation';
import type { CacheableImageOptions } from './image-options';

/** The URI of an image in a private Amazon ECR repository. */
const ECR_URI =
  /^(?<host>(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.[a-z0-9.]+)\/(?<repository>[^:@]+)(?::(?<tag>[^@]+))?(?:@(?<digest>.+))?$/;

/** The parts of the URI of an image in a private Amazon ECR repository. */
export interface UriParts {
  readonly host: string;
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** The parts of an image URI. Empty if the image is not in a private Amazon ECR repository, or if the URI is a token. */
export function partsOfUri(imageUri: string): Partial<UriParts> {
  return ECR_URI.exec(imageUri)?.groups ?? {};
}

/** @throws an error if the text is not an image URI */
export function checkUri(subject: string, imageUri: string): void {
  const errors = new ValidationErrors(subject);
  errors.check('imageUri', 'ContainerImage', imageUri);
  errors.when(imageUri.length === 0, '`imageUri` must not be empty');
  errors.throwIfAny();
}

/** @throws an error if the text is not the URI of an image in a private Amazon ECR repository */
export function checkEcrUri(imageUri: string, { pullThroughCache }: CacheableImageOptions): void {
  const subject = 'Image from a registry';
  checkUri(subject, imageUri);
  if (Token.isUnresolved(imageUri) && pullThroughCache === true) {
    throw new Error(
      `${subject}: \`pullThroughCache\` requires an \`imageUri\` that is known at synthesis, since it grants permission for its ` +
        'repository, got a token. Use ContainerImage.fromEcrRepository() instead.',
    );
  }
  if (Token.isUnresolved(imageUri) || ECR_URI.test(imageUri)) return;
  throw new Error(
    `${subject}: \`imageUri\` must be in a private Amazon ECR repository, for example ` +
      `123456789012.dkr.ecr.eu-west-1.amazonaws.com/churn:v1, got ${quote(imageUri)}. SageMaker does not pull images from public ` +
      'registries: push the image to a repository, build it with ContainerImage.fromAsset(), or use ' +
      'ContainerImage.fromPrivateRegistry(), which requires a VPC.',
  );
}
