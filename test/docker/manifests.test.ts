import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { VerificationProperties } from '../../lib/handlers/image-contract';
import { handle } from '../../lib/handlers/images/handler';
import { LocalMachine } from './local-machine';

const machine = new LocalMachine('');
const layout = mkdtempSync(path.join(tmpdir(), 'layout-'));
const run = (program: string, ...words: string[]): string =>
  execFileSync(program, words, { encoding: 'utf8', stdio: 'pipe' });

/** An image without layers of a platform, made by umoci and pushed by skopeo, in the format that is asked for. */
function push(tag: string, architecture: string, format: 'oci' | 'v2s2'): void {
  run('umoci', 'new', '--image', `${layout}:${tag}`);
  run('umoci', 'config', '--image', `${layout}:${tag}`, '--os', 'linux', '--architecture', architecture);
  const from = `oci:${layout}:${tag}`;
  run(
    'skopeo',
    '--insecure-policy',
    'copy',
    '--dest-tls-verify=false',
    '--format',
    format,
    from,
    `docker://${machine.host}/churn:${tag}`,
  );
}

async function verify(properties: Partial<VerificationProperties>): Promise<Record<string, unknown>> {
  let answer = '';
  const event = {
    RequestType: 'Create' as const,
    RequestId: '1',
    StackId: 'stack',
    LogicalResourceId: 'Image',
    ResponseURL: 'answer',
    ResourceProperties: { RepositoryName: 'churn', RepositoryUri: 'registry/churn', ...properties },
  };
  await handle(event, {
    ecr: machine.client(ECRClient),
    get: async (url) => (await fetch(url)).text(),
    put: (_, body) => Promise.resolve(((answer = body), 200)),
    sleep: () => Promise.resolve(),
    now: () => 0,
  });
  return JSON.parse(answer) as Record<string, unknown>;
}

beforeAll(async () => {
  await machine.up();
  await machine.client(ECRClient).send(new CreateRepositoryCommand({ repositoryName: 'churn' }));
  rmSync(layout, { recursive: true });
  run('umoci', 'init', '--layout', layout);
  push('docker', 'amd64', 'v2s2');
  push('arm', 'arm64', 'v2s2');
  push('oci', 'amd64', 'oci');
  const index = `${machine.host}/churn:index`;
  run(
    'docker',
    'manifest',
    'create',
    '--insecure',
    index,
    ...['docker', 'arm'].map((tag) => `${machine.host}/churn:${tag}`),
  );
  run('docker', 'manifest', 'push', '--insecure', '--purge', index);
});
afterAll(async () => {
  rmSync(layout, { recursive: true, force: true });
  await machine.remove();
});

describe('Of images that real tools have made,', () => {
  test('a Docker manifest is taken, and pinned by the digest that skopeo tells', async () => {
    const digest = run(
      'skopeo',
      'inspect',
      '--no-tags',
      '--tls-verify=false',
      '--format',
      '{{.Digest}}',
      `docker://${machine.host}/churn:docker`,
    ).trim();
    expect(await verify({ ImageTag: 'docker', Architecture: 'x86_64' })).toMatchObject({
      Status: 'SUCCESS',
      Data: { ImageDigest: digest, ImageUri: `registry/churn@${digest}` },
    });
  });

  test.each([
    ['an OCI manifest', 'oci', 'has an OCI manifest, which SageMaker refuses'],
    ['an index of several platforms', 'index', 'is an index of several images (linux/amd64, linux/arm64)'],
    ['another platform', 'arm', 'is built for linux/arm64, and its instances run linux/amd64'],
    ['what is not there', 'none', 'Image churn:none is not there (Requested image not found)'],
  ])('%s is told apart', async (_, ImageTag, reason) => {
    const { Status, Reason } = await verify({ ImageTag, Architecture: 'x86_64' });
    expect(Status).toBe('FAILED');
    expect(Reason).toContain(reason);
  });
});
