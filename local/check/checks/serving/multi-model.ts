import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { PATHS, SERVING } from '../../../contract';
import type { Check, Problem } from '../../core/check';
import type { Lab } from '../../probe/check-context';
import { tail } from '../../probe/training-probe';
import { type HttpResponse, NoResponse, sendRequest } from '../../../http';
import { said } from './invocations';

const NAMES = ['first', 'second'];

/** Puts the model where the platform would, twice. */
async function prepare(lab: Lab, models: string): Promise<void> {
  for (const name of NAMES) {
    const directory = path.join(models, name, 'model');
    mkdirSync(directory, { recursive: true });
    await lab.serving.placeModel(directory);
  }
}

export const multiModel: Check = {
  id: 'multi-model',
  group: 'serving',
  severity: 'error',
  fact: 'B40, B41',
  title: 'Models are loaded, listed, asked and unloaded while the container serves',
  unless: (lab) =>
    lab.specification.serving?.isMultiModel === true
      ? undefined
      : 'the container is not for many models (--multi-model)',
  run: async (lab) => {
    await lab.serving.healthy();
    const { models = '' } = await lab.serving.request();
    await prepare(lab, models);
    return lab.serving.varied(
      (request) => ({ ...request, models }),
      async ({ server, lines }) => {
        if (server === undefined) return [];
        const problems: Problem[] = [];
        for (const step of stepsOf(lab)) {
          const asked = { ...step.asked, timeoutSeconds: lab.serving.times.modelLoading };
          const answer = await sendRequest(`${server.url}${step.route}`, asked);
          if (step.isRight(answer)) continue;
          const { method = 'GET' } = step.asked;
          problems.push({
            message: `${method} ${step.route} (${step.what}) is to be answered with ${step.expected}: ${said(answer)}`,
            fix: 'Implement the routes of multi-model endpoints: POST and GET /models, GET and DELETE /models/{name}, POST /models/{name}/invoke.',
            evidence: tail(lines),
          });
        }
        return problems;
      },
    );
  },
};

interface Step {
  readonly what: string;
  readonly route: string;
  readonly asked: { method?: 'GET' | 'POST' | 'DELETE'; body?: Uint8Array; headers?: Record<string, string> };
  readonly expected: string;
  isRight(answer: HttpResponse | NoResponse): boolean;
}

function stepsOf(lab: Lab): Step[] {
  const status =
    (wanted: number) =>
    (answer: HttpResponse | NoResponse): boolean =>
      !(answer instanceof NoResponse) && answer.status === wanted;
  const load = (name: string): Step['asked'] => ({
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.from(JSON.stringify({ model_name: name, url: `${PATHS.models}/${name}/model` })),
  });
  const step = (what: string, wanted: number, route: string, asked: Step['asked'] = {}): Step => ({
    what,
    route: `${SERVING.models}${route}`,
    asked,
    expected: String(wanted),
    isRight: status(wanted),
  });
  const invoke = lab.serving.specification.requests.length === 0 ? undefined : lab.serving.invocation();
  const listed: Step = {
    ...step('list', 200, ''),
    expected: '200 and both models',
    isRight: (answer) =>
      status(200)(answer) &&
      !(answer instanceof NoResponse) &&
      NAMES.every((name) => answer.body.toString().includes(name)),
  };
  return [
    ...NAMES.map((name) => step('load', 200, '', load(name))),
    step('load what is loaded', 409, '', load(NAMES[0])),
    listed,
    step('ask for one', 200, `/${NAMES[0]}`),
    step('ask for one that is not there', 404, '/absent'),
    ...(invoke === undefined ? [] : [step('invoke', 200, `/${NAMES[0]}/invoke`, invoke)]),
    step('unload', 200, `/${NAMES[0]}`, { method: 'DELETE' }),
    step('ask for what is unloaded', 404, `/${NAMES[0]}`),
  ];
}
