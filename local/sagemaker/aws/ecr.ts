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
  private readonly blobs: Store<{ size: number }>;
  private readonly uploads = new Map<string, number>();

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
      DescribeImages: (input: { repositoryName: string; imageIds?: { imageTag?: string }[] }) => {
        this.existing(input.repositoryName);
        const found = this.images.list().filter(({ repositoryName }) => repositoryName === input.repositoryName);
        const tags = input.imageIds?.map(({ imageTag }) => imageTag);
        const wanted = found.filter(({ imageTag }) => tags === undefined || tags.includes(imageTag));
        if (tags !== undefined && wanted.length === 0) {
          throw new ServiceError(
            'ImageNotFoundException',
            `There is no image ${tags.join(', ')} in ${input.repositoryName}.`,
          );
        }
        return {
          imageDetails: wanted.map(({ repositoryName, imageTag, imageDigest }) => ({
            registryId: context.account,
            repositoryName,
            imageDigest,
            imageTags: [imageTag],
          })),
        };
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
    const name = imageUri.slice(registry.length);
    return `${this.images.get(name)?.host ?? host}/${name}`;
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
    if (blob !== null && method === 'HEAD') return this.onBlob(blob[2]);
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
  private onBlob(digest: string): Answer {
    const size = this.blobs.get(digest)?.size;
    if (size === undefined) return { status: 404 };
    return { headers: { 'content-length': size, 'docker-content-digest': digest } };
  }

  /** Layers are read to their end and forgotten: the engine that sends them has them. */
  private async onUpload({ method, stream, query }: Request, repository: string, id: string): Promise<Answer> {
    let size = this.uploads.get(id) ?? 0;
    for await (const chunk of stream) size += (chunk as Buffer).length;
    if (method === 'PUT') {
      const digest = query.get('digest') ?? '';
      this.uploads.delete(id);
      this.blobs.put(digest, { size });
      const location = `/v2/${repository}/blobs/${digest}`;
      return { status: 201, headers: { location, 'docker-content-digest': digest } };
    }
    const upload = id === '' ? randomUUID() : id;
    this.uploads.set(upload, size);
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
