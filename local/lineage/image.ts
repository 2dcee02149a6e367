import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { type Fact, isMissing, missing, requested } from './fact';

/** An image, and the digest of its manifest. */
export interface ImageLineage {
  readonly image: string;
  readonly digest: Fact<string>;
}

const ECR_IMAGE =
  /^(?<registryId>\d{12})\.dkr\.ecr(?:-fips)?\.[a-z0-9-]+\.[a-z.]+\/(?<repositoryName>[^:@]+)(?::(?<imageTag>[^@]+))?$/;

/**
 * The digest of an image that a job has pulled. The description of a job contains none: it is part of the URI, or was recorded with the
 * same image at the registration of the version, or is that of the tag, unless the tag was moved after the job was created.
 */
export async function imageOf(
  image: string,
  {
    registered,
    usedAt,
    ecr,
  }: { readonly registered: Map<string, string>; readonly usedAt?: Date; readonly ecr: ECRClient },
): Promise<ImageLineage> {
  const digest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? registered.get(image);
  return { image, digest: digest ?? (await digestOfTag(image, usedAt, ecr)) };
}

async function digestOfTag(image: string, usedAt: Date | undefined, ecr: ECRClient): Promise<Fact<string>> {
  const { registryId, repositoryName, imageTag = 'latest' } = ECR_IMAGE.exec(image)?.groups ?? {};
  if (repositoryName === undefined) return missing('the image is not in Amazon ECR, and its URI contains no digest');
  const found = await requested('ecr:DescribeImages', () =>
    ecr.send(new DescribeImagesCommand({ registryId, repositoryName, imageIds: [{ imageTag }] })),
  );
  if (isMissing(found)) return found;
  const [{ imageDigest, imagePushedAt } = {}] = found.imageDetails ?? [];
  if (imageDigest === undefined) return missing(`Amazon ECR reports no digest of the tag ${imageTag}`);
  if (usedAt !== undefined && imagePushedAt !== undefined && imagePushedAt > usedAt) {
    return missing(`the tag ${imageTag} was moved after the job was created, and is now ${imageDigest}`);
  }
  return imageDigest;
}
