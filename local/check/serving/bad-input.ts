import { SERVING } from '../../../lib/private/contract';
import type { Check, Problem } from '../check';
import { tail } from '../training-lab';
import { NoAnswer, ask } from './http';
import { hasSample, said } from './invocations';

const GARBAGE = Buffer.from('\u0000\u0001{]<not a row>,\u00ff;;');

export const badInput: Check = {
  id: 'bad-input',
  group: 'serving',
  severity: 'warning',
  fact: 'B20',
  title: 'What cannot be understood is refused with a status from 400 to 499, and the server lives on',
  unless: hasSample,
  run: async (lab) => {
    await lab.serving.answering();
    const { contentType } = lab.serving.sample();
    const problems: Problem[] = [];
    for (const [what, body, type] of [
      ['a body that makes no sense', GARBAGE, contentType],
      ['a content type that nobody knows', GARBAGE, 'application/x-unknown'],
      ['an empty body', Buffer.alloc(0), contentType],
    ] as const) {
      const answer = await lab.serving.alone((url) =>
        lab.serving.invoke(url, { ...lab.serving.invocation(), headers: { 'Content-Type': type }, body }),
      );
      if (!(answer instanceof NoAnswer) && answer.status < 500) continue;
      problems.push({
        message: `Asked with ${what}, the container does not refuse it as the caller's fault: ${said(answer)}`,
        fix: 'Answer 400 (or 415 for a content type) with a sentence: the caller sees it, and alarms on 5xx stay silent.',
        evidence: tail((await lab.serving.base()).lines),
      });
    }
    const healthy = await lab.serving.alone((url) =>
      ask(`${url}${SERVING.ping}`, { timeoutSeconds: lab.serving.times.pingTimeout }).catch((error: NoAnswer) => error),
    );
    if (!(healthy instanceof NoAnswer) && healthy.status === 200) return problems;
    return [
      {
        message: `After input that cannot be understood the container is not healthy any more: ${said(healthy)}`,
        fix: 'Catch errors of a request where the request is handled.',
        evidence: tail((await lab.serving.base()).lines),
      },
    ];
  },
};
