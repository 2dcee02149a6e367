import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import * as path from 'node:path';
import * as tar from 'tar';
import {
  DockerEngine,
  ModelError,
  type Server,
  type TrainingEvents,
  type TrainingRequest,
  type TrainingResult,
  invoke,
  serve,
  train,
  withRun,
} from '../../local/container';
import { sendRequest } from '../../local/http';

const EXAMPLE = path.join(__dirname, '..', '..', 'assets', 'breast-cancer');
const CHANNELS = ['train', 'validation'].map((name) => ({ name, directory: path.join(EXAMPLE, 'data', name) }));
const REQUEST = readFileSync(path.join(EXAMPLE, 'data', 'request.csv'));
const engine = new DockerEngine();

function build(directory: string, target?: string): Promise<string> {
  return engine.build({ directory, target, platform: 'linux/amd64' }, () => undefined);
}

function scratch(): string {
  return mkdtempSync(path.join(tmpdir(), 'test-'));
}

function trained(
  request: Partial<TrainingRequest> & { image: string },
  events?: TrainingEvents,
): Promise<TrainingResult> {
  return withRun(engine, (run) => train(run, { jobName: 'job', outputDirectory: scratch(), ...request }, events));
}

function served(
  image: string,
  model: string | undefined,
  use: (server: Server) => Promise<void>,
  options = {},
): Promise<void> {
  return withRun(engine, async (run) => use(await serve(run, { image, model, ...options })));
}

function modelFile(result: TrainingResult, name: string): string {
  const directory = scratch();
  tar.extract({ file: result.modelArtifact ?? '', cwd: directory, sync: true });
  return readFileSync(path.join(directory, name), 'utf8');
}

const text = (body: Uint8Array): string => Buffer.from(body).toString();

interface Predictions {
  readonly predictions: { readonly label: string; readonly probability: number }[];
}

