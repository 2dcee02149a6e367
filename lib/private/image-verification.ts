import {
  type CfnResource,
  CustomResource,
  Duration,
  Stack,
  aws_iam as iam,
  type aws_lambda as lambda,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { VerificationAttributes, VerificationProperties } from '../handlers/image-contract';
import { fingerprint, identifyBy } from './fingerprint';
import { IMAGE } from './grants';
import { handlerFunction } from './handler-function';

const ID = 'SageMakerImages';

/** The function that verifies the images of a stack; there is none in a stack that verifies none. */
class ImageVerifier extends Construct {
  public static of(scope: Construct): ImageVerifier {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as ImageVerifier | undefined) ?? new ImageVerifier(stack);
  }

  public readonly function: lambda.Function;
  public readonly role: iam.Role;

  private constructor(stack: Stack) {
    super(stack, ID);
    const { function: made, role } = handlerFunction(this, {
      name: 'images',
      description: 'Verifies the images that SageMaker is to run',
      // A scan may take some minutes.
      timeout: Duration.minutes(15),
    });
    this.function = made;
    this.role = role;
  }
}

/** What is verified, but for what the function finds out. */
export type Verification = VerificationProperties & { readonly RepositoryArn: string };

/** Verifies an image of a stack once, and returns its URI with its digest, which is there when the image is good. */
export function verifiedUri(scope: Construct, { RepositoryArn, ...properties }: Verification): string {
  const verifier = ImageVerifier.of(scope);
  // What references stand for, and not how they read: repositories of two stacks may read alike.
  const id = `Image${fingerprint(scope, properties).hash.slice(0, 16)}`;
  const existing = verifier.node.tryFindChild(id) as CustomResource | undefined;
  const resource = existing ?? newVerification(verifier, id, { RepositoryArn, ...properties });
  return resource.getAttString('ImageUri' satisfies keyof VerificationAttributes);
}

function newVerification(
  verifier: ImageVerifier,
  id: string,
  { RepositoryArn, ...properties }: Verification,
): CustomResource {
  // Each has a policy of its own: repositories of one stack may wait for each other.
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
        // Enhanced scans are those of Amazon Inspector, whose lists know no resources.
        resources: ['*'],
      }),
    );
  }
  const resource = new CustomResource(verifier, id, {
    serviceToken: verifier.function.functionArn,
    serviceTimeout: Duration.minutes(16),
    resourceType: 'Custom::SageMakerImage',
    properties,
  });
  resource.node.addDependency(policy, verifier.function);
  // Whoever runs the image is replaced when another one is meant, not when it is looked at in another way.
  const { RepositoryUri, ImageTag, ImageDigest, Revision } = properties;
  identifyBy(resource.node.defaultChild as CfnResource, () => ({ RepositoryUri, ImageTag, ImageDigest, Revision }));
  return resource;
}
