import { writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { FakeEngine, type Inside, type Program } from '../../fake-engine';
import { HANDLERS, type Handler, channel, check, outcomeOf, routes, serving, train } from '../check-engine';
import { type Container, checkServing, invocations, program, valid } from '../serving-container';

const LATE_MS = 1000;
const times = { pingTimeout: 0.4 };

/** Containers whose pings are late while one of them processes several requests: those of the busy container, or of all of them. */
function latePings({ everywhere = false, first = Infinity } = {}): Program {
  let [pings, busyAnywhere] = [0, 0];
  return serving(() => {
    let busy = 0;
    const invoke: Handler = async (request, body) => {
      busy++;
      busyAnywhere++;
      await sleep(LATE_MS);
      busy--;
      busyAnywhere--;
      return valid(request, body);
    };
    const ping: Handler = async () => {
      if ((everywhere ? busyAnywhere : busy) > 1 && ++pings <= first) await sleep(LATE_MS);
      return {};
    };
    return { listener: routes({ ...HANDLERS, 'POST /invocations': invoke, '/ping': ping }) };
  });
}

describe('A late ping under load', () => {
  const concurrency = (container: Program): ReturnType<typeof checkServing> =>
    checkServing({ program: container, checks: { only: ['concurrency'], times } });

  test('is a finding if it is repeated, and an idle container responds in time', async () => {
    const { findings } = await concurrency(latePings());
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('During 8 concurrent requests, GET /ping failed: no response within 0.4 s'),
    ]);
  });

  test('is no finding if the container responds in time to the next ones', async () => {
    expect(outcomeOf(await concurrency(latePings({ first: 1 })), 'concurrency')?.status).toBe('passed');
  });

  test('is inconclusive if an idle container responds late too', async () => {
    expect(outcomeOf(await concurrency(latePings({ everywhere: true })), 'concurrency')).toMatchObject({
      status: 'inconclusive',
      reason: 'this machine is too busy: a container without requests responds late to /ping too',
    });
  });
});

test('Concurrent requests that one worker processes in turn, later than the time limit, are no finding', async () => {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn: Handler = async (request, body) => {
    const done = last.then(() => sleep(LATE_MS));
    last = done;
    await done;
    return valid(request, body);
  };
  const checks = { only: ['concurrency'], times: { invocation: 3 } };
  const result = await checkServing({ program: invocations(inTurn), checks });
  expect(outcomeOf(result, 'concurrency')?.status).toBe('passed');
});

test('A single late response to /ping is no finding, if the next one is in time', async () => {
  let pings = 0;
  const slow = program({
    '/ping': async () => {
      if (++pings % 2 === 0) await sleep(LATE_MS);
      return {};
    },
  });
  const ids = ['ping', 'ping-body', 'ping-verbs'];
  const result = await checkServing({ program: slow, checks: { only: ids, times } });
  expect(result.checks.map(({ status }) => status)).toEqual(ids.map(() => 'passed'));
});

describe('The shutdown of a server', () => {
  const failing = invocations(() => ({ status: 500 }));

  test('is judged by the handlers of its first process, without a wait for its end', async () => {
    const ignores = serving((inside) => {
      inside.handleSigterm(false);
      return { listener: routes(HANDLERS), onStop: () => new Promise(() => undefined) };
    });
    const { findings } = await checkServing({ program: ignores, checks: { only: ['serving-sigterm'] } });
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('The server ignores SIGTERM: its first process has no handler for it'),
    ]);
  });

  test.each<[string, Container]>([
    ['there is no sample request', { program: program(), options: { requests: [] } }],
    ['the sample request fails', { program: failing }],
  ])('is judged even if %s', async (_, container) => {
    const result = await checkServing({ ...container, checks: { only: ['serving-sigterm', 'ping-body'] } });
    expect(result.checks.slice(0, 2).map(({ id, status }) => [id, status])).toEqual([
      ['ping-body', 'passed'],
      ['serving-sigterm', 'passed'],
    ]);
  });

  test('is observed again with more time if the request in flight fails', async () => {
    let stops = 0;
    const busy = program({}, { onStop: (server) => (stops++ === 0 ? closeAll(server) : complete(server)) });
    const result = await checkServing({ program: busy, checks: { only: ['draining'] } });
    expect(outcomeOf(result, 'draining')?.status).toBe('passed');
    expect(stops).toBe(2);
  });

  const closeAll = (server: Server): void => {
    server.closeAllConnections();
    server.close();
  };
  const complete = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
});

