import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as tar from 'tar';
import { EngineError, Run, withRun } from '../../../local/container';
import { FakeEngine } from '../fake-engine';

class OldEngine extends FakeEngine {
  public override load(): Promise<string> {
    return Promise.reject(new EngineError('docker load failed: open blobs/json: no such file or directory'));
  }
}

/** Removes a container when `removeNow` is called. */
class SlowEngine extends FakeEngine {
  public removeNow = (): void => undefined;

  public override remove(): Promise<void> {
    return new Promise((resolve) => (this.removeNow = resolve));
  }
}

/** An archive with files, by their names. */
async function archiveWith(files: Record<string, string>): Promise<string> {
  const directory = mkdtempSync(path.join(tmpdir(), 'test-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
  const archive = path.join(directory, 'image.tar');
  await tar.create({ file: archive, cwd: directory }, Object.keys(files));
  return archive;
}

test('An OCI image layout that the engine cannot load is named, with the command that converts it', async () => {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const archive = await archiveWith({
    'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
    'index.json': JSON.stringify({ manifests: [{ mediaType }] }),
  });
  await expect(withRun(new OldEngine(), (run) => run.load(archive))).rejects.toThrow(
    `"${archive}" is an OCI image layout (${mediaType}), which this Docker Engine cannot load, and SageMaker supports Docker manifests ` +
      `(schema 2) only. Convert it: skopeo copy oci-archive:${archive} docker-archive:image.tar`,
  );
});

test('The error of the engine about another archive is passed on', async () => {
  const archive = await archiveWith({ 'manifest.json': '[{"Config":"config.json"}]' });
  await expect(withRun(new OldEngine(), (run) => run.load(archive))).rejects.toThrow('docker load failed');
});

describe('A run whose work continues while it is disposed of', () => {
  test('creates no directory that nothing would remove', async () => {
    const run = new Run(new FakeEngine());
    const disposal = run.dispose();
    expect(() => run.directory()).toThrow('The run has been disposed of.');
    await disposal;
  });

  test('ends for every caller when everything is removed', async () => {
    const engine = new SlowEngine();
    const run = new Run(engine);
    const directory = run.directory();
    await run.create({ image: 'any', environment: {}, command: [], mounts: [] });
    const first = run.dispose();
    let hasEnded = false;
    const second = run.dispose().then(() => (hasEnded = true));
    await new Promise(setImmediate);
    expect([hasEnded, existsSync(directory)]).toEqual([false, true]);
    engine.removeNow();
    await Promise.all([first, second]);
    expect(existsSync(directory)).toBe(false);
  });
});
