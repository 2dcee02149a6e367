import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Operations } from '../wire/json';
import { now } from '../wire/record';
import { type ImageId, Repositories, type Repository } from './store';

const TOKEN_SECONDS = 12 * 60 * 60;

/** The repository of an operation; without `registryId`, it is in the registry of this account. */
interface InRegistry {
  readonly registryId?: string;
}

interface DescribeImagesInput extends InRegistry {
  readonly repositoryName: string;
  readonly imageIds?: ImageId[];
}

interface BatchGetImageInput extends InRegistry {
  readonly repositoryName: string;
  readonly imageIds: ImageId[];
}

export function ecrOperations(context: Context, repositories: Repositories): Operations {
  const inRegistry = ({ registryId = context.account }: InRegistry): [Context, Repositories] => {
    const owner = context.existingAccount(registryId);
    return [owner, owner === context ? repositories : new Repositories(owner)];
  };
  const describe = ({ repositoryName, createdAt }: Repository): object => ({
    registryId: context.account,
    repositoryName,
    repositoryArn: context.arn('ecr', `repository/${repositoryName}`),
    repositoryUri: `${context.host}/${repositoryName}`,
    createdAt,
  });
  return {
    CreateRepository: ({ repositoryName }: { repositoryName: string }) => {
      if (repositories.has(repositoryName)) {
        throw new ServiceError('RepositoryAlreadyExistsException', `The repository ${repositoryName} already exists.`);
      }
      return { repository: describe(repositories.create(repositoryName)) };
    },
    DescribeRepositories: ({ repositoryNames }: { repositoryNames?: string[] }) => ({
      repositories: (repositoryNames?.map((name) => repositories.existing(name)) ?? repositories.list()).map(describe),
    }),
    DeleteRepository: ({ repositoryName }: { repositoryName: string }) => {
      const repository = describe(repositories.existing(repositoryName));
      repositories.delete(repositoryName);
      return { repository };
    },
    DescribeImages: (input: DescribeImagesInput) => describeImages(...inRegistry(input), input),
    BatchGetImage: (input: BatchGetImageInput) => batchGetImage(...inRegistry(input), input),
    GetDownloadUrlForLayer: (input: { repositoryName: string; layerDigest: string }) => {
      const { repositoryName, layerDigest } = input;
      repositories.existing(repositoryName);
      if (repositories.blobs.get(layerDigest) === undefined) {
        throw new ServiceError('LayersNotFoundException', `The layer ${layerDigest} does not exist.`);
      }
      return { downloadUrl: `${context.url}/v2/${repositoryName}/blobs/${layerDigest}`, layerDigest };
    },
    DescribeImageScanFindings: (input: { repositoryName: string; imageId: ImageId }) => {
      repositories.existing(input.repositoryName);
      throw new ServiceError('ScanNotFoundException', 'The local service does not scan images.');
    },
    GetAuthorizationToken: () => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from('AWS:local').toString('base64'),
          expiresAt: now() + TOKEN_SECONDS,
          proxyEndpoint: context.url,
        },
      ],
    }),
  };
}

function describeImages(
  { account }: Context,
  repositories: Repositories,
  { repositoryName, imageIds }: DescribeImagesInput,
): object {
  repositories.existing(repositoryName);
  const tags = imageIds?.map(({ imageTag }) => imageTag);
  const images = repositories.imagesOf(repositoryName).filter(({ imageTag }) => tags?.includes(imageTag) ?? true);
  if (tags !== undefined && images.length === 0) {
    throw new ServiceError(
      'ImageNotFoundException',
      `The image ${tags.join(', ')} does not exist in the repository ${repositoryName}.`,
    );
  }
  return {
    imageDetails: images.map(({ imageTag, imageDigest, pushedAt }) => ({
      registryId: account,
      repositoryName,
      imageDigest,
      imageTags: [imageTag],
      imagePushedAt: pushedAt,
    })),
  };
}

function batchGetImage(
  { account }: Context,
  repositories: Repositories,
  { repositoryName, imageIds }: BatchGetImageInput,
): object {
  repositories.existing(repositoryName);
  const images: object[] = [];
  const failures: object[] = [];
  for (const imageId of imageIds) {
    const image = repositories.image(repositoryName, imageId);
    if (image === undefined) {
      failures.push({ imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' });
      continue;
    }
    images.push({
      registryId: account,
      repositoryName,
      imageId: { imageTag: imageId.imageTag, imageDigest: image.imageDigest },
      imageManifest: image.manifest,
      imageManifestMediaType: image.mediaType,
    });
  }
  return { images, failures };
}
