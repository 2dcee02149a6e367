import type { Check, Problem } from '../../core/check';
import { tail } from '../../probe/training-probe';
import { type HttpResponse, NoResponse, isSuccess } from '../../../http';

export const hasSample: Check['unless'] = ({ specification: { serving } }) => {
  if (serving?.isMultiModel === true) return 'many models are asked otherwise';
  return (serving?.requests ?? []).length > 0 ? undefined : 'there is no sample request (--request)';
};

export const invocations: Check = {
  id: 'invocations',
  group: 'serving',
  severity: 'error',
  fact: 'B17, B20',
  title: 'Each sample is answered, in each format that the model answers in',
  unless: hasSample,
  run: async (lab) => {
    await lab.serving.healthy();
    if (lab.isAsked(await lab.serving.cause())) return [];
    const { accepts } = lab.serving.specification;
    const problems: Problem[] = [];
    for (const sample of lab.serving.samples()) {
      for (const accept of accepts ?? [undefined]) {
        const headers = accept === undefined ? undefined : { Accept: accept };
        const answer = await lab.serving.alone((url) =>
          lab.serving.invoke(url, lab.serving.invocation(sample, headers)),
        );
        // What comes too late is another check's.
        if (answer instanceof NoResponse ? answer.isLate : isSuccess(answer)) continue;
        problems.push({
          message: `POST /invocations with ${sample.contentType}${accept === undefined ? '' : `, asking for ${accept},`} is not answered: ${said(answer)}`,
          fix: 'HttpResponse every content type that the algorithm declares, in every format that it declares.',
          evidence: tail((await lab.serving.base()).lines),
        });
      }
    }
    return problems;
  },
};

export function said(answer: HttpResponse | NoResponse): string {
  if (answer instanceof NoResponse) return answer.message;
  return `status ${answer.status}, ${JSON.stringify(answer.body.toString().slice(0, 200))}`;
}
