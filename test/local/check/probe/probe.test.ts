import { readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { Slots } from '../../../../local/check/core/concurrency';
import { type Specification, TIMES } from '../../../../local/check/core/specification';
import { CheckContext, type CheckContextOptions } from '../../../../local/check/probe/check-context';
import { withRun } from '../../../../local/container';
import type { Inside } from '../../fake-engine';
import { CheckEngine, HANDLERS, channel, directoryWith, routes, serving, train } from '../check-engine';

const training = { image: 'image', channels: [channel()], hyperparameters: {}, environment: {}, metrics: [] };
const platforms = { processing: 'linux/amd64', training: 'linux/amd64', serving: 'linux/amd64' };

function withContext<T>(
  engine: CheckEngine,
  specification: Partial<Specification>,
  use: (context: CheckContext) => Promise<T>,
  options: Partial<CheckContextOptions> = {},
): Promise<T> {
  return withRun(engine, (run) =>
    use(
      new CheckContext({
        run,
        network: () => Promise.resolve('network'),
        specification: { platforms, ...specification },
        times: TIMES,
        slots: new Slots(2),
        trainingVariations: [],
        servingVariations: [],
        processingVariations: [],
        selected: new Set(),
        ...options,
      }),
    ),
  );
}

describe('The image probe', () => {
  function withFiles<T>(files: Record<string, string>, use: (context: CheckContext) => Promise<T>): Promise<T> {
    const engine = new CheckEngine();
    engine.imageRoot = directoryWith(files);
    return withContext(engine, {}, use);
  }

  test('finds a file, and everything below a directory', async () => {
    const files = await withFiles({ 'opt/program/train': '#!/bin/sh\n' }, ({ image }) => image.files('image', '/opt'));
    expect(files.map(({ path: file, type, start }) => [file, type, start])).toEqual([
      ['/opt/', 'Directory', ''],
      ['/opt/program/', 'Directory', ''],
      ['/opt/program/train', 'File', '#!/bin/sh\n'],
    ]);
  });

  test('finds nothing at a path that does not exist', async () => {
    expect(await withFiles({}, ({ image }) => image.files('image', '/opt'))).toEqual([]);
  });

  test('finds a program on PATH, or at its absolute path', async () => {
    const files = { 'usr/bin/train': 'on PATH', 'opt/train': 'elsewhere' };
    const starts = await withFiles(files, async ({ image }) => [
      await image.program('image', 'train'),
      await image.program('image', '/opt/train'),
      await image.program('image', 'serve'),
    ]);
    expect(starts.map((file) => file?.start)).toEqual(['on PATH', 'elsewhere', undefined]);
  });

  test('creates one container per image, which never starts', async () => {
    const engine = new CheckEngine(() => {
      throw new Error('It was started.');
    });
    await withContext(engine, {}, async ({ image }) => [
      await image.files('image', '/a'),
      await image.files('image', '/b'),
    ]);
    expect(engine.history).toHaveLength(1);
  });
});

describe('The training probe', () => {
  const needsMode =
    (mode: string) =>
    (inside: Inside): number =>
      inside.spec.environment.MODE === mode ? train(inside) : 1;
  const variation = (id: string, MODE: string): CheckContextOptions['trainingVariations'][number] => ({
    id,
    change: (request) => ({ ...request, environment: { MODE } }),
  });

  test('finds the cause of a failure by the first variation that completes, and runs no further ones', async () => {
    const engine = new CheckEngine(needsMode('second'));
    const trainingVariations = ['first', 'second', 'third'].map((mode) => variation(`check-${mode}`, mode));
    const cause = await withContext(engine, { training }, (context) => context.training.cause(), {
      trainingVariations,
    });
    expect(cause).toBe('check-second');
    expect(engine.history.map(({ environment }) => environment.MODE)).toEqual([undefined, 'first', 'second']);
  });

  test('skips variations that do not apply', async () => {
    const engine = new CheckEngine(needsMode('only'));
    const trainingVariations = [{ ...variation('check', 'only'), applies: () => false }];
    const cause = await withContext(engine, { training }, (context) => context.training.cause(), {
      trainingVariations,
    });
    expect(cause).toBeUndefined();
    expect(engine.history).toHaveLength(1);
  });

  test('gives evidence to the check that explains the failure, and is inconclusive for the others', async () => {
    const engine = new CheckEngine((inside) => {
      inside.print('wrong mode');
      return needsMode('right')(inside);
    });
    const trainingVariations = [variation('right-check', 'right')];
    await withContext(
      engine,
      { training },
      async (context) => {
        expect(await context.training.evidenceFor('right-check')).toEqual(['wrong mode']);
        const other = context.training.evidenceFor('other-check');
        await expect(other).rejects.toThrow('the training run failed for another reason');
      },
      { trainingVariations },
    );
  });

  test('corrupts copies of the files, and not the files themselves', async () => {
    await withContext(new CheckEngine(), { training }, (context) => {
      const [corrupt] = context.training.corruptChannels() ?? [];
      expect(readdirSync(corrupt.directory)).toEqual(['rows.csv']);
      expect(readFileSync(path.join(corrupt.directory, 'rows.csv'), 'utf8')).not.toContain('1,2');
      expect(readFileSync(path.join(training.channels[0].directory, 'rows.csv'), 'utf8')).toBe('1,2\n3,4\n');
      return Promise.resolve();
    });
  });
});

describe('The serving probe', () => {
  const file = path.join(directoryWith({ 'request.csv': '1,2\n' }), 'request.csv');
  const specification = {
    image: 'image',
    model: directoryWith({ 'model.json': '{}' }),
    environment: {},
    requests: [{ file, contentType: 'text/csv' }],
  };
  const server = serving(() => ({ listener: routes(HANDLERS) }));

  test('sends one request at a time to the specified container', async () => {
    let running = 0;
    const counts = await withContext(new CheckEngine(server), { serving: specification }, (context) =>
      Promise.all(
        [1, 2, 3].map(() =>
          context.serving.exclusively(async (url) => {
            running++;
            await context.serving.ping(url);
            return running--;
          }),
        ),
      ),
    );
    expect(counts).toEqual([1, 1, 1]);
  });

  test('removes the container of a variation after its use', async () => {
    const engine = new CheckEngine(server);
    await withContext(engine, { serving: specification }, async (context) => {
      await context.serving.vary(
        (request) => request,
        () => Promise.resolve(expect(engine.containers.size).toBe(1)),
      );
      expect(engine.containers.size).toBe(0);
    });
  });

  test.each([
    ['a real-time endpoint', {}, 60],
    ['response streaming', { isStreaming: true }, 480],
    ['asynchronous inference', { isAsync: true }, 900],
  ])('waits for the response of %s as long as SageMaker does', async (_, kind, seconds) => {
    const { timeoutSeconds } = await withContext(
      new CheckEngine(server),
      { serving: { ...specification, ...kind } },
      (context) => Promise.resolve(context.serving.invocation()),
    );
    expect(timeoutSeconds).toBe(seconds);
  });

  test('runs a serverless endpoint as a user that does not exist in the image', async () => {
    const request = await withContext(
      new CheckEngine(server),
      { serving: { ...specification, isServerless: true } },
      (context) => context.serving.request(),
    );
    expect(request.user).toBe('65533:65533');
  });
});

test('A context is inconclusive about a group that the image is not checked for', async () => {
  await withContext(new CheckEngine(), {}, (context) => {
    expect(() => context.training).toThrow('the image is not checked for training');
    expect(() => context.serving).toThrow('the image is not checked for serving');
    return Promise.resolve();
  });
});
