import { isErrorLine } from '../../../container';
import { SERVING } from '../../../contract';
import { type HttpResponse, NoResponse, isSuccess } from '../../../http';
import type { Problem } from '../../core/finding';
import type { CheckContext } from '../../probe/check-context';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { causeOf } from './cause';
import { sendInvalidRequests } from './invalid-requests';
import { isRedirect, redirectFix } from './redirect';
import { describeResponse, skipWithoutSample } from './response';

const SERVER_ERROR = 500;

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
        if (response instanceof NoResponse && response.isLate) continue;
        if (!(response instanceof NoResponse) && isSuccess(response) && !(await isErrorText(context, response)))
          continue;
        const types = `Content-Type ${sample.contentType}${accept === undefined ? '' : ` and Accept ${accept}`}`;
        const { lines } = await serving.baseline();
        problems.push({
          message: `POST /invocations with ${types} fails: ${describeResponse(response)}`,
          fix: await fixFor(context, response, lines),
          evidence: lastLines(lines),
        });
      }
    }
    return problems;
  },
};

/** Words of a message that servers send instead of a prediction, with the status of a success. */
const ERROR_TEXT =
  /\b(errors?|exception|traceback|failed|failure|invalid|unsupported|not supported|unknown|bad request)\b/i;

/** Whether a response is a message: it looks like one, and a corrupt body or an unknown content type gets the same. */
async function isErrorText(context: CheckContext, { body }: HttpResponse): Promise<boolean> {
  if (!ERROR_TEXT.test(body.toString())) return false;
  const { responses } = await sendInvalidRequests(context);
  return responses.some(({ response }) => !(response instanceof NoResponse) && response.body.equals(body));
}

async function fixFor(
  context: CheckContext,
  response: HttpResponse | NoResponse,
  lines: readonly { text: string }[],
): Promise<string> {
  if (response instanceof NoResponse || isSuccess(response)) {
    return 'Respond with the prediction, or with an error status: InvokeEndpoint returns a response with status 200 as a prediction.';
  }
  if (response.status >= SERVER_ERROR) {
    return lines.some(({ text }) => isErrorLine(text))
      ? 'Fix the error of the program that the log shows. If the request itself is invalid, respond with 400.'
      : 'Fix the error of the program. To find it, write each error with its stack trace to the log before responding with 500.';
  }
  if (isRedirect(response)) return redirectFix(context, SERVING.invocations, response.headers.location);
  return 'Support every content type that the algorithm declares, and every response content type.';
}
