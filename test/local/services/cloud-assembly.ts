import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { App } from 'aws-cdk-lib';
import { zipSync } from 'fflate';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import type { ServiceFixture } from './fixture';

interface AssetManifest {
  readonly files?: Record<string, FileAsset>;
  readonly dockerImages?: Record<string, DockerImageAsset>;
}

interface FileAsset {
  readonly source: { readonly path: string; readonly packaging: string };
  readonly destinations: Record<string, { readonly bucketName: string; readonly objectKey: string }>;
}

interface DockerImageAsset {
  readonly destinations: Record<string, { readonly repositoryName: string; readonly imageTag: string }>;
}

/** Publishes the assets of a stack as `cdk deploy` does, with images without layers. Returns the template. */
export async function publish(service: ServiceFixture, app: App, stackName: string): Promise<object> {
  const { directory } = app.synth();
  const read = (name: string): string =>
    readFileSync(path.join(directory, `${stackName}.${name}.json`), 'utf8')
      .replaceAll('${AWS::AccountId}', '000000000000')
      .replaceAll('${AWS::Region}', 'us-east-1');
  const { files = {}, dockerImages = {} } = JSON.parse(read('assets')) as AssetManifest;
  for (const { source, destinations } of Object.values(files)) {
    const file = path.join(directory, source.path);
    const Body = source.packaging === 'zip' ? zipSync(entriesOf(file)) : readFileSync(file);
    for (const { bucketName: Bucket, objectKey: Key } of Object.values(destinations)) {
      await service.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    }
  }
  for (const { destinations } of Object.values(dockerImages)) {
    for (const { repositoryName, imageTag } of Object.values(destinations))
      await push(service, repositoryName, imageTag);
  }
  return JSON.parse(readFileSync(path.join(directory, `${stackName}.template.json`), 'utf8')) as object;
}

function entriesOf(directory: string): Record<string, Uint8Array> {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(path.join(directory, name)).isFile(),
  );
  return Object.fromEntries(files.map((name) => [name, readFileSync(path.join(directory, name))]));
}

async function push(service: ServiceFixture, repository: string, tag: string): Promise<void> {
  const put = (pathname: string, body: string, type: string): Promise<Response> =>
    fetch(`${service.url}/v2/${repository}/${pathname}`, { method: 'PUT', body, headers: { 'content-type': type } });
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', config: {} });
  const digest = `sha256:${createHash('sha256').update(config).digest('hex')}`;
  await put(`blobs/uploads/?digest=${digest}`, config, 'application/octet-stream');
  const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
  const manifest = {
    schemaVersion: 2,
    mediaType,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', digest, size: config.length },
    layers: [],
  };
  await put(`manifests/${tag}`, JSON.stringify(manifest), mediaType);
}
