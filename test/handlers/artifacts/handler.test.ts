import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type RepackingEvent, handle } from '../../../lib/handlers/artifacts/handler';
import { ServiceFixture } from '../../local/services/fixture';

const service = ServiceFixture.forEachTest();
const PROPERTIES = {
  ModelDataUrl: 's3://models/job/output/model.tar.gz',
  ScriptUrl: 's3://assets/script.tar.gz',
  Destination: 's3://models/job/with-script',
};

let directory: string;
let responses: Record<string, unknown>[];

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'artifacts-'));
  responses = [];
  for (const Bucket of ['models', 'assets']) await service.s3.send(new CreateBucketCommand({ Bucket }));
});
afterEach(() => rmSync(directory, { recursive: true }));

type Files = Record<string, string | Buffer | { link: string } | { program: string }>;

/** An archive that `tar` writes: with a leading "./" like the archives of scripts, or without it. */
function tar(files: Files, ...args: string[]): Buffer {
  const root = mkdtempSync(path.join(directory, 'files-'));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(file, content);
    else if ('link' in content) symlinkSync(content.link, file);
    else {
      writeFileSync(file, content.program);
      chmodSync(file, 0o755);
    }
  }
  return execFileSync('tar', ['-c', ...args, '-C', root, '.'], { maxBuffer: 256 * 1024 * 1024 });
}

const archive = (files: Files, ...args: string[]): Buffer => gzipSync(tar(files, ...args));

async function upload(artifact: Buffer, script: Buffer): Promise<void> {
  await service.s3.send(new PutObjectCommand({ Bucket: 'models', Key: 'job/output/model.tar.gz', Body: artifact }));
  await service.s3.send(new PutObjectCommand({ Bucket: 'assets', Key: 'script.tar.gz', Body: script }));
}

async function send(
  event: Partial<RepackingEvent>,
  s3: S3Client = service.s3,
  functionEnd = 900_000,
): Promise<Record<string, unknown>> {
  let now = 0;
  await handle(
    {
      RequestType: 'Create',
      RequestId: 'request',
      StackId: 'stack',
      LogicalResourceId: 'Artifact',
      ResponseURL: 'https://example.com',
      ResourceProperties: PROPERTIES,
      ...event,
    },
    {
      s3,
      put: (_, body) => {
        responses.push(JSON.parse(body) as Record<string, unknown>);
        return Promise.resolve(200);
      },
      sleep: (milliseconds) => {
        now += milliseconds;
        return Promise.resolve();
      },
      now: () => now,
      random: () => 1,
    },
    functionEnd,
  );
  return responses.at(-1)!;
}

async function keys(): Promise<string[]> {
  const { Contents = [] } = await service.s3.send(new ListObjectsV2Command({ Bucket: 'models' }));
  return Contents.map(({ Key = '' }) => Key);
}

/** Extracts the artifact of a response with `tar`. */
async function extracted(response: Record<string, unknown>): Promise<string> {
  const Key = (response.PhysicalResourceId as string).replace('s3://models/', '');
  const { Body } = await service.s3.send(new GetObjectCommand({ Bucket: 'models', Key }));
  const root = mkdtempSync(path.join(directory, 'out-'));
  execFileSync('tar', ['-xz', '-C', root], { input: await Body!.transformToByteArray() });
  return root;
}

const read = (root: string, name: string): string => readFileSync(path.join(root, name), 'utf8');

test.each(['gnu', 'pax', 'ustar'])(
  'The handler adds the script to the folder "code" of a model, and keeps all other files (archives in the format %s)',
  async (format) => {
    const weights = randomBytes(512 * 1024);
    const longName = `${'deep/'.repeat(12)}${'a'.repeat(80)}.json`;
    const options = `--format=${format}`;
    await upload(
      archive(
        {
          'model.pth': weights,
          [longName]: '{}',
          run: { program: '#!/bin/sh\n' },
          latest: { link: 'model.pth' },
          empty: '',
        },
        options,
      ),
      archive({ 'inference.py': 'print(1)\n', 'lib/util.py': 'x = 1\n', 'requirements.txt': 'scipy\n' }, options),
    );
    const response = await send({});
    expect(response).toMatchObject({ Status: 'SUCCESS', Data: { ModelDataUrl: response.PhysicalResourceId } });
    expect(response.PhysicalResourceId).toMatch(/^s3:\/\/models\/job\/with-script\/[0-9a-f]{32}\/model\.tar\.gz$/);
    const root = await extracted(response);
    expect(readFileSync(path.join(root, 'model.pth')).equals(weights)).toBe(true);
    expect(read(root, longName)).toBe('{}');
    expect(read(root, 'latest')).toHaveLength(readFileSync(path.join(root, 'model.pth'), 'utf8').length);
    expect(execFileSync(path.join(root, 'run')).toString()).toBe('');
    expect(['inference.py', 'lib/util.py', 'requirements.txt'].map((name) => read(root, `code/${name}`))).toEqual([
      'print(1)\n',
      'x = 1\n',
      'scipy\n',
    ]);
  },
);

