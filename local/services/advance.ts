import type { Clock } from './clock';
import type { Service } from './service';
import type { Request, Response } from './wire/request';

const PATH = /^\/_advance\/(?<seconds>\d{1,8})$/;

/** The route by which a user moves the time of the service forward; AWS has no operation for it. */
export function advance(clock: Clock): Service {
  return { signingName: 'advance', routes: [{ path: PATH, respond: (request) => respond(clock, request) }] };
}

/** Responds when everything has happened up to the new time, which is the body of the response. */
async function respond(clock: Clock, { method, path }: Request): Promise<Response> {
  if (method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
  await clock.advance(Number(PATH.exec(path)?.groups?.seconds) * 1000);
  return { body: new Date(clock.now()).toISOString() };
}
