import { createHash, randomUUID } from 'node:crypto';
import { type Request, type Response, readBody } from '../wire/request';
import type { Blob, Repositories } from './store';

/** Image configurations are smaller than this, and nearly all layers are larger. */
const MAX_KEPT_BYTES = 64 * 1024;

const MANIFEST = /^\/v2\/(.+)\/manifests\/([^/]+)$/;
const UPLOAD = /^\/v2\/(.+)\/blobs\/uploads\/([^/]*)$/;
const BLOB = /^\/v2\/(.+)\/blobs\/(sha256:[0-9a-f]{64})$/;
const VERSION = { 'docker-distribution-api-version': 'registry/2.0' };

/**
 * The registry protocol, below `/v2/`. The engine has every image that it pushes, so the registry keeps manifests and image
 * configurations, and discards the layers.
 */
export class Registry {
  private readonly uploads = new Map<string, { readonly size: number; readonly chunks: Buffer[] }>();

  constructor(private readonly repositories: Repositories) {}

  public async respond(request: Request): Promise<Response> {
    const { method, path } = request;
    const [, manifestRepository, reference] = MANIFEST.exec(path) ?? [];
    const [, uploadRepository, upload] = UPLOAD.exec(path) ?? [];
    const [, , digest] = BLOB.exec(path) ?? [];
    if (path === '/v2/' || path === '/v2') return { headers: VERSION, body: '{}' };
    if (reference !== undefined) return this.onManifest(request, manifestRepository, reference);
    if (upload !== undefined) return this.onUpload(request, uploadRepository, upload);
    if (digest !== undefined && (method === 'HEAD' || method === 'GET')) return this.onBlob(method, digest);
    return { status: 404, headers: VERSION, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' };
  }

  private async onManifest(request: Request, repositoryName: string, reference: string): Promise<Response> {
    if (request.method === 'PUT') {
      const manifest = (await readBody(request)).toString();
      const imageDigest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
      const mediaType = request.headers['content-type'] ?? '';
      this.repositories.putImage({ repositoryName, imageTag: reference, imageDigest, manifest, mediaType });
      return { status: 201, headers: { 'docker-content-digest': imageDigest, location: request.path } };
    }
    const image = this.repositories.manifest(repositoryName, reference);
    if (image === undefined) return { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' };
    const headers = {
      'docker-content-digest': image.imageDigest,
      'content-type': image.mediaType,
      'content-length': Buffer.byteLength(image.manifest),
    };
    return { headers, body: request.method === 'HEAD' ? '' : image.manifest };
  }

  /** The engine requests a layer before and after it pushes it, to find out whether the registry has it. */
  private onBlob(method: string, digest: string): Response {
    // Only a download can be of another account: a layer of this one is pushed, also if another account has it.
    const find = (): Blob | undefined => (method === 'GET' ? this.repositories.blobOfPeer(digest) : undefined);
    const { size, content } = this.repositories.blobs.get(digest) ?? find() ?? {};
    if (size === undefined || (method === 'GET' && content === undefined)) return { status: 404 };
    const headers = { 'content-length': size, 'docker-content-digest': digest };
    return method === 'GET' ? { headers, body: Buffer.from(content ?? '', 'base64') } : { headers };
  }

  private async onUpload({ method, stream, query }: Request, repository: string, id: string): Promise<Response> {
    const before = this.uploads.get(id) ?? { size: 0, chunks: [] };
    let { size } = before;
    const chunks = [...before.chunks];
    for await (const chunk of stream) {
      size += (chunk as Buffer).length;
      if (size <= MAX_KEPT_BYTES) chunks.push(chunk as Buffer);
    }
    const isKept = size <= MAX_KEPT_BYTES;
    if (method === 'PUT') {
      const digest = query.get('digest') ?? '';
      this.uploads.delete(id);
      this.repositories.blobs.put(digest, {
        size,
        content: isKept ? Buffer.concat(chunks).toString('base64') : undefined,
      });
      const location = `/v2/${repository}/blobs/${digest}`;
      return { status: 201, headers: { location, 'docker-content-digest': digest } };
    }
    const upload = id === '' ? randomUUID() : id;
    this.uploads.set(upload, { size, chunks: isKept ? chunks : [] });
    const location = `/v2/${repository}/blobs/uploads/${upload}`;
    return {
      status: 202,
      headers: { location, range: `0-${Math.max(size - 1, 0)}`, 'docker-upload-uuid': upload },
    };
  }
}
