import { createHash, randomUUID } from 'node:crypto';
import * as path from 'node:path';
import type { Context } from '../context';
import { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Answer, type Request, bodyOf } from '../wire/request';
import { ServiceError } from '../wire/service-error';

interface Repository {
  readonly repositoryName: string;
  readonly createdAt: number;
}

interface Image {
  readonly repositoryName: string;
  readonly imageTag: string;
  readonly imageDigest: string;
  readonly manifest: string;
  readonly mediaType: string;

  /** Where it was pushed to: the engine knows it by that, also when the service answers elsewhere later. */
  readonly host: string;
}

interface ImageId {
  readonly imageTag?: string;
  readonly imageDigest?: string;
}

interface DescribeImages {
  readonly repositoryName: string;
  readonly imageIds?: ImageId[];
}

interface BatchGetImage {
  readonly repositoryName: string;
  readonly imageIds: ImageId[];
}

/** A configuration of an image is smaller than this, and nearly all layers are larger. */
const MAX_KEPT_BYTES = 64 * 1024;

/** The names by which the engine knows what was pushed to the service that keeps its state in a directory. */
export function pushedImages(directory: string): string[] {
  return new Store<Image>(path.join(directory, 'state', 'images'))
    .list()
    .filter(({ imageTag }) => !imageTag.startsWith('sha256:'))
    .map(({ host, repositoryName, imageTag }) => `${host}/${repositoryName}:${imageTag}`);
}

/**
 * Amazon ECR, and the registry behind it. What is pushed is in the engine already: the registry takes note of manifests and
 * forgets the layers.
 */
export class Ecr {
  public readonly operations: Operations;
  private readonly repositories: Store<Repository>;
  private readonly images: Store<Image>;
  private readonly blobs: Store<{ size: number; content?: string }>;
  private readonly uploads = new Map<string, { readonly size: number; readonly chunks: Buffer[] }>();

  constructor(private readonly context: Context) {
    this.repositories = context.store<Repository>('repositories');
    this.images = context.store<Image>('images');
    this.blobs = context.store<{ size: number }>('blobs');
    this.operations = {
      CreateRepository: ({ repositoryName }: { repositoryName: string }) => {
        if (this.repositories.get(repositoryName) !== undefined) {
          throw new ServiceError(
            'RepositoryAlreadyExistsException',
            `The repository ${repositoryName} already exists.`,
          );
        }
        return { repository: this.describe(this.createRepository(repositoryName)) };
      },
      DescribeRepositories: ({ repositoryNames }: { repositoryNames?: string[] }) => ({
        repositories: (repositoryNames?.map((name) => this.existing(name)) ?? this.repositories.list()).map((one) =>
          this.describe(one),
        ),
      }),
      DeleteRepository: ({ repositoryName }: { repositoryName: string }) => {
        const repository = this.describe(this.existing(repositoryName));
        this.repositories.delete(repositoryName);
        return { repository };
      },
      DescribeImages: (input: DescribeImages) => this.details(input),
      BatchGetImage: (input: BatchGetImage) => this.manifests(input),
      GetDownloadUrlForLayer: (input: { repositoryName: string; layerDigest: string }) => {
        this.existing(input.repositoryName);
        if (this.blobs.get(input.layerDigest) === undefined) {
          throw new ServiceError('LayersNotFoundException', `There is no layer ${input.layerDigest}.`);
        }
        const downloadUrl = `${context.url}/v2/${input.repositoryName}/blobs/${input.layerDigest}`;
        return { downloadUrl, layerDigest: input.layerDigest };
      },
      DescribeImageScanFindings: (input: { repositoryName: string; imageId: ImageId }) => {
        this.existing(input.repositoryName);
        throw new ServiceError('ScanNotFoundException', 'Images are not scanned on this machine.');
      },
      GetAuthorizationToken: () => ({
        authorizationData: [
          {
            authorizationToken: Buffer.from('AWS:local').toString('base64'),
            expiresAt: Date.now() / 1000 + 43_200,
            proxyEndpoint: context.url,
          },
        ],
      }),
    };
  }

  public createRepository(repositoryName: string): Repository {
    return this.repositories.put(repositoryName, { repositoryName, createdAt: Date.now() / 1000 });
  }

  /** The name by which the engine knows an image that the template names by the registry of the account. */
  public localName(imageUri: string): string {
    const { account, region, urlSuffix, host } = this.context;
    const registry = `${account}.dkr.ecr.${region}.${urlSuffix}/`;
    if (!imageUri.startsWith(registry)) return imageUri;
    const name = this.tagged(imageUri.slice(registry.length));
    return `${this.images.get(name)?.host ?? host}/${name}`;
  }

  /** The engine knows what was pushed by its tag: a digest stands for one. */
  private tagged(name: string): string {
    const [repositoryName, digest] = name.split('@');
    const image = this.images
      .list()
      .find(
        (one) =>
          one.repositoryName === repositoryName && one.imageDigest === digest && !one.imageTag.startsWith('sha256:'),
      );
    return digest === undefined || image === undefined ? name : `${repositoryName}:${image.imageTag}`;
  }

