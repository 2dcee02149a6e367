import * as path from 'node:path';
import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import { Store } from '../store';
import { now } from '../wire/record';
import { registryOf } from './access';

export interface Repository {
  readonly repositoryName: string;
  readonly createdAt: number;
}

export interface Image {
  readonly repositoryName: string;

  /** The tag, or the digest for an image that was pushed by digest. */
  readonly imageTag: string;
  readonly imageDigest: string;
  readonly manifest: string;
  readonly mediaType: string;
  readonly pushedAt?: number;

  /** The registry host it was pushed to, which is part of its name in the engine. The port may be another one later. */
  readonly host: string;
}

export interface ImageId {
  readonly imageTag?: string;
  readonly imageDigest?: string;
}

/** A layer or an image configuration. Only small content is kept. */
export interface Blob {
  readonly size: number;

  /** Base64. */
  readonly content?: string;
}

const BLOBS = 'blobs';

const isTagged = ({ imageTag }: Image): boolean => !imageTag.startsWith('sha256:');

/** The names in the engine of all images that were pushed to the service whose state is in a directory. */
export function pushedImages(directory: string): string[] {
  return new Store<Image>(path.join(directory, 'state', 'images'))
    .list()
    .filter(isTagged)
    .map(({ host, repositoryName, imageTag }) => `${host}/${repositoryName}:${imageTag}`);
}

/** The repositories, their images, and the layers that the registry knows. */
export class Repositories {
  public readonly blobs: Store<Blob>;
  private readonly repositories: Store<Repository>;
  private readonly images: Store<Image>;

  constructor(private readonly context: Context) {
    this.repositories = context.store<Repository>('repositories');
    this.images = context.store<Image>('images');
    this.blobs = context.store<Blob>(BLOBS);
  }

  /** A layer or an image configuration that was pushed to another account. */
  public blobOfPeer(digest: string): Blob | undefined {
    return this.context.peers.map((peer) => peer.store<Blob>(BLOBS).get(digest)).find((blob) => blob !== undefined);
  }

  public list(): Repository[] {
    return this.repositories.list();
  }

  public create(repositoryName: string): Repository {
    return this.repositories.put(repositoryName, { repositoryName, createdAt: now() });
  }

  public has(repositoryName: string): boolean {
    return this.repositories.get(repositoryName) !== undefined;
  }

  public delete(repositoryName: string): void {
    this.repositories.delete(repositoryName);
  }

  public existing(repositoryName: string): Repository {
    const repository = this.repositories.get(repositoryName);
    if (repository === undefined) {
      throw new ServiceError('RepositoryNotFoundException', `The repository ${repositoryName} does not exist.`);
    }
    return repository;
  }

  public imagesOf(repositoryName: string): Image[] {
    return this.images.list().filter((image) => image.repositoryName === repositoryName);
  }

  public image(repositoryName: string, { imageTag, imageDigest }: ImageId): Image | undefined {
    return this.imagesOf(repositoryName).find((image) =>
      imageDigest === undefined ? image.imageTag === imageTag : image.imageDigest === imageDigest,
    );
  }

  /** The image of a manifest that a client requests by its tag or digest. */
  public manifest(repositoryName: string, reference: string): Image | undefined {
    return (
      this.images.get(`${repositoryName}:${reference}`) ??
      this.images.list().find(({ imageDigest }) => imageDigest === reference)
    );
  }

  public putImage(image: Omit<Image, 'host' | 'pushedAt'>): void {
    const { host } = this.context;
    this.images.put(`${image.repositoryName}:${image.imageTag}`, { ...image, host, pushedAt: now() });
  }

  /** The name in the engine of an image that a template names by the registry of its account. */
  public localName(imageUri: string): string {
    const owner = registryOf(this.context, imageUri);
    if (owner === undefined) return imageUri;
    if (owner !== this.context) return new Repositories(owner).localName(imageUri);
    const name = this.tagged(imageUri.slice(owner.registry.length));
    return `${this.images.get(name)?.host ?? owner.host}/${name}`;
  }

  /** The digest of an image in the registry of its account. */
  public digestOf(imageUri: string): string | undefined {
    const owner = registryOf(this.context, imageUri);
    if (owner === undefined) return undefined;
    if (owner !== this.context) return new Repositories(owner).digestOf(imageUri);
    const name = imageUri.slice(owner.registry.length);
    return name.split('@')[1] ?? this.images.get(name)?.imageDigest;
  }

  /** The engine knows a pushed image by its tag: replaces a digest by it. */
  private tagged(name: string): string {
    const [repositoryName, imageDigest] = name.split('@');
    if (imageDigest === undefined) return name;
    const image = this.imagesOf(repositoryName).find((one) => one.imageDigest === imageDigest && isTagged(one));
    return image === undefined ? name : `${repositoryName}:${image.imageTag}`;
  }
}
