import { mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  type ProcessingEvents,
  type ProcessingRequest,
  type ProcessingResult,
  runProcessingJob,
  withRun,
} from '../../../local/container';
import { FakeEngine, type Inside, type Program } from '../fake-engine';

const RAW = '/opt/ml/processing/input/raw';
const TRAIN = '/opt/ml/processing/output/train';
const OUTPUTS = [{ name: 'train', target: TRAIN }];

function directoryWith(files: Record<string, string>): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'test-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), content);
  }
  return directory;
}

interface Processed {
  readonly result: ProcessingResult;
  readonly engine: FakeEngine;

  /** The files of the output `train`. */
  readonly files: string[];
}

async function processed(
  program: Program,
  request: Partial<ProcessingRequest> = {},
  events: ProcessingEvents = {},
): Promise<Processed> {
  const engine = new FakeEngine(program);
  return withRun(engine, async (run) => {
    const result = await runProcessingJob(run, { jobName: 'job', image: 'image', config: {}, ...request }, events);
    const directory = result.outputs.train;
    const files = directory === undefined ? [] : readdirSync(directory, { recursive: true }).map(String);
    return { result, engine, files };
  });
}

const write = (inside: Inside, file: string, content: string | Buffer): void =>
  writeFileSync(inside.host(file), content);

describe('A processing container finds', () => {
  test('its configuration and the names of all hosts in /opt/ml/config', async () => {
    const seen: unknown[] = [];
    const read = (inside: Inside, name: string): unknown =>
      JSON.parse(readFileSync(inside.host(`/opt/ml/config/${name}`), 'utf8'));
    const config = { ProcessingJobName: 'job', Environment: { A: '1' } };
    await processed(
      (inside) => {
        seen.push([read(inside, 'resourceconfig.json'), read(inside, 'processingjobconfig.json')]);
        return 0;
      },
      { instanceCount: 2, config },
    );
    const hosts = ['algo-1', 'algo-2'];
    expect(seen).toEqual(hosts.map((current_host) => [{ current_host, hosts }, config]));
  });

  test('the members of the request in its configuration, if it has no other', async () => {
    let config: unknown;
    await processed(
      (inside) => {
        config = JSON.parse(readFileSync(inside.host('/opt/ml/config/processingjobconfig.json'), 'utf8'));
        return 0;
      },
      { config: undefined, arguments: ['a'], outputs: OUTPUTS },
    );
    expect(config).toMatchObject({
      ProcessingJobName: 'job',
      AppSpecification: { ImageUri: 'image', ContainerEntrypoint: null, ContainerArguments: ['a'] },
      ProcessingOutputConfig: {
        Outputs: [{ OutputName: 'train', S3Output: { LocalPath: TRAIN, S3UploadMode: 'EndOfJob' } }],
      },
    });
  });

  test('a copy of its inputs, whose changes do not change the data of the user', async () => {
    const directory = directoryWith({ 'deep/rows.csv': '1,2' });
    let seen = '';
    await processed(
      (inside) => {
        seen = readFileSync(inside.host(`${RAW}/deep/rows.csv`), 'utf8');
        write(inside, `${RAW}/deep/rows.csv`, 'changed');
        return 0;
      },
      { inputs: [{ name: 'raw', target: RAW, directory }] },
    );
    expect(seen).toBe('1,2');
    expect(readFileSync(path.join(directory, 'deep/rows.csv'), 'utf8')).toBe('1,2');
  });

  test('its own shard of an input on each host', async () => {
    const shards = [directoryWith({ a: '' }), directoryWith({ b: '' })];
    const seen: string[][] = [];
    await processed((inside) => (seen.push(readdirSync(inside.host(RAW))), 0), {
      instanceCount: 2,
      inputs: [{ name: 'raw', target: RAW, directory: shards[0], shards }],
    });
    expect(seen).toEqual([['a'], ['b']]);
  });

  test('empty directories for its outputs, to which every user of the image can write', async () => {
    let seen: unknown;
    await processed(
      (inside) => {
        const directory = inside.host(TRAIN);
        seen = [readdirSync(directory), statSync(directory).mode & 0o777];
        return 0;
      },
      { outputs: OUTPUTS },
    );
    expect(seen).toEqual([[], 0o777]);
  });

  test.each([
    ['the entrypoint and the command of its image', {}, { entrypoint: undefined, command: [] }],
    [
      'the arguments of the job after the entrypoint of its image',
      { arguments: ['a'] },
      { entrypoint: undefined, command: ['a'] },
    ],
    [
      'the entrypoint of the job without the command of its image',
      { entrypoint: ['sh', '-c'] },
      { entrypoint: ['sh', '-c'], command: [] },
    ],
  ])('%s', async (_, request, started) => {
    const { engine } = await processed(() => 0, request);
    expect(engine.history[0]).toMatchObject(started);
  });

  test('its environment variables', async () => {
    const { engine } = await processed(() => 0, { environment: { LEVEL: 'debug' } });
    expect(engine.history[0].environment).toMatchObject({ LEVEL: 'debug', AWS_REGION: 'us-east-1' });
  });

  test('no network with network isolation', async () => {
    const { engine } = await processed(() => 0, { networkIsolation: true });
    expect(engine.history[0].network).toBe('none');
  });
});

