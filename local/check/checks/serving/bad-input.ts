import type { Check } from '../../core/check';
import { NoResponse } from '../../../http';
import { hasSample, said } from './invocations';
import { roughHandling } from './client-disconnect';

export const badInput: Check = {
  id: 'bad-input',
  group: 'serving',
  severity: 'warning',
  fact: 'B20',
  title: 'What cannot be understood is refused with a status from 400 to 499, and the server lives on',
  unless: hasSample,
  run: async (lab) => {
    const { answers, ping, evidence } = await roughHandling(lab);
    if (ping instanceof NoResponse || ping.status !== 200) {
      return [
        {
          message: `After input that cannot be understood the container is not healthy any more: ${said(ping)}`,
          fix: 'Catch errors of a request where the request is handled.',
          evidence,
        },
      ];
    }
    const bad = answers.filter(({ answer }) => answer instanceof NoResponse || answer.status >= 500);
    if (bad.length === 0) return [];
    const [{ what, answer }] = bad;
    return [
      {
        message: `HttpRequest with ${what}, the container does not refuse it as the caller's fault: ${said(answer)}`,
        fix: 'HttpResponse 400 (or 415 for a content type) with a sentence: the caller sees it, and alarms on 5xx stay silent.',
        evidence,
      },
    ];
  },
};
