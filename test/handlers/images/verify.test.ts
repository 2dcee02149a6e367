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
const OCI = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

interface Stored {
  readonly tag: string;
  readonly manifest: string;
  readonly mediaType: string;
}

interface Scan {
  /** When the scan is there, and when it is over, in milliseconds from the start. */
  readonly from: number;
  readonly until: number;
  readonly status?: string;
  readonly counts?: Partial<Record<FindingSeverity, number>>;
}

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

function serviceError(name: string, message = 'no', status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

/** Amazon ECR with a clock of its own: repositories, images, configurations, scans, and whatever goes wrong. */
class Registry implements Dependencies {
  public readonly repositories = new Map<string, Stored[]>([['churn', []]]);
  public readonly configs = new Map<string, string>();
  public readonly answers: { url: string; body: Record<string, unknown> }[] = [];
  public readonly requests: string[] = [];

  /** What the next calls fail with. */
  public troubles: Error[] = [];

  /** What the next requests by HTTP fail with, if they do. */
  public connections: (Error | undefined)[] = [];
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
    const trouble = this.connections.shift();
    if (trouble !== undefined) return Promise.reject(trouble);
    return Promise.resolve(this.configs.get(url.replace('https://layers/', '')) ?? '');
  }

  public put(url: string, body: string): Promise<number> {
    const trouble = this.connections.shift();
    if (trouble !== undefined) return Promise.reject(trouble);
    this.answers.push({ url, body: JSON.parse(body) as Record<string, unknown> });
    return Promise.resolve(200);
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
      const trouble = this.troubles.shift();
      if (trouble !== undefined) throw trouble;
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
      imageScanStatus: { status: scan.status ?? 'COMPLETE', description: 'as it is' },
      imageScanFindings: { findingSeverityCounts: scan.counts ?? {} },
    };
  }
}

/** What Node.js says of a server that hangs up. */
async function brokenConnection(): Promise<Error> {
  const server = createServer((request) => request.socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const error = await fetch(`http://127.0.0.1:${port}`).catch((reason: Error) => reason);
  server.close();
  return error as Error;
}

let registry: Registry;
beforeEach(() => {
  registry = new Registry();
});

const URI = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn';

async function deliver(
  properties: Partial<VerificationProperties> = {},
  overrides: Partial<VerificationEvent> = {},
): Promise<Record<string, unknown>> {
  const event: VerificationEvent = {
    RequestType: 'Create',
    RequestId: 'request',
    StackId: 'stack',
    LogicalResourceId: 'Image',
    ResponseURL: 'https://answer',
    ResourceProperties: { RepositoryName: 'churn', RepositoryUri: URI, ImageTag: '1', ...properties },
    ...overrides,
  };
  await handle(event, registry);
  const [{ url, body }] = registry.answers.splice(0);
  expect([url, body.RequestId, body.StackId, body.LogicalResourceId]).toEqual([
    'https://answer',
    'request',
    'stack',
    'Image',
  ]);
  return body;
}

const reasonOf = async (properties: Partial<VerificationProperties> = {}): Promise<string> => {
  const { Status, Reason, PhysicalResourceId } = await deliver(properties);
  expect([Status, PhysicalResourceId]).toEqual(['FAILED', 'unverified']);
  return String(Reason);
};

describe('A good image', () => {
  test('is pinned by its digest', async () => {
    const digest = registry.push('1');
    expect(await deliver()).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: `${URI}@${digest}`,
      Data: { ImageDigest: digest, ImageUri: `${URI}@${digest}` },
    });
  });

  test('may be named by its digest', async () => {
    const digest = registry.push('1');
    expect(await deliver({ ImageTag: undefined, ImageDigest: digest })).toMatchObject({
      Data: { ImageDigest: digest },
    });
  });

  test.each(['amd64', 'arm64'])('of which no platform is expected may be built for %s', async (architecture) => {
    registry.push('1', { architecture });
    expect(await deliver()).toMatchObject({ Status: 'SUCCESS' });
  });

  test.each([
    ['x86_64', 'amd64'],
    ['arm64', 'arm64'],
  ])('for %s is built for %s', async (Architecture, architecture) => {
    registry.push('1', { architecture });
    expect(await deliver({ Architecture })).toMatchObject({ Status: 'SUCCESS' });
  });

  test('may be as large as serverless endpoints allow', async () => {
    registry.push('1', { bytes: 5000 });
    expect(await deliver({ MaxBytes: '5100' })).toMatchObject({ Status: 'SUCCESS' });
  });

  test.each([
    ['its configuration is read', 0],
    ['the answer is given', 1],
  ])('is verified though the connection breaks off while %s', async (_, before) => {
    registry.push('1');
    registry.connections = [...Array<undefined>(before), await brokenConnection()];
    expect(await deliver()).toMatchObject({ Status: 'SUCCESS' });
    expect(registry.connections).toEqual([]);
    expect(registry.now()).toBe(1000);
  });

  test('is verified again as often as the event comes', async () => {
    registry.push('1');
    expect(await deliver()).toEqual(await deliver());
  });

  test('is looked at by three reading requests at most', async () => {
    registry.push('1');
    registry.scan = { from: 0, until: 0 };
    await deliver({ Severity: 'HIGH' });
    expect(registry.requests).toEqual([
      'BatchGetImageCommand',
      'GetDownloadUrlForLayerCommand',
      'DescribeImageScanFindingsCommand',
    ]);
  });
});