test('The script replaces a folder "code" of the model', async () => {
  await upload(
    archive({ model: 'm', 'code/inference.py': 'old', 'code/old.py': 'old', 'codec/a': 'kept' }),
    archive({ 'inference.py': 'new' }),
  );
  const root = await extracted(await send({}));
  expect(read(root, 'code/inference.py')).toBe('new');
  expect(() => read(root, 'code/old.py')).toThrow('ENOENT');
  expect(read(root, 'codec/a')).toBe('kept');
});

test('Links between files of the script remain, also those that "tar" stores as hard links', async () => {
  await upload(
    archive({ model: 'm', alias: { link: 'model' } }, '-h'),
    archive({ 'inference.py': 'print(1)\n', 'alias.py': { link: 'inference.py' } }, '-h'),
  );
  const root = await extracted(await send({}));
  expect(['code/inference.py', 'code/alias.py', 'alias'].map((name) => read(root, name))).toEqual([
    'print(1)\n',
    'print(1)\n',
    'm',
  ]);
});

test('A hard link to a file that the script replaces is an error', async () => {
  // The archive contains the directory in the order of its names.
  await upload(
    archive({ 'code/model': 'm', 'other/model': { link: '../code/model' } }, '-h', '--sort=name'),
    archive({ 'a.py': '' }),
  );
  expect(await send({})).toMatchObject({
    Status: 'FAILED',
    Reason:
      'The script s3://assets/script.tar.gz could not be added to the model artifact s3://models/job/output/model.tar.gz: other/model of the model artifact must not be a hard link into the folder code, which the script replaces',
  });
});

test.each(['gnu', 'pax'])('A sparse file is an error in an archive of the format %s', async (format) => {
  const root = mkdtempSync(path.join(directory, 'sparse-'));
  execFileSync('truncate', ['-s', '1M', path.join(root, 'model')]);
  const artifact = execFileSync('tar', ['-czS', `--format=${format}`, '-C', root, 'model']);
  await upload(artifact, archive({ 'a.py': '' }));
  const response = await send({});
  expect(response.Status).toBe('FAILED');
  expect(response.Reason).toMatch(
    /^The script s3:\/\/assets\/script\.tar\.gz could not be added to the model artifact s3:\/\/models\/job\/output\/model\.tar\.gz: The model artifact must not contain sparse files or files of an unknown type, got: .*model$/,
  );
});

test('An artifact whose bucket has been deleted needs no deletion', async () => {
  const PhysicalResourceId = 's3://deleted/with-script/a/model.tar.gz';
  expect(await send({ RequestType: 'Delete', PhysicalResourceId })).toMatchObject({ Status: 'SUCCESS' });
});

test('An event that is delivered twice writes the same object, and another script or model another one', async () => {
  await upload(archive({ model: 'm' }), archive({ 'a.py': '1' }));
  const [first, again] = [await send({}), await send({})];
  expect(again.PhysicalResourceId).toBe(first.PhysicalResourceId);
  await service.s3.send(
    new PutObjectCommand({ Bucket: 'assets', Key: 'other.tar.gz', Body: archive({ 'a.py': '2' }) }),
  );
  const other = await send({
    RequestType: 'Update',
    PhysicalResourceId: first.PhysicalResourceId as string,
    ResourceProperties: { ...PROPERTIES, ScriptUrl: 's3://assets/other.tar.gz' },
  });
  const twin = await send({ LogicalResourceId: 'Artifact2' });
  expect(new Set([first, other, twin].map(({ PhysicalResourceId }) => PhysicalResourceId)).size).toBe(3);
  expect(await keys()).toHaveLength(4);
});