describe.each([
  ['combined', undefined, undefined],
  ['split', 'training', 'inference'],
])('The example as %s image', (_, trainingTarget, inferenceTarget) => {
  let training: string;
  let inference: string;
  let result: TrainingResult;

  beforeAll(async () => {
    training = await build(EXAMPLE, trainingTarget);
    inference = await build(EXAMPLE, inferenceTarget);
    result = await trained({
      image: training,
      channels: CHANNELS,
      metrics: [{ name: 'validation:accuracy', regex: 'validation:accuracy=([0-9.]+);' }],
    });
  });

  test('trains on real data with an accuracy above 0.95', () => {
    expect(result).toMatchObject({ status: 'Completed', exitCodes: { 'algo-1': 0 } });
    expect(result.metrics).toHaveLength(20);
    expect(result.metrics[19].value).toBeGreaterThan(0.95);
  });

  test('predicts real rows with the model that it trained, in both formats', async () => {
    await served(inference, result.modelArtifact, async ({ url }) => {
      const json = await invoke(url, { body: REQUEST, contentType: 'text/csv; charset=utf-8' });
      const { predictions } = JSON.parse(text(json.body)) as Predictions;
      expect(json.contentType).toBe('application/json');
      expect(predictions.map(({ label }) => label)).toEqual(['benign', 'benign', 'benign', 'malignant', 'benign']);
      const csv = await invoke(url, { body: REQUEST, contentType: 'text/csv', accept: 'text/csv' });
      expect(text(csv.body).split('\n')[3]).toMatch(/^malignant,0\.0/);
    });
  });

  test('serves a read-only model without a network, as a user that the image does not define', async () => {
    const options = { user: '65533:65533', networkIsolation: true };
    await served(
      inference,
      result.modelArtifact,
      async ({ url }) => {
        await expect(invoke(url, { body: REQUEST, contentType: 'text/csv' })).resolves.toBeDefined();
      },
      options,
    );
  });

  test.each([
    ['a content type that it does not support', { contentType: 'image/png' }, 415],
    ['a response type that it does not support', { accept: 'image/png' }, 406],
    ['a cell that is not a number', { body: Buffer.from(`${'1,'.repeat(29)}x`) }, 400],
    ['too few columns', { body: Buffer.from('1,2,3') }, 400],
    ['an empty body', { body: Buffer.from('') }, 400],
  ])('rejects %s and stays healthy', async (__, request, status) => {
    await served(inference, result.modelArtifact, async ({ url }) => {
      const invocation = invoke(url, { body: REQUEST, contentType: 'text/csv', ...request });
      await expect(invocation).rejects.toMatchObject({ originalStatusCode: status });
      expect(await sendRequest(`${url}/ping`, { timeoutSeconds: 60 })).toMatchObject({ status: 200 });
    });
  });

  test('is reached without the proxy of the engine until it is stopped, and exits with code 0', async () => {
    await served(inference, result.modelArtifact, async (server) => {
      expect(server.directUrl).toMatch(/^http:\/\/(?!127\.)[\d.]+:8080$/);
      expect(await sendRequest(`${server.directUrl}/ping`, { timeoutSeconds: 60 })).toMatchObject({ status: 200 });
      expect(await server.stop()).toBe(0);
      // Another container can get its address.
      expect(server.directUrl).toBe(server.url);
    });
  });

  test('is not healthy without a model, and logs the reason', async () => {
    // A busy machine may need longer until the server listens.
    let message = 'nothing listens';
    for (let startUpSeconds = 3; message.includes('nothing listens'); startUpSeconds *= 2) {
      const serving = served(inference, undefined, () => Promise.resolve(), { startUpSeconds });
      message = (await serving.catch((error: Error) => error.message)) ?? 'healthy';
    }
    expect(message).toMatch(/GET \/ping responded with status 404.*\n.*\n.*no model: .*model\.json/s);
  });

  test('fails with the text of its failure file when its data is bad', async () => {
    const directory = scratch();
    writeFileSync(path.join(directory, 'rows.csv'), `1,${'2,'.repeat(29)}two\n`);
    const failed = await trained({ image: training, channels: [{ name: 'train', directory }] });
    expect(failed).toMatchObject({
      status: 'Failed',
      exitCodes: { 'algo-1': 1 },
      failureReason: "train/rows.csv, line 1, column 31: not a number: 'two'",
    });
  });

  test('fails with the text of its failure file when a hyperparameter is out of range', async () => {
    const failed = await trained({ image: training, channels: CHANNELS, hyperparameters: { alpha: '100' } });
    expect(failed.failureReason).toBe('hyperparameter alpha: must be between 1e-06 and 10, got 100');
  });

  test('saves a model that can be served when it receives SIGTERM while training', async () => {
    const stop = new AbortController();
    const onLog = ({ text: line }: { text: string }): void => {
      if (line.startsWith('epoch=2')) stop.abort();
    };
    const hyperparameters = { epochs: '1000', pause_seconds: '0.2' };
    const stopped = await trained(
      { image: training, channels: CHANNELS, hyperparameters },
      { stop: stop.signal, onLog },
    );
    expect(stopped).toMatchObject({ status: 'Stopped', exitCodes: { 'algo-1': 0 } });
    await served(inference, stopped.modelArtifact, async ({ url }) => {
      await expect(invoke(url, { body: REQUEST, contentType: 'text/csv' })).resolves.toBeDefined();
    });
  });

  test('resumes from its last checkpoint', async () => {
    const checkpoints = scratch();
    await trained({ image: training, channels: CHANNELS, hyperparameters: { epochs: '3' }, checkpoints });
    const lines: string[] = [];
    const onLog = ({ text: line }: { text: string }): void => void lines.push(line);
    await trained({ image: training, channels: CHANNELS, hyperparameters: { epochs: '4' }, checkpoints }, { onLog });
    expect(lines.map((line) => line.split(';')[0])).toEqual(['resumed after epoch 3', 'epoch=4']);
  });
});

