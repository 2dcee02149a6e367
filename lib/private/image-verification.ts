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
import { identifyBy, sha256 } from './fingerprint';
import { handlerFunction } from './handler-function';

const ID = 'SageMakerImages';

/** The function that verifies the images of a stack; there is none in a stack that verifies none. */
class ImageVerifier extends Construct {
  public static of(scope: Construct): ImageVerifier {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as ImageVerifier | undefined) ?? new ImageVerifier(stack);
  }

  public readonly function: lambda.Function;
  public readonly policy: iam.Policy;

  private constructor(stack: Stack) {
    super(stack, ID);
    const { function: made, role } = handlerFunction(this, {
      name: 'images',
      description: 'Verifies the images that SageMaker is to run',
      // A scan may take some minutes.
      timeout: Duration.minutes(15),
    });
    this.function = made;
    this.policy = new iam.Policy(this, 'Policy', { roles: [role] });
  }
}

/** What is verified, but for what the function finds out. */
export type Verification = VerificationProperties & { readonly RepositoryArn: string };

/** Verifies an image of a stack once, and returns its URI with its digest, which is there when the image is good. */
export function verifiedUri(scope: Construct, { RepositoryArn, ...properties }: Verification): string {
  const verifier = ImageVerifier.of(scope);
  const stack = Stack.of(scope);
  const id = `Image${sha256(JSON.stringify(stack.resolve(properties))).slice(0, 16)}`;
  const existing = verifier.node.tryFindChild(id) as CustomResource | undefined;
  const resource = existing ?? newVerification(verifier, id, { RepositoryArn, ...properties });
  return resource.getAttString('ImageUri' satisfies keyof VerificationAttributes);
}

function newVerification(
  verifier: ImageVerifier,
  id: string,
  { RepositoryArn, ...properties }: Verification,
): CustomResource {
  verifier.policy.addStatements(
    new iam.PolicyStatement({
      actions: [
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
        ...(properties.Severity === undefined ? [] : ['ecr:DescribeImageScanFindings']),
      ],
      resources: [RepositoryArn],
    }),
  );
  const resource = new CustomResource(verifier, id, {
    serviceToken: verifier.function.functionArn,
    serviceTimeout: Duration.minutes(16),
    resourceType: 'Custom::SageMakerImage',
    properties,
  });
  resource.node.addDependency(verifier.policy, verifier.function);
  // Whoever runs the image is replaced when another one is meant, not when it is looked at in another way.
  const { RepositoryUri, ImageTag, ImageDigest, Revision } = properties;
  identifyBy(resource.node.defaultChild as CfnResource, () => ({ RepositoryUri, ImageTag, ImageDigest, Revision }));
  return resource;
}
