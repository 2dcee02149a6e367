import { readdirSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import { SERVING } from '../../../contract';
import { Untold } from '../../core/check';
import type { Lab } from '../../probe/check-context';
import { type HttpResponse, NoResponse, isSuccess, openRequest } from '../../../http';
import { tail } from '../../probe/training-probe';

/** What a container does at its end, and without its model. */
export interface Farewell {
  /** Whether the sample was still answered when the model's files had gone. */
  readonly withoutModel?: HttpResponse | NoResponse;

  /** The answer to a request that was under way when SIGTERM came. */
  readonly underWay?: HttpResponse | NoResponse;
  readonly exitCode: number;
  readonly evidence: string[];
}

/** Takes the model of a container of its own away, and then stops it in the middle of a request: once for all checks. */
export function farewell(lab: Lab): Promise<Farewell> {
  return lab.serving.shared('farewell', () => take(lab));
}

async function take(lab: Lab): Promise<Farewell> {
  await lab.serving.healthy();
  const hasSample = lab.serving.specification.requests.length > 0 && lab.serving.specification.isMultiModel !== true;
  if (hasSample) await lab.serving.answering();
  const model = await copyOfModel(lab);
  return lab.serving.varied(
    (request) => ({ ...request, ...(model === undefined ? {} : { model }) }),
    async ({ server, lines }) => {
      if (server === undefined) throw new Untold('the container did not become healthy again');
      // The first request may load the model; what comes after it must not.
      if (hasSample) await lab.serving.invoke(server.url, lab.serving.invocation());
      if (model !== undefined) hide(model);
      const withoutModel = hasSample && model !== undefined ? await askAll(lab, server.url) : undefined;
      if (model !== undefined) restore(model);
      const request = hasSample ? await begin(lab, server.url) : undefined;
      const stopped = server.stop();
      const underWay = await request?.end();
      return { withoutModel, underWay, exitCode: await stopped, evidence: tail(lines) };
    },
  );
}

/** Asks so often that each worker is asked: one that has loaded the model answers. */
async function askAll(lab: Lab, url: string): Promise<HttpResponse | NoResponse> {
  const times = Array.from({ length: 2 * availableParallelism() });
  const answers = await Promise.all(times.map(() => lab.serving.invoke(url, lab.serving.invocation())));
  return answers.find((answer) => isAnswered(answer)) ?? answers[0];
}

const HIDDEN = '.hidden-';

function hide(model: string): void {
  readdirSync(model).forEach((name) => renameSync(path.join(model, name), path.join(model, `${HIDDEN}${name}`)));
}

function restore(model: string): void {
  readdirSync(model)
    .filter((name) => name.startsWith(HIDDEN))
    .forEach((name) => renameSync(path.join(model, name), path.join(model, name.slice(HIDDEN.length))));
}

async function copyOfModel(lab: Lab): Promise<string | undefined> {
  const directory = lab.serving.directory();
  if (lab.serving.specification.isMultiModel === true) return undefined;
  return (await lab.serving.placeModel(directory)) ? directory : undefined;
}

/** A request of which half has been sent: the server knows of it, and cannot have answered it. */
async function begin(lab: Lab, url: string): Promise<{ end: () => Promise<HttpResponse | NoResponse> }> {
  const asked = lab.serving.invocation();
  const body = Buffer.from(asked.body ?? []);
  const half = Math.floor(body.length / 2);
  const { client, response } = openRequest(`${url}${SERVING.invocations}`, asked);
  await new Promise<void>((resolve) => client.write(body.subarray(0, half), () => resolve()));
  // The server has to read what was sent before it is told to stop.
  await new Promise((resolve) => setTimeout(resolve, BEFORE_STOP_MS));
  return {
    end: async () => {
      await new Promise((resolve) => setTimeout(resolve, BEFORE_STOP_MS));
      client.end(body.subarray(half));
      return response.catch((error: NoResponse) => error);
    },
  };
}

const BEFORE_STOP_MS = 250;

export const isAnswered = (answer: HttpResponse | NoResponse | undefined): boolean =>
  answer === undefined || (!(answer instanceof NoResponse) && isSuccess(answer));
