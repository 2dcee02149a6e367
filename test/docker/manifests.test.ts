import { CreateRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { VerificationProperties } from '../../lib/handlers/image-contract';
import type { Dependencies } from '../../lib/handlers/images/dependencies';
import { handle } from '../../lib/handlers/images/handler';
import { LocalMachine } from './local-machine';

const machine = new LocalMachine('');
const layout = mkdtempSync(path.join(tmpdir(), 'layout-'));
const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' });

/** Creates an image without layers with umoci, and pushes it with skopeo in the given manifest format. */
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
  let response = '';
  const event = {
    RequestType: 'Create' as const,
    RequestId: '1',
    StackId: 'stack',
    LogicalResourceId: 'Image',
    ResponseURL: 'response',
    ResourceProperties: { RepositoryName: 'churn', RepositoryUri: 'registry/churn', ...properties },
  };
  const dependencies: Dependencies = {
    ecr: machine.client(ECRClient),
    get: async (url) => (await fetch(url)).text(),
    put: (_, body) => Promise.resolve(((response = body), 200)),
    sleep: () => Promise.resolve(),
    now: () => 0,
    random: () => 1,
  };
  await handle(event, dependencies, 900_000);
  return JSON.parse(response) as Record<string, unknown>;
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

describe('The verification of an image that was pushed with umoci, skopeo and Docker', () => {
  test('accepts a Docker manifest, and pins the digest that skopeo reports', async () => {
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
    ['an OCI manifest', 'oci', 'has an OCI manifest, which SageMaker rejects'],
    ['an index of several platforms', 'index', 'is an image index (linux/amd64, linux/arm64)'],
    ['another platform', 'arm', 'must be built for linux/amd64, got: linux/arm64'],
    ['an image that does not exist', 'none', 'Image churn:none does not exist (Requested image not found)'],
  ])('rejects %s', async (_, ImageTag, reason) => {
    const { Status, Reason } = await verify({ ImageTag, Architecture: 'x86_64' });
    expect(Status).toBe('FAILED');
    expect(Reason).toContain(reason);
  });
});