describe('An image is refused', () => {
  test('that is not there', async () => {
    expect(await reasonOf()).toBe(
      'Image churn:1 is not there (Requested image not found): push it before the stack is deployed.',
    );
  });

  test('whose repository is not there', async () => {
    expect(await reasonOf({ RepositoryName: 'none' })).toBe(
      'RepositoryNotFoundException: The repository none does not exist',
    );
  });

  test('with an OCI manifest, with how to mend it', async () => {
    registry.push('1', { mediaType: OCI });
    const reason = await reasonOf();
    expect(reason).toContain('Image churn:1 has an OCI manifest, which SageMaker refuses');
    expect(reason).toContain('`manifestFormat: ManifestFormat.DOCKER`');
  });

  test.each([INDEX, 'application/vnd.docker.distribution.manifest.list.v2+json'])(
    'that is an index (%s)',
    async (type) => {
      const platforms = ['amd64', 'arm64'].map((architecture) => ({ platform: { os: 'linux', architecture } }));
      registry.pushManifest('1', JSON.stringify({ schemaVersion: 2, mediaType: type, manifests: platforms }), type);
      const reason = await reasonOf();
      expect(reason).toContain('is an index of several images (linux/amd64, linux/arm64), and SageMaker takes one');
      expect(reason).toContain('--provenance=false');
    },
  );

  test('with a manifest of old', async () => {
    registry.pushManifest('1', '{"schemaVersion":1}', 'application/vnd.docker.distribution.manifest.v1+prettyjws');
    expect(await reasonOf()).toContain(
      'has a manifest of type application/vnd.docker.distribution.manifest.v1+prettyjws',
    );
  });

  test('that is built for another platform', async () => {
    registry.push('1', { architecture: 'arm64' });
    expect(await reasonOf({ Architecture: 'x86_64' })).toBe(
      'Image churn:1 is built for linux/arm64, and its instances run linux/amd64: the container would fail with "exec format ' +
        'error". Build it with `platform: Platform.LINUX_AMD64`.',
    );
  });

  test('that is built for another system', async () => {
    registry.push('1', { os: 'windows' });
    expect(await reasonOf()).toContain('is built for windows/amd64, and its instances run linux/amd64 or linux/arm64');
  });

  test('that is too large for serverless endpoints', async () => {
    registry.push('1', { bytes: 11 * 1024 ** 3 });
    expect(await reasonOf({ MaxBytes: String(10 * 1024 ** 3) })).toContain(
      'Image churn:1 has 11.0 GiB compressed, and serverless endpoints take 10.0 GiB',
    );
  });

  test.each<[string, Partial<Record<FindingSeverity, number>>, string]>([
    ['CRITICAL', { CRITICAL: 1 }, '1 CRITICAL'],
    ['HIGH', { CRITICAL: 2, HIGH: 3, MEDIUM: 4 }, '2 CRITICAL, 3 HIGH'],
    ['LOW', { MEDIUM: 1 }, '1 MEDIUM'],
  ])('with findings, where %s and above stop the deployment', async (Severity, counts, list) => {
    registry.push('1');
    registry.scan = { from: 0, until: 0, counts };
    expect(await reasonOf({ Severity })).toBe(
      `Image churn:1 has findings of ${Severity} or above: ${list}. Update what it is built of, or raise \`failOnFindings\`.`,
    );
  });

  test('that could not be scanned', async () => {
    registry.push('1');
    registry.scan = { from: 0, until: 0, status: 'UNSUPPORTED_IMAGE' };
    expect(await reasonOf({ Severity: 'HIGH' })).toBe('Image churn:1 could not be scanned: UNSUPPORTED_IMAGE as it is');
  });

  test('that nobody scans, when a minute has gone', async () => {
    registry.push('1');
    expect(await reasonOf({ Severity: 'HIGH' })).toContain('Let the repository scan on push (`imageScanOnPush: true`');
    expect(registry.now()).toBe(60_000);
  });

  test('whose scan never ends, within what the function may take', async () => {
    registry.push('1');
    registry.scan = { from: 0, until: Infinity };
    expect(await reasonOf({ Severity: 'HIGH' })).toBe(
      'Image churn:1 is still being scanned after 8 minutes. Deploy again when the scan is over.',
    );
    expect(registry.now()).toBeLessThan(15 * 60_000);
  });
});

