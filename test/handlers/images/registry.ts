import {
  BatchGetImageCommand,
  DescribeImageScanFindingsCommand,
  type FindingSeverity,
  GetDownloadUrlForLayerCommand,
} from '@aws-sdk/client-ecr';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { VerificationProperties } from '../../../lib/handlers/image-contract';
import type { Dependencies } from '../../../lib/handlers/images/dependencies';
import { type VerificationEvent, handle } from '../../../lib/handlers/images/handler';

const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json';

interface Stored {
  readonly tag: string;
  readonly manifest: string;
  readonly mediaType: string;
}

export interface Scan {
  /** The time at which the scan starts. */
  readonly from: number;

  /** The time at which the scan ends. */
  readonly until: number;
  readonly status?: string;
  readonly counts?: Partial<Record<FindingSeverity, number>>;
}

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

export function serviceError(name: string, message = 'no', status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

/** A simulation of Amazon ECR with a clock of its own: repositories, images, configurations, scans and injected errors. */
export class Registry implements Dependencies {
  public readonly repositories = new Map<string, Stored[]>([['churn', []]]);
  public readonly configs = new Map<string, string>();
  /** The PUT requests that succeeded. */
  public readonly responses: { url: string; body: Record<string, unknown> }[] = [];
  public readonly requests: string[] = [];

  /** The errors of the next API calls. */
  public errors: Error[] = [];

  /** The errors of the next HTTP requests; undefined for a request that succeeds. */
  public connectionErrors: (Error | undefined)[] = [];
  public scan?: Scan;
  private time = 0;

  public readonly ecr = { send: (command: unknown) => this.send(command) } as Dependencies['ecr'];

  public push(
    tag: string,
    options: { os?: string; architecture?: string; bytes?: number; mediaType?: string } = {},
  ): string {
    const { os = 'linux', architecture = 'amd64', bytes = 1000, mediaType = DOCKER } = options;
    const config = JSON.stringify({ os, architecture });
    this.configs.set(digestOf(config), config);
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: { digest: digestOf(config), size: config.length },
      layers: [{ digest: digestOf('layer'), size: bytes }],
    });
    return this.pushManifest(tag, manifest, mediaType);
  }

  public pushManifest(tag: string, manifest: string, mediaType: string): string {
    this.repositories.get('churn')?.push({ tag, manifest, mediaType });
    return digestOf(manifest);
  }

  public get(url: string): Promise<string> {
    const error = this.connectionErrors.shift();
    if (error !== undefined) return Promise.reject(error);
    return Promise.resolve(this.configs.get(url.replace('https://layers/', '')) ?? '');
  }

  public put(url: string, body: string): Promise<number> {
    const error = this.connectionErrors.shift();
    if (error !== undefined) return Promise.reject(error);
    this.responses.push({ url, body: JSON.parse(body) as Record<string, unknown> });
    return Promise.resolve(200);
  }

  public random(): number {
    return 1;
  }

  public sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
    return Promise.resolve();
  }

  public now(): number {
    return this.time;
  }

  private send(command: unknown): Promise<unknown> {
    this.requests.push((command as object).constructor.name);
    return Promise.resolve().then(() => {
      const error = this.errors.shift();
      if (error !== undefined) throw error;
      return this.respond(command);
    });
  }

  private respond(command: unknown): object {
    if (command instanceof BatchGetImageCommand) {
      const { repositoryName = '', imageIds = [] } = command.input;
      const images = this.repositories.get(repositoryName);
      if (images === undefined)
        throw serviceError('RepositoryNotFoundException', `The repository ${repositoryName} does not exist`);
      const [id] = imageIds;
      const found = images.find(({ tag, manifest }) =>
        id.imageDigest === undefined ? tag === id.imageTag : digestOf(manifest) === id.imageDigest,
      );
      if (found === undefined) {
        return { images: [], failures: [{ failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }] };
      }
      const { tag: imageTag, manifest: imageManifest, mediaType: imageManifestMediaType } = found;
      return {
        images: [
          { imageId: { imageTag, imageDigest: digestOf(imageManifest) }, imageManifest, imageManifestMediaType },
        ],
      };
    }
    if (command instanceof GetDownloadUrlForLayerCommand) {
      return { downloadUrl: `https://layers/${command.input.layerDigest}` };
    }
    if (command instanceof DescribeImageScanFindingsCommand) return this.findings();
    throw serviceError('UnknownOperationException');
  }

  private findings(): object {
    const { scan } = this;
    if (scan === undefined || this.time < scan.from)
      throw serviceError('ScanNotFoundException', 'Image scan does not exist');
    if (this.time < scan.until) return { imageScanStatus: { status: 'IN_PROGRESS' } };
    return {
      imageScanStatus: { status: scan.status ?? 'COMPLETE', description: 'Unsupported' },
      imageScanFindings: { findingSeverityCounts: scan.counts ?? {} },
    };
  }
}

/** The error of Node.js when a server closes the connection. */
export async function brokenConnection(): Promise<Error> {
  const server = createServer((request) => request.socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const error = await fetch(`http://127.0.0.1:${port}`).catch((reason: Error) => reason);
  server.close();
  return error as Error;
}

export const URI = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn';

/** Delivers an event and returns the response. */
export async function deliver(
  registry: Registry,
  properties: Partial<VerificationProperties> = {},
  overrides: Partial<VerificationEvent> = {},
): Promise<Record<string, unknown>> {
  const event: VerificationEvent = {
    RequestType: 'Create',
    RequestId: 'request',
    StackId: 'stack',
    LogicalResourceId: 'Image',
    ResponseURL: 'https://response',
    ResourceProperties: { RepositoryName: 'churn', RepositoryUri: URI, ImageTag: '1', ...properties },
    ...overrides,
  };
  await handle(event, registry, registry.now() + 900_000);
  const [{ url, body }] = registry.responses.splice(0);
  expect([url, body.RequestId, body.StackId, body.LogicalResourceId]).toEqual([
    'https://response',
    'request',
    'stack',
    'Image',
  ]);
  return body;
}

/** The reason of a verification that fails. */
export const reasonOf = async (
  registry: Registry,
  properties: Partial<VerificationProperties> = {},
): Promise<string> => {
  const { Status, Reason, PhysicalResourceId } = await deliver(registry, properties);
  expect([Status, PhysicalResourceId]).toEqual(['FAILED', 'unverified']);
  return String(Reason);
};
