import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { PATHS, SERVING } from '../../../contract';
import { type HttpRequest, type HttpResponse, NoResponse, sendRequest } from '../../../http';
import type { Problem } from '../../core/finding';
import { lastLines } from '../../probe/evidence';
import type { ServingProbe } from '../../probe/serving-probe';
import type { Check } from '../check';
import { describeResponse } from './response';

const NAMES = ['first', 'second'];

export const multiModel: Check = {
  id: 'multi-model',
  group: 'serving',
  severity: 'error',
  fact: 'B40, B41',
  title: 'Models can be loaded, listed, invoked and unloaded while the container serves',
  skipReason: ({ specification: { serving } }) =>
    serving?.isMultiModel === true ? undefined : 'the endpoint is not multi-model (--multi-model)',
  run: async ({ serving }) => {
    await serving.healthy();
    const { models = '' } = await serving.request();
    await placeModels(serving, models);
    return serving.vary(
      (request) => ({ ...request, models }),
      async ({ server, lines }) => {
        if (server === undefined) return [];
        const problems: Problem[] = [];
        for (const { description, route, request, expected, isExpected } of stepsOf(serving)) {
          const timeoutSeconds = serving.times.modelLoading;
          const response = await sendRequest(`${server.url}${route}`, { ...request, timeoutSeconds });
          if (isExpected(response)) continue;
          const { method = 'GET' } = request;
          problems.push({
            message: `${method} ${route} (${description}) must respond with ${expected}, got: ${describeResponse(response)}`,
            fix: 'Implement the routes of multi-model endpoints: POST and GET /models, GET and DELETE /models/{name}, POST /models/{name}/invoke.',
            evidence: lastLines(lines),
          });
        }
        return problems;
      },
    );
  },
};

/** Places the model twice, where SageMaker places the models of an endpoint. */
async function placeModels(serving: ServingProbe, models: string): Promise<void> {
  for (const name of NAMES) {
    const directory = path.join(models, name, 'model');
    mkdirSync(directory, { recursive: true });
    await serving.model.place(directory);
  }
}

type StepRequest = Omit<HttpRequest, 'timeoutSeconds'>;

interface Step {
  readonly description: string;
  readonly route: string;
  readonly request: StepRequest;
  readonly expected: string;
  readonly isExpected: (response: HttpResponse | NoResponse) => boolean;
}

function stepsOf(serving: ServingProbe): Step[] {
  const [first] = NAMES;
  const invocation = serving.specification.requests.length === 0 ? undefined : serving.invocation();
  const anyInvocation = invocation ?? {
    method: 'POST',
    headers: { 'Content-Type': 'text/csv' },
    body: Buffer.from('0'),
  };
  return [
    ...NAMES.map((name) => step('load', 200, '', load(name))),
    step('load a loaded model', 409, '', load(first)),
    list(),
    step('describe a model', 200, `/${first}`),
    step('describe a model that does not exist', 404, '/absent'),
    step('invoke a model that is not loaded', 404, '/absent/invoke', anyInvocation),
    ...(invocation === undefined ? [] : [step('invoke', 200, `/${first}/invoke`, invocation)]),
    step('unload', 200, `/${first}`, { method: 'DELETE' }),
    step('describe an unloaded model', 404, `/${first}`),
    step('invoke an unloaded model', 404, `/${first}/invoke`, anyInvocation),
    step('unload a model that is not loaded', 404, `/${first}`, { method: 'DELETE' }),
  ];
}

function step(description: string, status: number, route: string, request: StepRequest = {}): Step {
  return {
    description,
    route: `${SERVING.models}${route}`,
    request,
    expected: `status ${status}`,
    isExpected: (response) => !(response instanceof NoResponse) && response.status === status,
  };
}

function load(name: string): StepRequest {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.from(JSON.stringify({ model_name: name, url: `${PATHS.models}/${name}/model` })),
  };
}

function list(): Step {
  return {
    ...step('list', 200, ''),
    expected: 'status 200 and {"models": [{"modelName": …, "modelUrl": …}]} with both models',
    isExpected: (response) =>
      !(response instanceof NoResponse) && response.status === 200 && NAMES.every((name) => lists(response.body, name)),
  };
}

/** Whether the body of a list has a model. */
function lists(body: Buffer, name: string): boolean {
  try {
    const { models } = JSON.parse(body.toString()) as { models: { modelName?: string; modelUrl?: string }[] };
    return models.some(({ modelName, modelUrl }) => modelName === name && typeof modelUrl === 'string');
  } catch {
    return false;
  }
}
