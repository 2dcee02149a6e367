import { type CfnResource, CustomResource, Duration, Lazy, aws_iam as iam } from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import type { VerificationAttributes, VerificationProperties } from '../handlers/image-contract';
import { fingerprint, identifyBy } from './fingerprint';
import { IMAGE } from './grants';
import { type HandlerFunctionProps, StackHandler } from './handler-function';
import { addValidation } from './rules';

/** The function that verifies the images of a stack. It is only created in stacks that verify images. */
const HANDLER: HandlerFunctionProps = {
  name: 'images',
  description: 'Verifies container images for SageMaker before they are used',
  // An image scan can take several minutes.
  timeout: Duration.minutes(15),
  // Image layers, and the responses to CloudFormation, are objects in Amazon S3.
  services: ['ecr.api', 's3'],
};

/** The image to verify and the rules for it. */
export type Verification = VerificationProperties & { readonly RepositoryArn: string };

/** The architectures of the instance types that run a verified image, by its verification. */
const usedArchitectures = new WeakMap<CustomResource, Set<ReadonlySet<string>>>();

/**
 * Verifies an image once per stack, and returns its URI with its digest. The URI only resolves if the verification succeeds.
 *
 * @param scope the construct that uses the image
 * @param architectures the architectures of the instance types that run the image, to which later constructs can add
 * @param verification the image and the rules
 */
export function verifiedImageUri(
  scope: Construct,
  architectures: ReadonlySet<string>,
  { RepositoryArn, ...properties }: Verification,
): string {
  const verifier = StackHandler.of(scope, 'SageMakerImages', HANDLER);
  // A fingerprint tells repositories of different stacks apart, even if the references to them render the same text.
  const id = `Image${fingerprint(scope, properties).hash.slice(0, 16)}`;
  const existing = verifier.node.tryFindChild(id) as CustomResource | undefined;
  const resource = existing ?? newVerification(verifier, id, { RepositoryArn, ...properties });
  usedArchitectures.get(resource)?.add(architectures);
  return resource.getAttString('ImageUri' satisfies keyof VerificationAttributes);
}

function architecturesOf(resource: CustomResource): string[] {
  const sets = [...(usedArchitectures.get(resource) ?? [])];
  return [...new Set(sets.flatMap((architectures) => [...architectures]))].sort();
}

/** The error about an image that runs on instance types with different architectures, unless its own architecture is known. */
function architectureErrors(resource: CustomResource, { RepositoryName, ...image }: VerificationProperties): string[] {
  const architectures = architecturesOf(resource);
  if (image.Architecture !== undefined || architectures.length < 2) return [];
  const name = [RepositoryName, image.ImageTag ?? image.ImageDigest].join(image.ImageTag === undefined ? '@' : ':');
  return [
    `image ${name} runs on instance types with the architectures ${architectures.join(' and ')}, and SageMaker does not support ` +
      'images for several platforms: use one image for each architecture',
  ];
}

function newVerification(
  verifier: StackHandler,
  id: string,
  { RepositoryArn, ...properties }: Verification,
): CustomResource {
  // One policy per image: with a shared policy, each verification would depend on the repositories of all images.
  const policy = new iam.Policy(verifier, `${id}Policy`, { roles: [verifier.role] });
  policy.addStatements(
    new iam.PolicyStatement({
      actions: [...IMAGE.readManifest, ...(properties.Severity === undefined ? [] : IMAGE.readBasicScan)],
      resources: [RepositoryArn],
    }),
  );
  if (properties.Severity !== undefined) {
    policy.addStatements(
      new iam.PolicyStatement({
        actions: [...IMAGE.readEnhancedScan],
        // Amazon Inspector performs enhanced scans. Its list actions do not support resource-level permissions.
        resources: ['*'],
      }),
    );
  }
  const resource: CustomResource = new CustomResource(verifier, id, {
    serviceToken: verifier.function.functionArn,
    serviceTimeout: Duration.minutes(16),
    resourceType: 'Custom::SageMakerImage',
    properties: {
      ...properties,
      Architecture: properties.Architecture ?? Lazy.string({ produce: () => architecturesOf(resource)[0] }),
    },
  });
  usedArchitectures.set(resource, new Set());
  addValidation(resource, 'images', () => architectureErrors(resource, properties));
  resource.node.addDependency(policy, verifier.function);
  // Resources that use the image are replaced if the image changes, but not if only the rules of the verification change.
  const { RepositoryUri, ImageTag, ImageDigest, Revision } = properties;
  identifyBy(resource.node.defaultChild as CfnResource, () => ({ RepositoryUri, ImageTag, ImageDigest, Revision }));
  return resource;
}
