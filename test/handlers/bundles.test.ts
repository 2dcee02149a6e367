import { PutObjectCommand } from '@aws-sdk/client-s3';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { buffer } from 'node:stream/consumers';
import type { RepackingProperties } from '../../lib/handlers/artifact-contract';
import { ServiceFixture } from '../local/services/fixture';
import { StackFixture } from '../local/services/stack-fixture';

const BUNDLES = path.join(__dirname, '..', '..', 'dist', 'handlers');
const bundle = (name: string): string => readFileSync(path.join(BUNDLES, name, 'index.js'), 'utf8');

const service = ServiceFixture.forEachTest();

async function archive(name: string): Promise<Buffer> {
  const packed = pack();
  packed.entry({ name }, 'content');
  packed.finalize();
  return gzipSync(await buffer(packed));
}

test.each(readdirSync(BUNDLES).filter((name) => existsSync(path.join(BUNDLES, name, 'index.js'))))(
  'The bundle of the %s handler reads the credentials from the environment, and contains no code for other sources',
  (name) => {
    const code = bundle(name);
    expect(code).toContain('AWS_SECRET_ACCESS_KEY');
    expect(code).not.toContain('AWS_CONTAINER_CREDENTIALS_FULL_URI');
    expect(code).not.toContain('sso_start_url');
  },
);

test('A bundle runs in a function whose credentials are in its environment', async () => {
  const stacks = new StackFixture(service);
  const Function = await stacks.function(bundle('artifacts'));
  const put = async (Key: string, Body: Buffer): Promise<string> => {
    await service.s3.send(new PutObjectCommand({ Bucket: 'code', Key, Body }));
    return `s3://code/${Key}`;
  };
  const properties: RepackingProperties = {
    ModelDataUrl: await put('model.tar.gz', await archive('model.json')),
    ScriptUrl: await put('script.tar.gz', await archive('inference.py')),
    Destination: 's3://code/repacked',
  };
  const status = await stacks.create({
    Function,
    Repacked: {
      Type: 'Custom::RepackedModelData',
      Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] }, ...properties },
    },
  });
  expect(status).toBe('CREATE_COMPLETE');
});