test('The artifact of the previous properties is deleted by its own event, also if it does not exist any more', async () => {
  await upload(archive({ model: 'm' }), archive({ 'a.py': '1' }));
  const { PhysicalResourceId } = (await send({})) as { PhysicalResourceId: string };
  for (let times = 0; times < 2; times++) {
    expect(await send({ RequestType: 'Delete', PhysicalResourceId })).toMatchObject({ Status: 'SUCCESS' });
    expect(await keys()).toEqual(['job/output/model.tar.gz']);
  }
});

test.each(['none', 'stack-Artifact-1ABC'])(
  'An artifact whose response was lost is deleted with the id %s',
  async (PhysicalResourceId) => {
    await upload(archive({ model: 'm' }), archive({ 'a.py': '1' }));
    await send({});
    expect(await keys()).toHaveLength(2);
    expect(await send({ RequestType: 'Delete', PhysicalResourceId })).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId,
    });
    expect(await keys()).toEqual(['job/output/model.tar.gz']);
  },
);

/** A client that records the commands that it sends. */
function recordingClient(): { s3: S3Client; sent: { name: string; input: object }[] } {
  const { s3 } = service;
  const sent: { name: string; input: object }[] = [];
  const original = s3.send.bind(s3) as (command: never, ...rest: never[]) => Promise<never>;
  s3.send = ((command: { input: object }, ...rest: never[]) => {
    sent.push({ name: command.constructor.name, input: command.input });
    return original(command as never, ...rest);
  }) as typeof s3.send;
  return { s3, sent };
}

/** More than one part of an upload. */
const LARGE = 17 * 1024 * 1024;

/** Random bytes cannot be compressed, and the attempt takes seconds. */
const largeModel = (): Buffer => gzipSync(tar({ model: randomBytes(LARGE) }), { level: 0 });

test.each<[string, () => Buffer | undefined, RegExp]>([
  ['does not exist', () => undefined, /NoSuchKey/],
  ['is not compressed', () => Buffer.from('not an archive'), /incorrect header check/],
  ['is cut off', () => largeModel().subarray(0, LARGE - 1024), /unexpected end/i],
])('A model that %s is an error, after which no object and no upload remains', async (_, create, reason) => {
  const artifact = create();
  await upload(artifact ?? Buffer.from(''), archive({ 'a.py': '1' }));
  const ModelDataUrl = artifact === undefined ? 's3://models/missing.tar.gz' : PROPERTIES.ModelDataUrl;
  const { s3, sent } = recordingClient();
  const response = await send({ ResourceProperties: { ...PROPERTIES, ModelDataUrl } }, s3);
  expect(response).toMatchObject({ Status: 'FAILED', PhysicalResourceId: 'none' });
  expect(response.Reason).toMatch(reason);
  expect(response.Reason).toContain(
    `The script ${PROPERTIES.ScriptUrl} could not be added to the model artifact ${ModelDataUrl}: `,
  );
  expect(await keys()).toEqual(['job/output/model.tar.gz']);
  const count = (name: string): number => sent.filter((command) => command.name === name).length;
  expect(count('AbortMultipartUploadCommand')).toBe(count('CreateMultipartUploadCommand'));
  expect(count('CompleteMultipartUploadCommand')).toBe(0);
});

test('The artifact is encrypted with the KMS key of the job', async () => {
  await upload(archive({ model: 'm' }), archive({ 'a.py': '1' }));
  const { s3, sent } = recordingClient();
  const KmsKeyArn = 'arn:aws:kms:us-east-1:000000000000:key/a';
  expect(await send({ ResourceProperties: { ...PROPERTIES, KmsKeyArn } }, s3)).toMatchObject({ Status: 'SUCCESS' });
  expect(sent.map(({ input }) => input)).toContainEqual(
    expect.objectContaining({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KmsKeyArn }),
  );
});

test('Large models are uploaded in parts', async () => {
  await upload(largeModel(), archive({ 'a.py': '1' }));
  const { s3, sent } = recordingClient();
  const response = await send({}, s3);
  expect(sent.filter(({ name }) => name === 'UploadPartCommand')).toHaveLength(2);
  expect(readFileSync(path.join(await extracted(response), 'model'))).toHaveLength(LARGE);
});
