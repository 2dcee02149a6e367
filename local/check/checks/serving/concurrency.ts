import { type HttpResponse, NoResponse } from '../../../http';
import type { Problem } from '../../core/finding';
import { lastLines } from '../../probe/evidence';
import { type ServingProbe, isSuccessful } from '../../probe/serving-probe';
import type { Check } from '../check';
import { describeResponse, skipWithoutSample } from './response';

const REQUESTS = 8;

export const concurrency: Check = {
  id: 'concurrency',
  group: 'serving',
  severity: 'error',
  fact: 'B13, B18, B19',
  title: `${REQUESTS} concurrent requests succeed, and /ping responds meanwhile`,
  skipReason: skipWithoutSample,
  run: async ({ serving }) => {
    await serving.requireSuccess();
    const { responses, failedPing } = await serving.exclusively(async (url) => {
      const invocations = Promise.all(
        Array.from({ length: REQUESTS }, () => serving.invoke(url, serving.invocation())),
      );
      return { failedPing: await pingDuring(serving, url, invocations), responses: await invocations };
    });
    const isSlow = await isTooSlowInTurn(serving);
    const failed = responses.filter(
      (response) => !isSuccessful(response) && !(isSlow && response instanceof NoResponse && response.isLate),
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
    if (failedPing !== undefined) {
      problems.push({
        message: `During ${REQUESTS} concurrent requests, GET /ping failed: ${describeResponse(failedPing)}. SageMaker would replace the instance under load.`,
        fix: 'Handle /ping in a thread or worker that invocations do not occupy.',
        evidence,
      });
    }
    return problems;
  },
};

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
  void work.then(() => (isOver = true));
  do {
    const response = await serving.ping(url);
    if (response instanceof NoResponse || response.status !== 200) return response;
  } while (!isOver);
  return undefined;
}
