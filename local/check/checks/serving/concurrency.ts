import { type HttpResponse, NoResponse } from '../../../http';
import type { Problem } from '../../core/finding';
import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { ServingProbe } from '../../probe/serving-probe';
import type { Check } from '../check';
import { describeResponse, skipWithoutSample } from './response';

const REQUESTS = 8;

/** How often pings must be late before the container, and not this machine, is the cause. */
const REPETITIONS = 3;

export const concurrency: Check = {
  id: 'concurrency',
  group: 'serving',
  severity: 'error',
  fact: 'B13, B18, B19',
  title: `${REQUESTS} concurrent requests succeed, and /ping responds meanwhile`,
  skipReason: skipWithoutSample,
  run: async ({ serving }) => {
    const reference = await serving.reference();
    const { responses, failedPing } = await underLoad(serving);
    const isSlow = await isTooSlowInTurn(serving);
    const failed = responses.filter(
      (response) => !reference.isLike(response) && !(isSlow && response instanceof NoResponse && response.isLate),
    );
    const evidence = lastLines((await serving.baseline()).lines);
    const problems: Problem[] = [];
    if (failed.length > 0) {
      problems.push({
        message: `${failed.length} of ${REQUESTS} concurrent requests failed: ${describeResponse(failed[0])}`,
        fix: 'Protect the state that requests share, or let each worker handle one request at a time while others wait.',
        evidence,
      });
    }
    const confirmed = failedPing !== undefined && isLate(failedPing) ? await latePing(serving) : failedPing;
    if (confirmed !== undefined) {
      problems.push({
        message: `During ${REQUESTS} concurrent requests, GET /ping failed: ${describeResponse(confirmed)}. SageMaker would replace the instance under load.`,
        fix: 'Handle /ping in a thread or worker that invocations do not occupy.',
        evidence,
      });
    }
    return problems;
  },
};

type Responses = (HttpResponse | NoResponse)[];

const isLate = (response: HttpResponse | NoResponse): boolean => response instanceof NoResponse && response.isLate;

/** Sends concurrent requests to the specified container, and pings meanwhile. */
function underLoad(serving: ServingProbe): Promise<{ responses: Responses; failedPing?: HttpResponse | NoResponse }> {
  return serving.exclusively(async (url) => {
    const invocations = Promise.all(Array.from({ length: REQUESTS }, () => serving.invoke(url, serving.invocation())));
    return { failedPing: await pingDuring(serving, url, invocations), responses: await invocations };
  });
}

/**
 * Repeats the load, and pings an idle container of the same image meanwhile. A late ping is that of the container only if it is late each
 * time, and the idle container responds in time.
 *
 * @throws Inconclusive if the idle container responds late too: this machine is busy
 */
async function latePing(serving: ServingProbe): Promise<HttpResponse | NoResponse | undefined> {
  return serving.another(
    (request) => request,
    async ({ url: idle }) => {
      let failedPing: HttpResponse | NoResponse | undefined;
      for (let count = 1; count < REPETITIONS; count++) {
        const load = underLoad(serving);
        const control = await pingDuring(serving, idle, load);
        ({ failedPing } = await load);
        if (failedPing === undefined || !isLate(failedPing)) return failedPing;
        if (control !== undefined) {
          throw new Inconclusive('this machine is too busy: a container without requests responds late to /ping too');
        }
      }
      return failedPing;
    },
  );
}

/** Whether a model that handles one request after the other may be too slow on this machine only. */
async function isTooSlowInTurn(serving: ServingProbe): Promise<boolean> {
  const response = await serving.sampleResponse();
  return !(response instanceof NoResponse) && response.seconds * REQUESTS > serving.invocation().timeoutSeconds;
}

/** Pings until some work has ended. Returns the first response that is not healthy. */
async function pingDuring(
  serving: ServingProbe,
  url: string,
  work: Promise<unknown>,
): Promise<HttpResponse | NoResponse | undefined> {
  let isOver = false;
  void work.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  do {
    const response = await serving.ping(url);
    if (response instanceof NoResponse || response.status !== 200) return response;
  } while (!isOver);
  return undefined;
}
