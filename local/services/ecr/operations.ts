import { ServiceError, validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import type { Context } from '../context';
import type { Operations } from '../wire/json';
import { now } from '../wire/record';
import { type ImageId, Repositories, type Repository } from './store';

const TOKEN_SECONDS = 12 * 60 * 60;

/** The registry of an operation: that of another account, or by default of this one. */
interface InRegistry {
  readonly registryId?: string;
}

interface OnRepository extends InRegistry {
  readonly repositoryName: string;
}

interface DescribeImagesInput extends OnRepository {
  readonly imageIds?: ImageId[];
}

interface BatchGetImageInput extends OnRepository {
  readonly imageIds: ImageId[];
}

export function ecrOperations(context: Context, repositories: Repositories): Operations {
  const inRegistry = ({ registryId = context.account }: InRegistry): [Context, Repositories] => {
    const owner = context.existingAccount(registryId);
    return [owner, owner === context ? repositories : new Repositories(owner)];
  };
  const changed = ({ registryId = context.account }: InRegistry): Repositories => {
    if (registryId === context.account) return repositories;
    throw validationError(notSupported('ecr', 'changes of repositories of other accounts'));
  };
  const describe = ({ repositoryName, createdAt }: Repository, { account, host } = context): object => ({
    registryId: account,
    repositoryName,
    repositoryArn: context.arn('ecr', `repository/${repositoryName}`, account),
    repositoryUri: `${host}/${repositoryName}`,
    createdAt,
  });
  return {
    CreateRepository: ({ repositoryName, ...input }: OnRepository) => {
      if (changed(input).has(repositoryName)) {
        throw new ServiceError('RepositoryAlreadyExistsException', `The repository ${repositoryName} already exists.`);
      }
      return { repository: describe(repositories.create(repositoryName)) };
    },
    DescribeRepositories: ({ repositoryNames, ...input }: InRegistry & { repositoryNames?: string[] }) => {
      const [owner, from] = inRegistry(input);
      const found = repositoryNames?.map((name) => from.existing(name)) ?? from.list();
      return { repositories: found.map((repository) => describe(repository, owner)) };
    },
    DeleteRepository: ({ repositoryName, ...input }: OnRepository) => {
      const repository = describe(changed(input).existing(repositoryName));
      repositories.delete(repositoryName);
      return { repository };
    },
    DescribeImages: (input: DescribeImagesInput) => describeImages(...inRegistry(input), input),
    BatchGetImage: (input: BatchGetImageInput) => batchGetImage(...inRegistry(input), input),
    GetDownloadUrlForLayer: ({ repositoryName, layerDigest, ...input }: OnRepository & { layerDigest: string }) => {
      const [, from] = inRegistry(input);
      from.existing(repositoryName);
      if (from.blobs.get(layerDigest) === undefined) {
        throw new ServiceError('LayersNotFoundException', `The layer ${layerDigest} does not exist.`);
      }
      return { downloadUrl: `${context.url}/v2/${repositoryName}/blobs/${layerDigest}`, layerDigest };
    },
    DescribeImageScanFindings: ({ repositoryName, ...input }: OnRepository) => {
      inRegistry(input)[1].existing(repositoryName);
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
