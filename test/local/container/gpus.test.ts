import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { DockerEngine, type Run, runProcessingJob, serve, train, withRun } from '../../../local/container';
import { FakeEngine, serving } from '../fake-engine';

const directory = (): string => mkdtempSync(path.join(tmpdir(), 'test-'));

interface Gpus {
  readonly gpus?: boolean;
}

/** The ways to run an image, each with one container. */
const KINDS: [string, (run: Run, gpus: Gpus) => Promise<unknown>][] = [
  ['training', (run, gpus) => train(run, { jobName: 'job', image: 'image', outputDirectory: directory(), ...gpus })],
  ['processing', (run, gpus) => runProcessingJob(run, { jobName: 'job', image: 'image', ...gpus })],
  ['serving', (run, gpus) => serve(run, { image: 'image', ...gpus })],
];

function engineOf(kind: string): FakeEngine {
  return new FakeEngine(
    kind === 'serving' ? serving(() => ({ listener: (_, response) => void response.end() })) : () => 0,
  );
}

describe.each(KINDS)('A %s container', (kind, work) => {
  test('uses the GPUs of the engine if the caller requests them', async () => {
    const engine = engineOf(kind);
    engine.hasGpus = true;
    await withRun(engine, (run) => work(run, { gpus: true }));
    expect(engine.history[0].gpus).toBe(true);
  });

  test('uses no GPUs by default', async () => {
    const engine = engineOf(kind);
    engine.hasGpus = true;
    await withRun(engine, (run) => work(run, {}));
    expect(engine.history[0].gpus).toBeUndefined();
  });

  test('is not run on the CPU if the caller requests GPUs and the engine offers none', async () => {
    const engine = engineOf(kind);
    await expect(withRun(engine, (run) => work(run, { gpus: true }))).rejects.toMatchObject({ startFailure: 'no gpu' });
    expect(engine.containers.size).toBe(0);
  });
});

test.each(KINDS.slice(0, 2))(
  'The variable NVIDIA_VISIBLE_DEVICES of a %s container states whether it has GPUs',
  async (_, work) => {
    const engine = new FakeEngine();
    engine.hasGpus = true;
    await withRun(engine, (run) => work(run, { gpus: true }));
    await withRun(engine, (run) => work(run, {}));
    expect(engine.history.map(({ environment }) => environment.NVIDIA_VISIBLE_DEVICES)).toEqual(['all', 'void']);
  },
);

describe('Docker Engine', () => {
  const SPEC = { image: 'image', command: [], environment: {}, mounts: [], labels: {} };

  /** A program in place of `docker` that records its arguments, and fails to start containers. */
  function docker(error: string): { readonly engine: DockerEngine; readonly calls: () => string[] } {
    const log = path.join(directory(), 'log');
    const program = path.join(path.dirname(log), 'docker');
    writeFileSync(program, `#!/bin/sh\necho "$@" >> ${log}\n[ "$1" != run ] || { echo '${error}' >&2; exit 1; }\n`);
    chmodSync(program, 0o755);
    return { engine: new DockerEngine(program), calls: () => readFileSync(log, 'utf8').split('\n') };
  }

  test('gets the request for all GPUs only for a container that uses them', async () => {
    const { engine, calls } = docker('');
    await engine.create({ ...SPEC, gpus: true });
    await engine.create(SPEC);
    expect(calls().map((call) => call.includes('--gpus all image'))).toEqual([true, false, false]);
  });

  test.each([
    ['Docker', 'Error response from daemon: could not select device driver "" with capabilities: [[gpu]]'],
    ['the NVIDIA runtime', 'nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown'],
    ['Podman', 'Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=all'],
  ])('explains the error of %s when it offers no GPU', async (_, error) => {
    const { engine } = docker(error);
    await expect(engine.run(SPEC, () => undefined)).rejects.toMatchObject({
      startFailure: 'no gpu',
      message: expect.stringMatching(/^The container engine offers no GPU\. Install the NVIDIA driver/) as string,
    });
  });

  test('explains the error of the NVIDIA runtime when the driver is too old for the image', async () => {
    const { engine } = docker(
      'nvidia-container-cli: requirement error: unsatisfied condition: cuda>=12.4, please update your driver to a newer version',
    );
    await expect(engine.run(SPEC, () => undefined)).rejects.toMatchObject({
      startFailure: 'no gpu',
      message: expect.stringMatching(/^The NVIDIA driver of this machine is too old for the CUDA version/) as string,
    });
  });
});
