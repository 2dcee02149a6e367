import { readdirSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVING } from '../../../contract';
import { type HttpResponse, type NoResponse, openRequest } from '../../../http';
import type { CheckContext } from '../../probe/check-context';
import { lastLines } from '../../probe/evidence';
import { type ServingProbe, isSuccessful } from '../../probe/serving-probe';

/** How a container of its own behaves without the files of its model, and when it is stopped. */
export interface Shutdown {
  /** The response to the sample request after the files of the model were removed; undefined if it was not sent. */
  readonly withoutModel?: HttpResponse | NoResponse;

  /** The response to a request that was in flight when the server received SIGTERM; undefined if it was not sent. */
  readonly inFlight?: HttpResponse | NoResponse;
  readonly exitCode: number;
  readonly evidence: string[];
}

export function observeShutdown({ serving }: CheckContext): Promise<Shutdown> {
  return serving.shared('shutdown', async () => {
    await serving.healthy();
    const { requests, isMultiModel = false } = serving.specification;
    const hasSample = requests.length > 0 && !isMultiModel;
    if (hasSample) await serving.requireSuccess();
    const model = isMultiModel ? undefined : await copyOfModel(serving);
    return serving.another(
      (request) => ({ ...request, ...(model === undefined ? {} : { model }) }),
      async (server, lines) => {
        const withoutModel = hasSample ? await invokeWithoutModel(serving, server.url, model) : undefined;
        const request = hasSample ? await sendFirstHalf(serving, server.url) : undefined;
        const stopped = server.stop();
        const inFlight = await request?.sendRest();
        return { withoutModel, inFlight, exitCode: await stopped, evidence: lastLines(lines) };
      },
    );
  });
}

async function copyOfModel(serving: ServingProbe): Promise<string | undefined> {
  const directory = serving.directory();
  return (await serving.placeModel(directory)) ? directory : undefined;
}

async function invokeWithoutModel(
  serving: ServingProbe,
  url: string,
  model: string | undefined,
): Promise<HttpResponse | NoResponse | undefined> {
  // The first request may load the model; later ones must not.
  await serving.invoke(url, serving.invocation());
  if (model === undefined) return undefined;
  hideFiles(model);
  const response = await invokeAllWorkers(serving, url);
  restoreFiles(model);
  return response;
}

/** Sends so many requests that each worker gets one: the worker that has loaded the model succeeds. */
async function invokeAllWorkers(serving: ServingProbe, url: string): Promise<HttpResponse | NoResponse> {
  const count = 2 * availableParallelism();
  const responses = await Promise.all(Array.from({ length: count }, () => serving.invoke(url, serving.invocation())));
  return responses.find(isSuccessful) ?? responses[0];
}

const HIDDEN = '.hidden-';

function hideFiles(model: string): void {
  readdirSync(model).forEach((name) => renameSync(path.join(model, name), path.join(model, `${HIDDEN}${name}`)));
}

function restoreFiles(model: string): void {
  readdirSync(model)
    .filter((name) => name.startsWith(HIDDEN))
    .forEach((name) => renameSync(path.join(model, name), path.join(model, name.slice(HIDDEN.length))));
}

const BETWEEN_HALVES_MS = 250;

/** Sends half of a request: the server knows about it, but cannot have responded yet. */
async function sendFirstHalf(
  serving: ServingProbe,
  url: string,
): Promise<{ sendRest(): Promise<HttpResponse | NoResponse> }> {
  const request = serving.invocation();
  const body = Buffer.from(request.body ?? []);
  const half = Math.floor(body.length / 2);
  const { client, response } = openRequest(`${url}${SERVING.invocations}`, request);
  await new Promise<void>((resolve) => client.write(body.subarray(0, half), () => resolve()));
  // The server must have read the first half when it receives SIGTERM.
  await sleep(BETWEEN_HALVES_MS);
  return {
    sendRest: async () => {
      await sleep(BETWEEN_HALVES_MS);
      client.end(body.subarray(half));
      return response.catch((error: NoResponse) => error);
    },
  };
}
