import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as tar from 'tar';
import {
  type TrainingEvents,
  type TrainingRequest,
  type TrainingResult,
  train,
  withRun,
} from '../../../local/container';
import { FakeEngine, type Inside, type Program } from '../fake-engine';

function scratch(): string {
  return mkdtempSync(path.join(tmpdir(), 'test-'));
}

function dataDirectory(): string {
  const directory = scratch();
  mkdirSync(path.join(directory, 'deep'));
  writeFileSync(path.join(directory, 'deep', 'rows.csv'), '1,2\n');
  return directory;
}

interface Trained {
  readonly result: TrainingResult;
  readonly engine: FakeEngine;
}

async function trained(
  program: Program,
  request: Partial<TrainingRequest> = {},
  events: TrainingEvents = {},
): Promise<Trained> {
  const engine = new FakeEngine(program);
  const full = { jobName: 'job', image: 'image', outputDirectory: scratch(), ...request };
  const result = await withRun(engine, (run) => train(run, full, events));
  return { result, engine };
}

function readJson(inside: Inside, name: string): unknown {
  return JSON.parse(readFileSync(inside.host(`/opt/ml/input/config/${name}`), 'utf8'));
}

function entries(archive?: string): string[] {
  const names: string[] = [];
  tar.list({ file: archive ?? '', sync: true, onReadEntry: (entry) => void names.push(entry.path) });
  return names;
}

/** The remaining directories of the runs of this process. */
function leftovers(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('byoa-') && name.includes(`_${process.pid}_`));
}

describe('A training container finds', () => {
  test('its hyperparameters as strings', async () => {
    let seen: unknown;
    await trained((inside) => ((seen = readJson(inside, 'hyperparameters.json')), 0), {
      hyperparameters: { depth: '6', eta: '0.1' },
    });
    expect(seen).toEqual({ depth: '6', eta: '0.1' });
  });

  test('its channels in inputdataconfig.json, with FastFile mode as File mode', async () => {
    let seen: unknown;
    await trained((inside) => ((seen = readJson(inside, 'inputdataconfig.json')), 0), {
      channels: [
        { name: 'train', directory: dataDirectory(), contentType: 'text/csv' },
        { name: 'extra', directory: dataDirectory(), inputMode: 'FastFile' },
      ],
    });
    const common = { TrainingInputMode: 'File', S3DistributionType: 'FullyReplicated', RecordWrapperType: 'None' };
    expect(seen).toEqual({ train: { ContentType: 'text/csv', ...common }, extra: common });
  });

  test('all hosts in resourceconfig.json in alphabetical order, and its own name', async () => {
    const seen: { current_host: string; hosts: string[] }[] = [];
    await trained((inside) => (seen.push(readJson(inside, 'resourceconfig.json') as (typeof seen)[0]), 0), {
      instanceCount: 11,
      instanceType: 'ml.m5.large',
    });
    expect(seen[0]).toMatchObject({
      current_host: 'algo-1',
      current_instance_type: 'ml.m5.large',
      current_group_name: 'homogeneousCluster',
      network_interface_name: 'eth0',
    });
    expect(seen[0].hosts.slice(0, 4)).toEqual(['algo-1', 'algo-10', 'algo-11', 'algo-2']);
    expect(new Set(seen.map(({ current_host: host }) => host)).size).toBe(11);
  });

  test('a copy of its data, which it may change', async () => {
    const directory = dataDirectory();
    await trained(
      (inside) => {
        const file = inside.host('/opt/ml/input/data/train/deep/rows.csv');
        expect(readFileSync(file, 'utf8')).toBe('1,2\n');
        writeFileSync(file, 'changed');
        return 0;
      },
      { channels: [{ name: 'train', directory }] },
    );
    expect(readFileSync(path.join(directory, 'deep', 'rows.csv'), 'utf8')).toBe('1,2\n');
  });

  test('FastFile data in a read-only mount', async () => {
    const directory = dataDirectory();
    const { engine } = await trained(() => 0, { channels: [{ name: 'train', directory, inputMode: 'FastFile' }] });
    expect(engine.history[0].mounts).toContainEqual({
      source: directory,
      target: '/opt/ml/input/data/train',
      readOnly: true,
    });
  });

  test('output directories that any user of an image may write to', async () => {
    await trained((inside) => {
      const modes = ['/opt/ml/model', '/opt/ml/output', '/opt/ml/output/data'].map(
        (target) => statSync(inside.host(target)).mode & 0o777,
      );
      expect(modes).toEqual([0o777, 0o777, 0o777]);
      expect(statSync(inside.host('/opt/ml/input')).mode & 0o777).toBe(0o755);
      return 0;
    });
    expect.assertions(2);
  });

  test('the name of the job in its environment, and no credentials of the user', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
    const { engine } = await trained(() => 0, { jobName: 'My-Job', environment: { MINE: '1' } });
    delete process.env.AWS_SECRET_ACCESS_KEY;
    expect(engine.history[0].environment).toEqual({
      TRAINING_JOB_NAME: 'My-Job',
      TRAINING_JOB_ARN: 'arn:aws:sagemaker:us-east-1:000000000000:training-job/my-job',
      AWS_REGION: 'us-east-1',
      NVIDIA_VISIBLE_DEVICES: 'void',
      MINE: '1',
    });
  });

  test.each([
    [undefined, undefined, { entrypoint: undefined, command: ['train'] }],
    [['python', 'x.py'], undefined, { entrypoint: ['python', 'x.py'], command: [] }],
    [undefined, ['--fast'], { entrypoint: undefined, command: ['--fast'] }],
    [['python'], ['x.py'], { entrypoint: ['python'], command: ['x.py'] }],
  ])('the command that entrypoint %j and arguments %j specify', async (entrypoint, args, expected) => {
    const { engine } = await trained(() => 0, { entrypoint, arguments: args });
    expect(engine.history[0]).toMatchObject(expected);
  });
});