describe('A processing job', () => {
  test('completes with the files of all its hosts, and names those that several hosts wrote', async () => {
    const { result, files } = await processed(
      (inside) => {
        write(inside, `${TRAIN}/${inside.spec.alias}.csv`, '1');
        write(inside, `${TRAIN}/all.csv`, '1');
        return 0;
      },
      { instanceCount: 2, outputs: OUTPUTS },
    );
    expect(result).toMatchObject({ status: 'Completed', conflicts: [`${TRAIN}/all.csv`], excluded: [] });
    expect(files.sort()).toEqual(['algo-1.csv', 'algo-2.csv', 'all.csv']);
  });

  test('fails with the exit code of its container, and keeps its outputs', async () => {
    const { result, files } = await processed(
      (inside) => {
        write(inside, `${TRAIN}/partial.csv`, '1');
        return 3;
      },
      { outputs: OUTPUTS },
    );
    expect(result).toMatchObject({
      status: 'Failed',
      failureReason: 'The processing container exited with code 3.',
      exitCodes: { 'algo-1': 3 },
    });
    expect(files).toEqual(['partial.csv']);
  });

  test('ends with its first failed host', async () => {
    const { result } = await processed(
      async ({ spec, terminated }) => {
        if (spec.alias === 'algo-2') return 1;
        await terminated;
        return 0;
      },
      { instanceCount: 2 },
    );
    expect(result.status).toBe('Failed');
  });

  test('sends SIGTERM when it is stopped, and keeps the outputs that are written afterwards', async () => {
    const stop = new AbortController();
    const phases: string[] = [];
    const { result, files } = await processed(
      async (inside) => {
        stop.abort();
        await inside.terminated;
        write(inside, `${TRAIN}/saved.csv`, '1');
        return 0;
      },
      { outputs: OUTPUTS },
      { stop: stop.signal, onPhase: (phase) => phases.push(phase) },
    );
    expect(result.status).toBe('Stopped');
    expect(phases).toEqual(['Starting', 'Processing', 'Stopping', 'Uploading']);
    expect(files).toEqual(['saved.csv']);
  });

  test('is stopped at its maximum run time', async () => {
    const { result } = await processed(async ({ terminated }) => (await terminated, 0), { maxRuntimeSeconds: 0.01 });
    expect(result).toMatchObject({ status: 'Stopped', failureReason: 'The maximum run time was exceeded.' });
  });

  test('uploads a continuous output while its container runs', async () => {
    let uploaded: () => void = () => undefined;
    const isUploaded = new Promise<void>((resolve) => (uploaded = resolve));
    const seen: string[] = [];
    await processed(
      async (inside) => {
        write(inside, `${TRAIN}/early.csv`, '1');
        await isUploaded;
        return 0;
      },
      { outputs: [{ ...OUTPUTS[0], isContinuous: true }] },
      {
        onFiles: ({ name }, [directory]) => {
          seen.push(...readdirSync(directory).map((file) => `${name}/${file}`));
          if (seen.length > 0) uploaded();
          return Promise.resolve();
        },
      },
    );
    expect(seen).toContain('train/early.csv');
  });

  test('fails when a continuous upload fails', async () => {
    const failing = processed(
      () => 0,
      { outputs: [{ ...OUTPUTS[0], isContinuous: true }] },
      { onFiles: () => Promise.reject(new Error('Access Denied')) },
    );
    await expect(failing).rejects.toThrow('Access Denied');
  });

  test('does not upload symbolic links, and states why', async () => {
    const { result } = await processed(
      (inside) => {
        symlinkSync('/etc/hostname', inside.host(`${TRAIN}/link`));
        return 0;
      },
      { outputs: OUTPUTS },
    );
    expect(result.excluded).toEqual([{ path: `${TRAIN}/link`, reason: 'it is a symbolic link' }]);
  });

  test('rejects an input that does not exist', async () => {
    const failing = processed(() => 0, { inputs: [{ name: 'raw', target: RAW, directory: '/missing' }] });
    await expect(failing).rejects.toThrow('The input "raw" cannot be copied: "/missing" does not exist.');
  });
});

describe('The exit message of a processing job', () => {
  const MESSAGE = '/opt/ml/output/message';

  async function messageOf(content: string | Buffer, instanceCount = 1): Promise<Partial<ProcessingResult>> {
    const { result } = await processed((inside) => (write(inside, MESSAGE, content), 0), { instanceCount });
    return { exitMessage: result.exitMessage, hasInvalidMessage: result.hasInvalidMessage };
  }

  test('is the text that its container has written', async () => {
    expect(await messageOf('42 rows')).toEqual({ exitMessage: '42 rows' });
  });

  test('contains the texts of all hosts', async () => {
    expect(await messageOf('a', 3)).toEqual({ exitMessage: 'aaa' });
  });

  test('has at most 1 KB, without the part of a character', async () => {
    expect(await messageOf(`${'a'.repeat(1023)}ä`)).toEqual({ exitMessage: 'a'.repeat(1023) });
  });

  test('is reported as invalid if it is not UTF-8', async () => {
    expect(await messageOf(Buffer.from([0xff, 0xfe]))).toEqual({ hasInvalidMessage: true });
  });

  test('does not contain the target of a link', async () => {
    const { result } = await processed((inside) => (symlinkSync('/etc/hostname', inside.host(MESSAGE)), 0));
    expect(result.exitMessage).toBeUndefined();
  });
});
