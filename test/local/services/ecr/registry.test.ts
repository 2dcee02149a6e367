import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { Context } from '../../../../local/services/context';
import { Repositories, pushedImages } from '../../../../local/services/ecr';
import { ecrOperations } from '../../../../local/services/ecr/operations';
import { Registry } from '../../../../local/services/ecr/registry';
import type { Request, Response } from '../../../../local/services/wire/request';
import { FakeEngine } from '../../fake-engine';

const MANIFEST = '{"schemaVersion":2}';
const DIGEST = digestOf(MANIFEST);
const IN_ACCOUNT = '000000000000.dkr.ecr.us-east-1.amazonaws.com';

let directory: string;
let host: string;
let repositories: Repositories;
let send: (method: string, url: string, body?: string | Buffer) => Promise<Response>;
let call: (operation: string, input: object) => unknown;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'ecr-'));
  host = '127.0.0.1:1';
  const context = new Context(directory, 'us-east-1', new FakeEngine(), () => host);
  repositories = new Repositories(context);
  const registry = new Registry(repositories);
  send = (method, url, body = '') => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const stream = Readable.from(body.length === 0 ? [] : [Buffer.from(body)]) as Request['stream'];
    return registry.respond({ method, path: pathname, query: searchParams, headers: {}, stream });
  };
  const operations = ecrOperations(context, repositories);
  call = (operation, input) => operations[operation](input as never);
});

function digestOf(content: string | Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

describe('The registry of Amazon ECR', () => {
  test('returns a manifest by its tag and by its digest', async () => {
    await send('PUT', '/v2/churn/manifests/v1', MANIFEST);
    for (const reference of ['v1', DIGEST]) {
      expect(await send('GET', `/v2/churn/manifests/${reference}`)).toMatchObject({
        headers: { 'docker-content-digest': DIGEST },
        body: MANIFEST,
      });
    }
    expect(await send('GET', '/v2/churn/manifests/v2')).toMatchObject({ status: 404 });
  });

  test('keeps an image configuration, and only the size of a layer', async () => {
    const push = async (content: Buffer): Promise<string> => {
      const { headers: { location = '' } = {} } = await send('POST', '/v2/churn/blobs/uploads/');
      await send('PATCH', String(location), content.subarray(0, 5));
      await send('PUT', `${location}?digest=${digestOf(content)}`, content.subarray(5));
      return `/v2/churn/blobs/${digestOf(content)}`;
    };
    const configuration = await push(Buffer.from('{"os":"linux"}'));
    const layer = await push(Buffer.alloc(100_000));
    expect(await send('GET', configuration)).toMatchObject({ body: Buffer.from('{"os":"linux"}') });
    expect(await send('HEAD', layer)).toMatchObject({ headers: { 'content-length': 100_000 } });
    expect(await send('GET', layer)).toMatchObject({ status: 404 });
  });

  test('has each pushed image in its repository, but none that was not pushed', async () => {
    call('CreateRepository', { repositoryName: 'churn' });
    await send('PUT', '/v2/churn/manifests/v1', MANIFEST);
    expect(call('DescribeImages', { repositoryName: 'churn' })).toMatchObject({
      imageDetails: [{ imageTags: ['v1'], imageDigest: DIGEST }],
    });
    expect(
      call('BatchGetImage', { repositoryName: 'churn', imageIds: [{ imageTag: 'v1' }, { imageTag: 'v2' }] }),
    ).toMatchObject({
      images: [{ imageManifest: MANIFEST }],
      failures: [{ imageId: { imageTag: 'v2' }, failureCode: 'ImageNotFound' }],
    });
    const missing = { repositoryName: 'churn', imageIds: [{ imageTag: 'v2' }] };
    expect(() => call('DescribeImages', missing)).toThrow('The image v2 does not exist in the repository churn.');
    expect(() => call('DescribeImages', { repositoryName: 'none' })).toThrow('The repository none does not exist.');
  });
});

describe('The Docker name of an image in a local repository', () => {
  beforeEach(() => send('PUT', '/v2/churn/manifests/v1', MANIFEST));

  test('has the host to which it was pushed, even after a restart on another port', () => {
    host = '127.0.0.1:2';
    expect(repositories.localName(`${IN_ACCOUNT}/churn:v1`)).toBe('127.0.0.1:1/churn:v1');
    expect(repositories.localName(`${IN_ACCOUNT}/other:v1`)).toBe('127.0.0.1:2/other:v1');
    expect(pushedImages(directory)).toEqual(['127.0.0.1:1/churn:v1']);
  });

  test('has the tag instead of a digest', () => {
    expect(repositories.localName(`${IN_ACCOUNT}/churn@${DIGEST}`)).toBe('127.0.0.1:1/churn:v1');
  });

  test('is the image URI of the template if the image is in another registry', () => {
    expect(repositories.localName('public.ecr.aws/churn:v1')).toBe('public.ecr.aws/churn:v1');
  });
});
