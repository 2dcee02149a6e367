import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import * as tar from 'tar';
import { ArtifactError, MultiModel, pack, unpack } from '../../../local/container';

function scratch(): string {
  return mkdtempSync(path.join(tmpdir(), 'test-'));
}

function archiveOf(bytes: Buffer): string {
  const file = path.join(scratch(), 'model.tar.gz');
  writeFileSync(file, bytes);
  return file;
}

/** The archive of a model with one file, as bytes. */
async function validArchive(): Promise<Buffer> {
  const [model, archive] = [scratch(), path.join(scratch(), 'model.tar.gz')];
  writeFileSync(path.join(model, 'model.json'), '{}');
  await pack(model, archive);
  return readFileSync(archive);
}

const rejection = async (archive: string): Promise<Error> =>
  unpack(archive, scratch()).then(
    () => new Error('none'),
    (error: Error) => error,
  );

describe('A model artifact is rejected, by the name of its archive,', () => {
  function archiveWith(entry: Partial<tar.Header>): string {
    const header = new tar.Header({ mode: 0o644, size: 0, mtime: new Date(0), type: 'File', ...entry });
    const block = Buffer.alloc(1536);
    header.encode(block, 0);
    return archiveOf(gzipSync(block));
  }

  test.each([
    ['a path outside of the directory', { path: '../evil' }, '"../evil" is outside of the model directory'],
    ['an absolute path', { path: '/etc/evil' }, '"/etc/evil" is outside of the model directory'],
    [
      'a symbolic link',
      { path: 'a', type: 'SymbolicLink' as const, linkpath: 'blobs/x' },
      '"a" is a symbolic link to "blobs/x"',
    ],
    ['a hard link', { path: 'a', type: 'Link' as const, linkpath: 'b' }, '"a" is a hard link to "b"'],
    ['a device', { path: 'a', type: 'CharacterDevice' as const }, '"a" is a device'],
  ])('when it contains %s', async (_, entry, reason) => {
    const archive = archiveWith(entry);
    const error = await rejection(archive);
    expect(error).toBeInstanceOf(ArtifactError);
    expect(error.message).toBe(
      `The model artifact ${archive} cannot be extracted: a model may contain files and directories only. ` +
        `Save copies of the files that links point to.\n  ${reason}`,
    );
  });

  test.each<[string, (valid: Buffer) => Buffer, string]>([
    ['is empty', () => Buffer.alloc(0), 'it is empty'],
    ['is a ZIP archive', () => Buffer.from('PK\u0003\u0004'), 'it is a ZIP archive, but must be a gzipped tar archive'],
    ['is compressed with bzip2', () => Buffer.from('BZh9'), 'it is compressed with bzip2'],
    ['is a file of another format', () => Buffer.from('a model'), 'it is of an unknown format'],
    ['is cut off', (valid) => valid.subarray(0, valid.length - 20), 'it is truncated or damaged'],
    ['is a gzipped file', () => gzipSync(Buffer.alloc(1024, 'x')), 'it is gzipped, but contains no tar archive'],
  ])('when it %s', async (_, bytesOf, reason) => {
    const archive = archiveOf(bytesOf(await validArchive()));
    const error = await rejection(archive);
    expect(error).toBeInstanceOf(ArtifactError);
    expect(error.message).toContain(`The model artifact ${archive} cannot be extracted: ${reason}`);
  });

  test('when it is a tar archive that is not gzipped, whatever its name', async () => {
    const [model, archive] = [scratch(), path.join(scratch(), 'model.tar.gz')];
    writeFileSync(path.join(model, 'model.json'), '{}');
    execFileSync('tar', ['-cf', archive, '-C', model, '.']);
    expect((await rejection(archive)).message).toContain('it is a tar archive that is not gzipped');
  });

  test('when a multi-model container is to load it', async () => {
    const archive = archiveOf(Buffer.from('PK\u0003\u0004'));
    const models = new MultiModel('http://127.0.0.1:1', scratch(), () => archive);
    await expect(models.urlOf('model')).rejects.toThrow(`The model artifact ${archive} cannot be extracted`);
  });
});

test('A model artifact is extracted with its directories', async () => {
  const [model, archive, target] = [scratch(), path.join(scratch(), 'model.tar.gz'), scratch()];
  mkdirSync(path.join(model, '1'));
  writeFileSync(path.join(model, '1', 'model.json'), '{}');
  await pack(model, archive);
  await unpack(archive, target);
  expect(readdirSync(target, { recursive: true })).toEqual(['1', path.join('1', 'model.json')]);
});

test('A link that a model artifact contains is not extracted', async () => {
  const [model, archive, target] = [scratch(), path.join(scratch(), 'model.tar.gz'), scratch()];
  symlinkSync('/etc', path.join(model, 'etc'));
  await pack(model, archive);
  await expect(unpack(archive, target)).rejects.toThrow('"etc" is a symbolic link to "/etc"');
  expect(readdirSync(target)).toEqual([]);
});
