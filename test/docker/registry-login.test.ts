import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import * as tar from 'tar';
import { DockerEngine, EngineError } from '../../local/container';
import { BuildDirectory, deleteDirectories, newDirectory } from '../image/build-directory';

// A build whose base image is in a registry with a password, and the credential helper of the CDK, which gets the password from a stand-in
// for Amazon ECR. Docker accepts registries without TLS on the loopback interface.

const PASSWORD = randomUUID();
const BINARIES = path.resolve('node_modules', '.bin');

const servers: Server[] = [];
const built: string[] = [];
const environment = { ...process.env };

afterEach(() => {
  process.env = { ...environment };
  for (const image of built.splice(0)) spawnSync('docker', ['image', 'rm', image]);
  for (const server of servers.splice(0)) server.close();
  deleteDirectories();
});

/** Starts a server, and returns its address. */
async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The only image of the registry: its manifest, its configuration and a layer with one file, by digest. */
async function imageContent(): Promise<{ readonly manifest: Buffer; readonly blobs: Map<string, Buffer> }> {
  const directory = newDirectory();
  writeFileSync(path.join(directory, 'base.txt'), 'base');
  const file = path.join(newDirectory(), 'layer.tar');
  await tar.create({ file, cwd: directory }, ['base.txt']);
  const layer = readFileSync(file);
  const rootfs = { type: 'layers', diff_ids: [digestOf(layer)] };
  const config = Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config: {}, rootfs, history: [{}] }));
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', ...described(config) },
    layers: [{ mediaType: 'application/vnd.docker.image.rootfs.diff.tar', ...described(layer) }],
  };
  return {
    manifest: Buffer.from(JSON.stringify(manifest)),
    blobs: new Map([config, layer].map((blob) => [digestOf(blob), blob])),
  };
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const digestOf = (blob: Buffer): string => `sha256:${createHash('sha256').update(blob).digest('hex')}`;
const described = (blob: Buffer): object => ({ size: blob.length, digest: digestOf(blob) });

/** A registry that requires the password of Amazon ECR. */
async function registry(): Promise<string> {
  const { manifest, blobs } = await imageContent();
  const expected = `Basic ${Buffer.from(`AWS:${PASSWORD}`).toString('base64')}`;
  return listen((request, response) => {
    const url = request.url ?? '';
    response.setHeader('Docker-Distribution-Api-Version', 'registry/2.0');
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="test"' }).end();
      return;
    }
    if (url === '/v2/') response.end('{}');
    else if (url.includes('/manifests/')) {
      response.writeHead(200, {
        'Content-Type': MANIFEST,
        'Docker-Content-Digest': digestOf(manifest),
        'Content-Length': manifest.length,
      });
      response.end(request.method === 'HEAD' ? undefined : manifest);
    } else {
      const blob = blobs.get(url.split('/').pop() ?? '');
      response.writeHead(blob === undefined ? 404 : 200).end(blob);
    }
  });
}

/** Amazon ECR, as far as logins need it. */
function ecr(): Promise<string> {
  const authorizationToken = Buffer.from(`AWS:${PASSWORD}`).toString('base64');
  return listen((request, response) => {
    const isExpected = String(request.headers['x-amz-target']).endsWith('.GetAuthorizationToken');
    response.writeHead(isExpected ? 200 : 400, { 'Content-Type': 'application/x-amz-json-1.1' });
    const proxyEndpoint = 'https://111122223333.dkr.ecr.eu-west-1.amazonaws.com';
    response.end(JSON.stringify({ authorizationData: [{ authorizationToken, proxyEndpoint }] }));
  });
}

/** Builds an image whose base is in the registry, with the logins of a file of the CDK. */
async function build(host: string, logins: object): Promise<string> {
  const file = path.join(newDirectory(), 'cdk-docker-creds.json');
  writeFileSync(file, JSON.stringify({ version: '1.0', domainCredentials: logins }));
  process.env.CDK_DOCKER_CREDS_FILE = file;
  const { path: directory } = new BuildDirectory('ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY own.txt /\n', {
    'own.txt': 'own',
  });
  const base = `${host}/base/${randomUUID()}:1`;
  const image = await new DockerEngine('docker').build(
    { directory, platform: 'linux/amd64', buildArguments: { BASE_IMAGE: base } },
    () => undefined,
  );
  built.push(image, base);
  return image;
}

test('An image whose base image is in a private registry is built with the login that the file of the CDK specifies', async () => {
  Object.assign(process.env, {
    PATH: `${BINARIES}${path.delimiter}${process.env.PATH}`,
    AWS_ENDPOINT_URL: `http://${await ecr()}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const host = await registry();
  // Docker compares the port of a domain, and the credential helper ignores it.
  const logins = { [host]: { ecrRepository: true }, '127.0.0.1': { ecrRepository: true } };
  expect(await build(host, logins)).toMatch(/^sha256:/);
});

test('An image whose base image is in a private registry is not built without a login, and the error names the file of the CDK', async () => {
  const host = await registry();
  const error = await build(host, {}).catch((caught: EngineError) => caught);
  expect(error).toBeInstanceOf(EngineError);
  expect((error as EngineError).message).toContain(
    `If the base image is in a private registry, log in with \`docker login\`, or add the domain of the registry to ${process.env.CDK_DOCKER_CREDS_FILE}`,
  );
});
