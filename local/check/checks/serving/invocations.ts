import { NoResponse, isSuccess } from '../../../http';
import type { Problem } from '../../core/finding';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { causeOf } from './cause';
import { describeResponse, skipWithoutSample } from './response';

export const invocations: Check = {
  id: 'invocations',
  group: 'serving',
  severity: 'error',
  fact: 'B17, B20',
  title: 'Each sample request succeeds, for each supported response content type',
  skipReason: skipWithoutSample,
  run: async (context) => {
    const { serving } = context;
    await serving.healthy();
    if (context.isSelected(await causeOf(context))) return [];
    const { accepts } = serving.specification;
    const problems: Problem[] = [];
    for (const sample of serving.samples()) {
      for (const accept of accepts ?? [undefined]) {
        const headers = accept === undefined ? undefined : { Accept: accept };
        const response = await serving.exclusively((url) => serving.invoke(url, serving.invocation(sample, headers)));
        // The check of the response time reports late responses.
        if (response instanceof NoResponse ? response.isLate : isSuccess(response)) continue;
        const types = `Content-Type ${sample.contentType}${accept === undefined ? '' : ` and Accept ${accept}`}`;
        problems.push({
          message: `POST /invocations with ${types} fails: ${describeResponse(response)}`,
          fix: 'Support every content type that the algorithm declares, and every response content type.',
          evidence: lastLines((await serving.baseline()).lines),
        });
      }
    }
    return problems;
  },
};