  private details({ repositoryName, imageIds }: DescribeImages): object {
    this.existing(repositoryName);
    const found = this.images.list().filter((one) => one.repositoryName === repositoryName);
    const tags = imageIds?.map(({ imageTag }) => imageTag);
    const wanted = found.filter(({ imageTag }) => tags === undefined || tags.includes(imageTag));
    if (tags !== undefined && wanted.length === 0) {
      throw new ServiceError('ImageNotFoundException', `There is no image ${tags.join(', ')} in ${repositoryName}.`);
    }
    return {
      imageDetails: wanted.map(({ imageTag, imageDigest }) => ({
        registryId: this.context.account,
        repositoryName,
        imageDigest,
        imageTags: [imageTag],
      })),
    };
  }

  private manifests({ repositoryName, imageIds }: BatchGetImage): object {
    this.existing(repositoryName);
    const found = imageIds.map((id) => ({ id, image: this.find(repositoryName, id) }));
    return {
      images: found.flatMap(({ id, image }) =>
        image === undefined
          ? []
          : [
              {
                registryId: this.context.account,
                repositoryName,
                imageId: { imageTag: id.imageTag, imageDigest: image.imageDigest },
                imageManifest: image.manifest,
                imageManifestMediaType: image.mediaType,
              },
            ],
      ),
      failures: found.flatMap(({ id, image }) =>
        image === undefined
          ? [{ imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }]
          : [],
      ),
    };
  }

  private find(repositoryName: string, { imageTag, imageDigest }: ImageId): Image | undefined {
    return this.images
      .list()
      .find(
        (one) =>
          one.repositoryName === repositoryName &&
          (imageDigest === undefined ? one.imageTag === imageTag : one.imageDigest === imageDigest),
      );
  }

  /** The registry's own protocol, below /v2/. */
  public async registry(request: Request): Promise<Answer> {
    const { method, path: url } = request;
    const answer = { 'docker-distribution-api-version': 'registry/2.0' };
    const manifest = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(url);
    const upload = /^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/.exec(url);
    const blob = /^\/v2\/(.+)\/blobs\/(sha256:[0-9a-f]{64})$/.exec(url);
    if (url === '/v2/' || url === '/v2') return { headers: answer, body: '{}' };
    if (manifest !== null) return this.onManifest(request, manifest[1], manifest[2]);
    if (upload !== null) return this.onUpload(request, upload[1], upload[2]);
    if (blob !== null && (method === 'HEAD' || method === 'GET')) return this.onBlob(method, blob[2]);
    return { status: 404, headers: answer, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' };
  }

  private async onManifest(request: Request, repositoryName: string, reference: string): Promise<Answer> {
    const id = `${repositoryName}:${reference}`;
    if (request.method === 'PUT') {
      const manifest = (await bodyOf(request)).toString();
      const imageDigest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
      const mediaType = request.headers['content-type'] ?? '';
      const { host } = this.context;
      this.images.put(id, { repositoryName, imageTag: reference, imageDigest, manifest, mediaType, host });
      return { status: 201, headers: { 'docker-content-digest': imageDigest, location: request.path } };
    }
    const image = this.images.get(id) ?? this.images.list().find((one) => one.imageDigest === reference);
    if (image === undefined) return { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' };
    const headers = {
      'docker-content-digest': image.imageDigest,
      'content-type': image.mediaType,
      'content-length': Buffer.byteLength(image.manifest),
    };
    return { headers, body: request.method === 'HEAD' ? '' : image.manifest };
  }

  /** Whether a layer was sent already: the engine asks before it sends one, and after. */
  private onBlob(method: string, digest: string): Answer {
    const { size, content } = this.blobs.get(digest) ?? {};
    if (size === undefined || (method === 'GET' && content === undefined)) return { status: 404 };
    const headers = { 'content-length': size, 'docker-content-digest': digest };
    return method === 'GET' ? { headers, body: Buffer.from(content ?? '', 'base64') } : { headers };
  }

  /** Layers are read to their end and forgotten: the engine that sends them has them. Configurations are small, and kept. */
  private async onUpload({ method, stream, query }: Request, repository: string, id: string): Promise<Answer> {
    const before = this.uploads.get(id) ?? { size: 0, chunks: [] };
    let { size } = before;
    const chunks = [...before.chunks];
    for await (const chunk of stream) {
      size += (chunk as Buffer).length;
      if (size <= MAX_KEPT_BYTES) chunks.push(chunk as Buffer);
    }
    if (method === 'PUT') {
      const digest = query.get('digest') ?? '';
      this.uploads.delete(id);
      const content = size <= MAX_KEPT_BYTES ? Buffer.concat(chunks).toString('base64') : undefined;
      this.blobs.put(digest, { size, content });
      const location = `/v2/${repository}/blobs/${digest}`;
      return { status: 201, headers: { location, 'docker-content-digest': digest } };
    }
    const upload = id === '' ? randomUUID() : id;
    this.uploads.set(upload, { size, chunks: size <= MAX_KEPT_BYTES ? chunks : [] });
    const location = `/v2/${repository}/blobs/uploads/${upload}`;
    return {
      status: 202,
      headers: { location, range: `0-${Math.max(size - 1, 0)}`, 'docker-upload-uuid': upload },
    };
  }

  private existing(repositoryName: string): Repository {
    const repository = this.repositories.get(repositoryName);
    if (repository === undefined) {
      throw new ServiceError('RepositoryNotFoundException', `The repository ${repositoryName} does not exist.`);
    }
    return repository;
  }

  private describe({ repositoryName, createdAt }: Repository): object {
    return {
      registryId: this.context.account,
      repositoryName,
      repositoryArn: this.context.arn('ecr', `repository/${repositoryName}`),
      repositoryUri: `${this.context.host}/${repositoryName}`,
      createdAt,
    };
  }
}
