import { SERVING } from '../../../contract';
import type { Check, Problem } from '../../core/check';
import { tail } from '../../probe/training-probe';
import type { ServingLab } from '../../probe/serving-probe';
import { type HttpResponse, NoResponse, sendRequest, isSuccess } from '../../../http';
import { hasSample, said } from './invocations';

const REQUESTS = 8;

export const concurrency: Check = {
  id: 'concurrency',
  group: 'serving',
  severity: 'error',
  fact: 'B13, B18, B19',
  title: 'Eight requests at a time are answered, and /ping meanwhile',
  unless: hasSample,
  run: async (lab) => {
    await lab.serving.answering();
    const { serving } = lab;
    const { answers, late } = await serving.alone(async (url) => {
      const asked = Array.from({ length: REQUESTS }, () => serving.invoke(url, serving.invocation()));
      const answered = Promise.all(asked);
      return { late: await latePing(serving, url, answered), answers: await answered };
    });
    const alone = await serving.baseAnswer();
    const { timeoutSeconds } = serving.invocation();
    // A model that answers one after the other may be too slow on this machine, which says nothing of its own.
    const isSlow = !(alone instanceof NoResponse) && alone.seconds * REQUESTS > timeoutSeconds;
    const failed = answers.filter((answer) =>
      answer instanceof NoResponse ? !(answer.isLate && isSlow) : !isSuccess(answer),
    );
    const evidence = tail((await serving.base()).lines);
    const problems: Problem[] = [];
    if (failed.length > 0) {
      problems.push({
        message: `Of ${REQUESTS} requests at a time, ${failed.length} were not answered: ${said(failed[0])}`,
        fix: 'Guard what requests share, or let one worker handle one request at a time and others wait.',
        evidence,
      });
    }
    if (late !== undefined) {
      problems.push({
        message: `While ${REQUESTS} requests were under way, /ping was not answered: ${said(late)}. The instance would be replaced under load.`,
        fix: 'HttpResponse /ping in a thread or worker that no invocation occupies.',
        evidence,
      });
    }
    return problems;
  },
};

/** Asks for health as long as some work takes; the first answer that is not healthy, if there is one. */
async function latePing(
  { times }: ServingLab,
  url: string,
  work: Promise<unknown>,
): Promise<HttpResponse | NoResponse | undefined> {
  let isOver = false;
  void work.then(() => (isOver = true));
  do {
    const answer = await sendRequest(`${url}${SERVING.ping}`, { timeoutSeconds: times.pingTimeout });
    if (answer instanceof NoResponse || answer.status !== 200) return answer;
  } while (!isOver);
  return undefined;
}
