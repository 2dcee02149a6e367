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

  /** Whether the first process handles SIGTERM; undefined if it cannot be read. */
  readonly isHandled?: boolean;

  /** The exit code; undefined for a server without a handler, which is not stopped. */
  readonly exitCode?: number;
  readonly evidence: string[];
}

/** How long the server may take to read the first half of the request in flight. */
const BETWEEN_HALVES_MS = 250;
const PATIENT_MS = 3000;

/** The shutdown, with more time for a server that has failed the request in flight on a busy machine. */
export function observeShutdown({ serving }: CheckContext, isPatient = false): Promise<Shutdown> {
  return serving.shared(isPatient ? 'patient shutdown' : 'shutdown', async () => {
    await serving.healthy();
    const { requests, isMultiModel = false } = serving.specification;
    const hasSample = requests.length > 0 && !isMultiModel && isSuccessful(await serving.sampleResponse());
    const model = isMultiModel ? undefined : await copyOfModel(serving);
    return serving.another(
      (request) => ({ ...request, ...(model === undefined ? {} : { model }) }),
      async (server, lines, container) => {
        const withoutModel = hasSample ? await invokeWithoutModel(serving, server.url, model) : undefined;
        const isHandled = await serving.handlesSigterm(container);
        if (isHandled === false) return { withoutModel, isHandled, evidence: lastLines(lines) };
        const pause = isPatient ? PATIENT_MS : BETWEEN_HALVES_MS;
        const request = hasSample ? await sendFirstHalf(serving, server.url, pause) : undefined;
        const stopped = server.stop();
        const inFlight = await request?.sendRest();
        return { withoutModel, inFlight, isHandled, exitCode: await stopped, evidence: lastLines(lines) };
      },
    );
  });
}

async function copyOfModel(serving: ServingProbe): Promise<string | undefined> {
  const directory = serving.directory();
  return (await serving.model.place(directory)) ? directory : undefined;
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
  const reference = await serving.reference();
  return responses.find((response) => reference.isLike(response)) ?? responses[0];
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

/** Sends half of a request: the server knows about it, but cannot have responded yet. */
async function sendFirstHalf(
  serving: ServingProbe,
  url: string,
  pause: number,
): Promise<{ sendRest(): Promise<HttpResponse | NoResponse> }> {
  const request = serving.invocation();
  const body = Buffer.from(request.body ?? []);
  const half = Math.floor(body.length / 2);
  const { client, response } = openRequest(`${url}${SERVING.invocations}`, request);
  await new Promise<void>((resolve) => client.write(body.subarray(0, half), () => resolve()));
  // The server must have read the first half when it receives SIGTERM.
  await sleep(pause);
  return {
    sendRest: async () => {
      await sleep(pause);
      client.end(body.subarray(half));
      return response.catch((error: NoResponse) => error);
    },
  };
}