describe('A training job', () => {
  test('is completed by exit code 0, with its model and its output packed', async () => {
    const { result } = await trained((inside) => {
      mkdirSync(inside.host('/opt/ml/model/deep'));
      writeFileSync(inside.host('/opt/ml/model/deep/model.json'), '{}');
      writeFileSync(inside.host('/opt/ml/model/@odd'), '');
      writeFileSync(inside.host('/opt/ml/output/data/metrics.json'), '{}');
      return 0;
    });
    expect(result).toMatchObject({ status: 'Completed', exitCodes: { 'algo-1': 0 } });
    expect(result.modelArtifact).toMatch(/\/job\/output\/model\.tar\.gz$/);
    expect(entries(result.modelArtifact)).toEqual(['./@odd', 'deep/', 'deep/model.json']);
    expect(entries(result.outputArtifact)).toEqual(['metrics.json']);
  });

  test('fails with any other exit code, and its reason is the first 1024 characters of the failure file', async () => {
    const { result } = await trained((inside) => {
      writeFileSync(inside.host('/opt/ml/output/failure'), `Bad data: ${'x'.repeat(2000)}`);
      return 3;
    });
    expect(result).toMatchObject({ status: 'Failed', exitCodes: { 'algo-1': 3 } });
    expect(result.failureReason).toBe(`Bad data: ${'x'.repeat(1014)}`);
  });

  test('fails with a reason that names the failure file when it wrote none', async () => {
    const { result } = await trained(() => 1);
    expect(result.failureReason).toContain('exited with code 1 and wrote no /opt/ml/output/failure');
  });

  test('is completed by exit code 0 even if there is a failure file', async () => {
    const { result } = await trained((inside) => (writeFileSync(inside.host('/opt/ml/output/failure'), 'x'), 0));
    expect(result.status).toBe('Completed');
  });

  test('is stopped with SIGTERM and the grace period of SageMaker, and keeps its artifacts', async () => {
    const stop = new AbortController();
    const program: Program = async (inside) => {
      inside.print('ready');
      await inside.terminated;
      writeFileSync(inside.host('/opt/ml/model/model.json'), '{}');
      return 0;
    };
    const { result, engine } = await trained(program, {}, { stop: stop.signal, onLog: () => stop.abort() });
    expect(result.status).toBe('Stopped');
    expect(engine.graces).toEqual([120]);
    expect(entries(result.modelArtifact)).toEqual(['model.json']);
  });

  test('has no grace period when it is stopped before its program runs', async () => {
    const { result, engine } = await trained(
      () => new Promise<number>(() => undefined),
      {},
      { stop: AbortSignal.abort() },
    );
    expect([result.status, engine.graces]).toEqual(['Stopped', [0]]);
  });

  test('is killed when it ignores SIGTERM for longer than the grace period', async () => {
    const stop = new AbortController();
    const program: Program = (inside) => (inside.print('ready'), new Promise<number>(() => undefined));
    const { result } = await trained(
      program,
      { stopGraceSeconds: 0.01 },
      { stop: stop.signal, onLog: () => stop.abort() },
    );
    expect(result).toMatchObject({ status: 'Stopped', exitCodes: { 'algo-1': 137 } });
  });

  test('is stopped after its maximum run time', async () => {
    const program: Program = async (inside) => (await inside.terminated, 0);
    const { result } = await trained(program, { maxRuntimeSeconds: 0.01 });
    expect(result).toMatchObject({ status: 'Stopped', failureReason: 'The maximum run time was exceeded.' });
  });

  test('of several hosts merges their files, and reports those that more than one host wrote', async () => {
    const program: Program = (inside) => {
      writeFileSync(inside.host(`/opt/ml/model/${inside.spec.alias}`), '');
      writeFileSync(inside.host('/opt/ml/model/same'), '');
      return 0;
    };
    const { result, engine } = await trained(program, { instanceCount: 2 });
    expect(entries(result.modelArtifact)).toEqual(['algo-1', 'algo-2', 'same']);
    expect(result.conflicts).toEqual(['same']);
    expect(new Set(engine.history.map(({ network }) => network)).size).toBe(1);
  });

  test('uploads neither special files nor names that are not valid UTF-8, and names them', async () => {
    const program: Program = (inside) => {
      const model = inside.host('/opt/ml/model');
      execFileSync('mkfifo', [path.join(model, 'pipe')]);
      writeFileSync(Buffer.concat([Buffer.from(`${model}/caf`), Buffer.from([0xe9])]), '');
      writeFileSync(path.join(model, 'model.json'), '{}');
      return 0;
    };
    const { result } = await trained(program);
    expect(entries(result.modelArtifact)).toEqual(['model.json']);
    expect(result).toMatchObject({
      status: 'Completed',
      excluded: [
        { path: '/opt/ml/model/caf\ufffd', reason: 'its name is not valid UTF-8' },
        { path: '/opt/ml/model/pipe', reason: 'it is a FIFO' },
      ],
    });
  });

  test('keeps relative links as they are, instead of paths of this machine', async () => {
    const program: Program = (inside) => {
      const model = inside.host('/opt/ml/model');
      mkdirSync(path.join(model, 'blobs'));
      writeFileSync(path.join(model, 'blobs', 'x'), '');
      symlinkSync('blobs/x', path.join(model, 'latest'));
      return 0;
    };
    const { result } = await trained(program, { isUncompressed: true });
    expect(readlinkSync(path.join(result.modelArtifact ?? '', 'latest'))).toBe('blobs/x');
    const packed = await trained(program);
    const links: string[] = [];
    const onReadEntry = ({ linkpath }: tar.ReadEntry): void => void (linkpath && links.push(linkpath));
    await tar.list({ file: packed.result.modelArtifact ?? '', onReadEntry });
    expect(links).toEqual(['blobs/x']);
  });

  test('of several hosts writes nothing through a link of another host', async () => {
    const outside = scratch();
    const program: Program = (inside) => {
      const [directory, file] = ['directory', 'file'].map((name) => inside.host(`/opt/ml/model/${name}`));
      if (inside.spec.alias === 'algo-1') {
        symlinkSync(outside, directory);
        symlinkSync(path.join(outside, 'file'), file);
      } else {
        mkdirSync(directory);
        writeFileSync(path.join(directory, 'file'), 'from a host');
        writeFileSync(file, 'from a host');
      }
      return 0;
    };
    await trained(program, { instanceCount: 2 });
    expect(readdirSync(outside)).toEqual([]);
  });

  test('of several hosts ends when one of them fails, with the reason of that one', async () => {
    const program: Program = async (inside) => {
      if (inside.spec.alias === 'algo-1') return (await inside.terminated, 143);
      writeFileSync(inside.host('/opt/ml/output/failure'), 'second host');
      return 1;
    };
    const { result } = await trained(program, { instanceCount: 2 });
    expect(result).toMatchObject({
      status: 'Failed',
      failureReason: 'second host',
      exitCodes: { 'algo-1': 143, 'algo-2': 1 },
    });
  });

  test('of a single isolated host has no network', async () => {
    const { engine } = await trained(() => 0, { networkIsolation: true });
    expect(engine.history[0]).toMatchObject({ network: 'none' });
    expect(engine.history[0]).not.toHaveProperty('alias');
    expect(engine.history[0]).not.toHaveProperty('hosts');
  });

  test('of a single host resolves its own name without a network of its own', async () => {
    const { engine } = await trained(() => 0, { network: 'mine' });
    expect(engine.history[0]).toMatchObject({ network: 'mine', hosts: { 'algo-1': '127.0.0.1' } });
    const { engine: other } = await trained(() => 0);
    expect(other.history[0].network).toBeUndefined();
  });

  test('does not follow a failure file that is a link', async () => {
    const secret = path.join(mkdtempSync(path.join(tmpdir(), 'test-')), 'secret');
    writeFileSync(secret, 'of this machine');
    const { result } = await trained((inside) => {
      symlinkSync(secret, inside.host('/opt/ml/output/failure'));
      return 1;
    });
    expect(result.hasFailureFile).toBe(false);
    expect(result.failureReason).not.toContain('of this machine');
  });

  test('returns the metrics of both streams of its log, by the first group of the expression', async () => {
    const program: Program = (inside) => {
      inside.print('epoch=1; auc=0.5;');
      inside.print('auc=0.75; loss=nothing', 'stderr');
      return 0;
    };
    const { result } = await trained(program, {
      metrics: [
        { name: 'auc', regex: 'auc=(?P<value>[0-9.]+)' },
        { name: 'loss', regex: 'loss=(.*)' },
      ],
    });
    expect(result.metrics).toEqual([
      { name: 'auc', value: 0.5 },
      { name: 'auc', value: 0.75 },
    ]);
  });

  test('reports its phases, and each log line with its host', async () => {
    const said: string[] = [];
    await trained(
      (inside) => (inside.print('hello', 'stderr'), 0),
      {},
      {
        onPhase: (phase) => said.push(phase),
        onLog: ({ host, stream, text }) => said.push(`${host} ${stream} ${text}`),
      },
    );
    expect(said).toEqual(['Starting', 'Training', 'algo-1 stderr hello', 'Uploading']);
  });
});