describe('A container', () => {
  let image: string;

  beforeAll(async () => {
    image = await build(path.join(__dirname, 'fixtures', 'stubborn'));
  });

  test('is killed after the grace period when it ignores SIGTERM', async () => {
    const stop = new AbortController();
    const result = await trained(
      { image, hyperparameters: { way: 'ignores-sigterm' }, stopGraceSeconds: 1 },
      { stop: stop.signal, onLog: () => stop.abort() },
    );
    expect(result).toMatchObject({ status: 'Stopped', exitCodes: { 'algo-1': 137 } });
  });

  test('resolves the other hosts of its job by name', async () => {
    const result = await trained({ image, hyperparameters: { way: 'finds-hosts' }, instanceCount: 2 });
    expect(result).toMatchObject({ status: 'Completed', exitCodes: { 'algo-1': 0, 'algo-2': 0 }, conflicts: [] });
  });

  test('has no outbound network when it is isolated', async () => {
    const result = await trained({ image, hyperparameters: { way: 'looks-outside' }, networkIsolation: true });
    expect(modelFile(result, 'interfaces').trim()).toBe('lo');
  });

  describe('with network isolation', () => {
    const host = createServer((socket) => socket.on('error', () => undefined).end('hello'));
    let addresses: string[];

    beforeAll(async () => {
      await new Promise<void>((resolve) => host.listen(0, '::', resolve));
      const { port } = host.address() as AddressInfo;
      const own = Object.values(networkInterfaces()).flatMap((all = []) => all);
      addresses = own
        .filter(({ internal }) => !internal)
        .map(({ address, family }) => (family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`));
    });
    afterAll(() => host.close());

    async function reachedByServer(options: object): Promise<string> {
      let reached = '';
      await served(
        image,
        undefined,
        async ({ url }) => {
          reached = text((await invoke(url, { body: Buffer.from(addresses.join(' ')) })).body);
        },
        { environment: { WAY: 'responds' }, ...options },
      );
      return reached.trim();
    }

    async function reachedByHosts(networkIsolation: boolean): Promise<string[]> {
      const hyperparameters = { way: 'reaches-host', addresses: addresses.join(' ') };
      const result = await trained({ image, hyperparameters, instanceCount: 2, networkIsolation });
      expect(result).toMatchObject({ status: 'Completed' });
      const directory = scratch();
      tar.extract({ file: result.modelArtifact ?? '', cwd: directory, sync: true });
      return readdirSync(directory).map((name) => readFileSync(path.join(directory, name), 'utf8').trim());
    }

    test('is invoked when it serves, and reaches no service of the machine', async () => {
      expect(await reachedByServer({ networkIsolation: false })).not.toBe('');
      expect(await reachedByServer({ networkIsolation: true })).toBe('');
    });

    test('reaches the other hosts of its training job by name, and no service of the machine', async () => {
      expect(await reachedByHosts(false)).not.toContain('');
      expect(await reachedByHosts(true)).toEqual(['', '']);
    });
  });

  test('has no terminal, no new privileges and no credentials of the user', async () => {
    process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
    const result = await trained({ image, hyperparameters: { way: 'shows-itself' } });
    delete process.env.AWS_ACCESS_KEY_ID;
    const self = modelFile(result, 'self');
    expect(self).toMatch(/NoNewPrivs:\s+1/);
    expect(self).toContain('no tty');
    expect(self).toContain('TRAINING_JOB_NAME=job');
    expect(self).not.toContain('AKIDEXAMPLE');
  });

  test('that exits instead of serving is reported with its last log lines', async () => {
    const serving = served(image, undefined, () => Promise.resolve(), { environment: { WAY: 'ends' } });
    await expect(serving).rejects.toThrow(
      'it exited with code 4 instead of serving.\nIts last lines:\n  no license found',
    );
  });

  test('that never listens is reported with the port and the address to listen on', async () => {
    const serving = served(image, undefined, () => Promise.resolve(), { startUpSeconds: 1 });
    await expect(serving).rejects.toThrow('nothing listens on port 8080 (for 1 s). Listen on 0.0.0.0:8080.');
  });

  test('without its command is reported with the command that SageMaker runs', async () => {
    const base = 'public.ecr.aws/docker/library/debian:bookworm-slim';
    await expect(trained({ image: base })).rejects.toThrow(
      'SageMaker runs the image with the argument "train" or "serve": put an executable of that name on PATH',
    );
  });

  test('of an image that cannot be built is reported with the last lines of the build', async () => {
    const directory = scratch();
    writeFileSync(
      path.join(directory, 'Dockerfile'),
      'FROM public.ecr.aws/docker/library/debian:bookworm-slim\nRUN exit 7\n',
    );
    await expect(build(directory)).rejects.toThrow(/could not be built:[\s\S]*exit 7/);
  });

  test('makes files readable that only root can read', () =>
    withRun(engine, async (run) => {
      const directory = run.directory();
      const written = await run.start({
        image,
        entrypoint: ['sh', '-c'],
        command: ['umask 077; echo model > /out/model'],
        environment: {},
        mounts: [{ source: directory, target: '/out' }],
        network: 'none',
      });
      await engine.wait(written);
      const modeOf = (): number => statSync(path.join(directory, 'model')).mode & 0o777;
      expect(modeOf()).toBe(0o600);
      await run.makeReadable(directory);
      expect(modeOf()).toBe(0o644);
    }));

  test('leaves nothing behind after its job has ended', () => {
    const label = 'label=cdk-sagemaker-algorithm.run';
    const list = (...args: string[]): string =>
      execFileSync('docker', [...args, '--quiet', '--filter', label], { encoding: 'utf8' });
    expect([list('ps', '--all'), list('network', 'ls')]).toEqual(['', '']);
  });
});

test('An error of the model contains its status code', () => {
  expect(new ModelError(400, 'bad').message).toBe('Received status 400 from the model with message "bad".');
});