test('A large request body that is processed for longer than the time limit is not rejected', async () => {
  const slow = invocations((request, body) =>
    body.length > 5e6 ? new Promise(() => undefined) : valid(request, body),
  );
  const result = await checkServing({ program: slow, checks: { only: ['payload'], times: { invocation: 0.5 } } });
  expect(outcomeOf(result, 'payload')?.status).toBe('passed');
});

describe('The check of SAGEMAKER_BIND_TO_PORT', () => {
  const info = { labels: { 'com.amazonaws.sagemaker.capabilities.accept-bind-to-port': 'true' } };
  const ignoresPort = program({}, { port: 8080 });
  const only = ['bind-to-port'];

  test('finds a container of a pipeline that ignores it, also without the label', async () => {
    const result = await checkServing({
      program: ignoresPort,
      options: { isPipeline: true },
      checks: { only, times: { startUp: 1 } },
    });
    expect(result.findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('does not respond on that port'),
    ]);
  });

  test('is inconclusive if the container does not listen on any port in time', async () => {
    const result = await checkServing({
      program: ignoresPort,
      info,
      listeners: [],
      checks: { only, times: { startUp: 1 } },
    });
    expect(outcomeOf(result, 'bind-to-port')).toMatchObject({
      status: 'inconclusive',
      reason: 'the container did not listen on any port in time',
    });
  });
});

test.each(['exit-code', 'bad-data', 'failure-file'])(
  'The check "%s" is inconclusive if there is no sample to corrupt',
  async (id) => {
    const saves = (inside: Inside): number => {
      writeFileSync(inside.host('/opt/ml/model/model.json'), '{}');
      return 0;
    };
    const training = { channels: [], hyperparameters: {} };
    const result = await check(new FakeEngine(saves), { serving: false, training }, { only: [id] });
    expect(outcomeOf(result, id)).toMatchObject({
      status: 'inconclusive',
      reason: 'there is neither a channel nor a hyperparameter to corrupt (--channel, --hyperparameter)',
    });
  },
);

describe('The buffering of a log', () => {
  const DURATION_MS = 700;

  /** Prints lines at fractions of the duration of the run. In a terminal, they come at once if `isFlushed` is true. */
  const printing =
    (fractions: number[], isFlushed = false, duration = DURATION_MS): Program =>
    async (inside) => {
      const start = Date.now();
      const until = async (fraction: number): Promise<void> => {
        const left = start + fraction * duration - Date.now();
        if (left > 0) await sleep(left);
      };
      for (const fraction of fractions) {
        await until(isFlushed && inside.spec.hasTerminal === true ? 0 : fraction);
        inside.print('epoch');
      }
      await until(1);
      return train(inside);
    };
  const buffering = async (container: Program): Promise<ReturnType<typeof outcomeOf>> => {
    const request = { serving: false as const, training: { channels: [channel()] } };
    return outcomeOf(await check(new FakeEngine(container), request, { only: ['log-buffering'] }), 'log-buffering');
  };
  const LATE = [0.95, 0.95, 0.95];

  test('is a finding if all lines come at the end, and early in a terminal', async () => {
    expect((await buffering(printing(LATE, true)))?.status).toBe('failed');
  });

  test.each<[string, Program]>([
    ['come during the run', printing([0.1, 0.5, 0.9])],
    ['come at the end in a terminal too', printing(LATE)],
    ['come one after the other in a short run', printing([0, 0.4, 0.8], false, 30)],
  ])('is no finding if the lines %s', async (_, container) => {
    expect((await buffering(container))?.status).toBe('passed');
  });

  test.each<[string, Program, string]>([
    [
      'prints fewer than 3 lines',
      async (inside) => {
        await sleep(DURATION_MS);
        return train(inside);
      },
      'the training run prints fewer than 3 lines (print a line for each epoch)',
    ],
    [
      'is short, and prints all lines at once',
      printing([0, 0, 0], false, 0),
      'the training run takes less than 500 ms (give it more data)',
    ],
    [
      'does not complete in a terminal',
      (inside) => (inside.spec.hasTerminal === true ? 1 : printing(LATE)(inside)),
      'the training run does not complete in a terminal, in which programs do not buffer',
    ],
  ])('is inconclusive if the run %s', async (_, container, reason) => {
    expect(await buffering(container)).toMatchObject({ status: 'inconclusive', reason });
  });
});