describe('A training job leaves nothing behind', () => {
  test.each(['create', 'start', 'createNetwork'] as const)('when the engine fails to %s', async (call) => {
    const engine = new FakeEngine();
    engine.fault = { [call]: 'no space left' };
    const request = { jobName: 'job', image: 'image', outputDirectory: scratch(), instanceCount: 2 };
    await expect(withRun(engine, (run) => train(run, request))).rejects.toThrow('no space left');
    expect({ containers: engine.containers.size, networks: engine.networks.size, directories: leftovers() }).toEqual({
      containers: 0,
      networks: 0,
      directories: [],
    });
  });

  test('when one host cannot be created while another one is being created', async () => {
    const engine = new FakeEngine();
    const create = engine.create.bind(engine);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    engine.create = async (spec) => {
      if (spec.alias === 'algo-1') throw new Error('no space left');
      await released;
      return create(spec);
    };
    const request = { jobName: 'job', image: 'image', outputDirectory: scratch(), instanceCount: 2 };
    const ended = withRun(engine, (run) => train(run, request));
    setImmediate(release);
    await expect(ended).rejects.toThrow('no space left');
    expect([engine.containers.size, engine.networks.size]).toEqual([0, 0]);
  });

  test('when a channel cannot be read', async () => {
    const engine = new FakeEngine();
    const channels = [{ name: 'train', directory: '/does/not/exist' }];
    const request = { jobName: 'job', image: 'image', outputDirectory: scratch(), channels };
    await expect(withRun(engine, (run) => train(run, request))).rejects.toThrow('/does/not/exist');
    expect(leftovers()).toEqual([]);
  });

  test('when it has ended, and no incomplete archive', async () => {
    const { result, engine } = await trained(() => 0);
    expect([engine.containers.size, engine.networks.size, leftovers()]).toEqual([0, 0, []]);
    expect(readdirSync(path.dirname(result.modelArtifact ?? '')).sort()).toEqual(['model.tar.gz', 'output.tar.gz']);
    expect(existsSync(result.outputArtifact ?? '')).toBe(true);
  });
});
