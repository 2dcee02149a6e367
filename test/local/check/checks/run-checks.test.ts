import { writeFileSync } from 'node:fs';
import { reportOf } from '../../../../local/check/report';
import { FakeEngine, type Inside } from '../../fake-engine';
import { channel, check, findingIds, outcomeOf, train } from '../check-engine';

const training = { channels: [channel()] };
const request = { serving: false as const, training };
const needsToolkit = (inside: Inside): number =>
  inside.spec.environment.SM_MODEL_DIR === undefined ? 1 : train(inside);

describe('A check run', () => {
  test('runs the image once for all checks that examine the same run', async () => {
    const engine = new FakeEngine(train);
    await check(engine, request, { only: ['training-completes', 'model-written', 'log-buffering'] });
    expect(engine.history).toHaveLength(1);
  });

  test('sorts its findings by severity', async () => {
    const careless = (inside: Inside): number => {
      inside.print('loss=none');
      writeFileSync(inside.host('/opt/ml/model/model.json'), '{}');
      return 0;
    };
    const metrics = [{ name: 'loss', regex: 'loss=([0-9.]+)' }];
    const { findings } = await check(
      new FakeEngine(careless),
      { serving: false, training: { ...training, metrics } },
      { only: ['training'] },
    );
    expect(findings.map(({ id, severity }) => [id, severity])).toEqual([
      ['metrics', 'error'],
      ['bad-data', 'warning'],
    ]);
  });

  test('runs the checks that are selected by id and group, without those that are skipped', async () => {
    const options = { only: ['platform', 'training'], skip: ['training-sigterm'] };
    const { checks } = await check(new FakeEngine(train), request, options);
    const ids = checks.map(({ id }) => id);
    expect(ids[0]).toBe('platform');
    expect(ids).not.toContain('entrypoint');
    expect(ids).toContain('metrics');
    expect(ids).not.toContain('training-sigterm');
  });

  test('fails if an unknown check is selected', async () => {
    const run = check(new FakeEngine(train), request, { only: ['typo'] });
    await expect(run).rejects.toThrow('`only` and `skip` must name checks or groups, got: typo');
  });

  test('reports a failure whose cause only a check that is not selected explains, and names that check', async () => {
    const { findings } = await check(new FakeEngine(needsToolkit), request, { only: ['training-completes'] });
    expect(findings.map(({ id, fix }) => [id, fix])).toEqual([
      ['training-completes', 'Also run the check "toolkit-variables", which reports the cause.'],
    ]);
  });

  test('reports a check that cannot run as an error, and the results of the others', async () => {
    const engine = new FakeEngine(train);
    engine.fault = { create: 'no space left on device' };
    const result = await check(engine, { serving: false }, { only: ['platform', 'training-completes'] });
    expect(result.findings).toEqual([]);
    expect(result.checks).toMatchObject([
      { id: 'platform', status: 'passed', seconds: expect.anything() as number },
      {
        id: 'training-completes',
        status: 'inconclusive',
        reason: 'the check could not run: no space left on device',
        isError: true,
        seconds: expect.anything() as number,
      },
    ]);
    expect(reportOf('junit', [result])).toContain('errors="1" skipped="0"');
  });

  test('removes control characters from the output of a container', async () => {
    const colored = (inside: Inside): number => {
      inside.print('\u001b[31mred\u001b[0m\u0000 and black');
      return 1;
    };
    const { findings } = await check(new FakeEngine(colored), request, { only: ['training'] });
    expect(findings[0].evidence).toEqual(['red and black']);
  });

  test('skips the groups that the request excludes, without running a container', async () => {
    const engine = new FakeEngine(train);
    const result = await check(engine, { serving: false, training: false });
    expect(outcomeOf(result, 'platform')?.status).toBe('passed');
    expect(outcomeOf(result, 'ping')).toMatchObject({
      status: 'skipped',
      reason: 'the image is not checked for serving',
    });
    expect(engine.history).toEqual([]);
  });

  test('removes everything without waiting for its containers when it is canceled', async () => {
    const stop = new AbortController();
    const engine = new FakeEngine(() => {
      stop.abort();
      return new Promise(() => undefined);
    });
    await expect(check(engine, { serving: false }, { signal: stop.signal })).rejects.toThrow(
      'The checks were interrupted.',
    );
    expect([engine.containers.size, engine.networks.size]).toEqual([0, 0]);
  });

  test('creates nothing when it is canceled before it starts', async () => {
    const engine = new FakeEngine(train);
    const run = check(engine, request, { signal: AbortSignal.abort() });
    await expect(run).rejects.toThrow('The checks were interrupted.');
    expect(engine.history).toEqual([]);
  });

  test.each([
    ['a selected check that needs it', ['model-written']],
    ['another selected check, which passed', ['train-command']],
  ])('is an error if the run failed and only %s could report it', async (_, only) => {
    const result = await check(new FakeEngine(() => 1), request, { only });
    expect(result.findings).toEqual([]);
    expect(outcomeOf(result, 'training-completes')).toMatchObject({
      status: 'inconclusive',
      reason:
        'the training run did not complete, and no selected check reports the cause: also run the check "training-completes"',
      isError: true,
    });
  });

  test('has an error if the run only completes with more shared memory', async () => {
    const needsMemory = (inside: Inside): number => (inside.spec.sharedMemoryBytes === undefined ? 1 : train(inside));
    const { findings } = await check(new FakeEngine(needsMemory), request, { only: ['training'] });
    expect(findings.map(({ id, severity }) => [id, severity])).toEqual([['shared-memory', 'error']]);
  });

  test('reports only the cause of a failure, and the checks that depend on the run as inconclusive', async () => {
    const failing = (inside: Inside): number => {
      inside.print('ModuleNotFoundError: no module', 'stderr');
      return 1;
    };
    const result = await check(new FakeEngine(failing), request, { only: ['training'] });
    expect(findingIds(result)).toEqual(['training-completes']);
    expect(result.findings[0]).toMatchObject({
      severity: 'error',
      fact: 'A58',
      evidence: ['ModuleNotFoundError: no module'],
    });
    expect(outcomeOf(result, 'model-written')).toMatchObject({
      status: 'inconclusive',
      reason: 'the training run did not complete',
    });
  });
});
