import { PutObjectCommand } from '@aws-sdk/client-s3';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { buffer } from 'node:stream/consumers';
import type { RepackingProperties } from '../../lib/handlers/artifact-contract';
import { ServiceFixture } from '../local/services/fixture';
import { StackFixture } from '../local/services/stack-fixture';

const ROOT = path.join(__dirname, '..', '..');
const BUNDLES = path.join(ROOT, 'dist', 'handlers');
const bundle = (name: string): string => readFileSync(path.join(BUNDLES, name, 'index.js'), 'utf8');

const service = ServiceFixture.forEachTest();

async function archive(name: string): Promise<Buffer> {
  const packed = pack();
  packed.entry({ name }, 'content');
  packed.finalize();
  return gzipSync(await buffer(packed));
}

const NAMES = readdirSync(BUNDLES).filter((name) => existsSync(path.join(BUNDLES, name, 'index.js')));

test.each(NAMES)(
  'The bundle of the %s handler reads the credentials from the environment, and contains no code for other sources',
  (name) => {
    const code = bundle(name);
    expect(code).toContain('AWS_SECRET_ACCESS_KEY');
    expect(code).not.toContain('AWS_CONTAINER_CREDENTIALS_FULL_URI');
    expect(code).not.toContain('sso_start_url');
  },
);

test('Each bundle that creates jobs sends their requests as they are, since its schemas lack members that no handler names', () => {
  const creating = NAMES.filter((name) => bundle(name).includes('"CreateProcessingJob"'));
  expect(creating).toEqual(['jobs', 'release', 'workflow']);
  expect(creating.filter((name) => !bundle(name).includes('sendInputAsGiven'))).toEqual([]);
});

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

describe('The build of the bundles fails', () => {
  const failureOf = (script: string): string =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT, encoding: 'utf8' }).stderr;

  test.each([
    ['errors', 'export var Gone$ = [-3, n0, "Gone", {}];'],
    ['structures', 'export var Request$ = [3, n0, "Request", 0, ["Name"], [0]];'],
    ['members', 'export var Request$ = [3, n0, _R,\n    0,\n    [_A],\n    [0, 0]\n];'],
  ])('if the %s of the SDK have another form', (what, code) => {
    const schemas = { code, config: '', errors: '', words: [] };
    const script = `import { leanSchemas } from './scripts/lean-schemas.mjs'; leanSchemas(${JSON.stringify(schemas)});`;
    expect(failureOf(script)).toContain(`the schemas of the SDK have ${what} of another form`);
  });

  test('if the SDK does not have a file that is replaced', () => {
    const script = `import { leanSdk } from './scripts/lean-sdk.mjs'; leanSdk('lib/handlers').requireUsed();`;
    expect(failureOf(script)).toMatch(/the SDK has no file .*runtimeExtensions/);
  });
});

test('The code that a handler imports dynamically is a file of its own, which loads', () => {
  expect(bundle('release')).toContain('require("./comparison.js")');
  const { compare } = jest.requireActual<{ compare: (...args: unknown[]) => object }>(
    path.join(BUNDLES, 'release', 'comparison.js'),
  );
  const record = (body: string): object => ({
    inferenceId: 'a',
    response: { contentType: 'text/csv', body: Buffer.from(body) },
  });
  expect(compare([record('1, 2')], [record('1,2.5')], { tolerance: 0.1 })).toMatchObject({
    requestCount: 1,
    agreementCount: 0,
    difference: { a: '2', b: '2.5' },
  });
});