describe('A scan', () => {
  test.each(['COMPLETE', 'ACTIVE'])('that is %s without findings of that severity is good', async (status) => {
    registry.push('1');
    registry.scan = { from: 0, until: 0, status, counts: { LOW: 7 } };
    expect(await deliver({ Severity: 'HIGH' })).toMatchObject({ Status: 'SUCCESS' });
  });

  test('that begins late and takes its time is waited for', async () => {
    registry.push('1');
    registry.scan = { from: 30_000, until: 200_000 };
    expect(await deliver({ Severity: 'HIGH' })).toMatchObject({ Status: 'SUCCESS' });
    expect(registry.now()).toBeGreaterThanOrEqual(200_000);
  });

  test('that nobody asks for is not looked at', async () => {
    registry.push('1');
    registry.scan = { from: 0, until: 0, counts: { CRITICAL: 1 } };
    expect(await deliver()).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('Trouble that passes', () => {
  test.each<[string, Error]>([
    ['throttling', serviceError('ThrottlingException', 'Rate exceeded')],
    ['a fault of the service', serviceError('ServerException', 'oops', 500)],
    [
      'a right that is not known everywhere yet',
      serviceError('AccessDeniedException', 'is not authorized to perform: ecr:BatchGetImage'),
    ],
  ])('is waited out: %s', async (_, trouble) => {
    registry.push('1');
    registry.troubles = [trouble, trouble, trouble];
    expect(await deliver()).toMatchObject({ Status: 'SUCCESS' });
  });

  test('that does not pass is told, within two minutes', async () => {
    registry.push('1');
    registry.troubles = Array<Error>(1000).fill(serviceError('ThrottlingException', 'Rate exceeded'));
    expect(await reasonOf()).toBe('ThrottlingException: Rate exceeded');
    expect(registry.now()).toBeLessThanOrEqual(120_000);
  });
});

describe('Other events', () => {
  test('Delete does nothing, whatever has become of the image', async () => {
    const body = await deliver({}, { RequestType: 'Delete', PhysicalResourceId: 'x' });
    expect(body).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'x' });
    expect(registry.requests).toEqual([]);
  });

  test('an Update that fails keeps what was verified before', async () => {
    const body = await deliver({}, { RequestType: 'Update', PhysicalResourceId: `${URI}@sha256:1` });
    expect(body).toMatchObject({ Status: 'FAILED', PhysicalResourceId: `${URI}@sha256:1` });
  });
});
