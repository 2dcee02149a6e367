import type { Service } from './service';
import type { Request, Response } from './wire/request';

/** A schedule, or a rule with a schedule, that a user can fire. */
export interface Fireable {
  readonly kind: string;
  readonly name: string;

  /** The name in the template of its stack. */
  readonly logicalId?: string;

  /** Uses all targets, and returns the effects in words. It throws an error if a target cannot be used. */
  fire(): Promise<string[]>;
}

const PATH = /^\/_fire\/(?<name>.+)$/;

/** The route by which a user fires a schedule; AWS has no operation for it. */
export function fire(list: () => Fireable[]): Service {
  return { signingName: 'fire', routes: [{ path: PATH, respond: (request) => respond(list(), request) }] };
}

async function respond(all: Fireable[], { method, path }: Request): Promise<Response> {
  if (method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
  const name = PATH.exec(path)?.groups?.name ?? '';
  const found = matching(all, name);
  if (found.length === 1) return fired(found[0]);
  const candidates = (found.length === 0 ? all : found).map(shown).join(', ');
  if (found.length > 1) return { status: 400, body: `Several schedules match "${name}": ${candidates}.` };
  const known = all.length === 0 ? 'There are no schedules.' : `The schedules are ${candidates}.`;
  return { status: 404, body: `No schedule has the name "${name}". ${known}` };
}

async function fired(one: Fireable): Promise<Response> {
  try {
    return { body: (await one.fire()).map((effect) => `${one.name}: ${effect}`).join('\n') };
  } catch (error) {
    return { status: 400, body: `${one.name}: ${(error as Error).message}` };
  }
}

/** The schedules with a name: the complete name or logical ID, or the end of one, also without the hash of the CDK. */
function matching(all: Fireable[], name: string): Fireable[] {
  const exact = all.filter((one) => one.name === name || one.logicalId === name);
  if (exact.length > 0) return exact;
  const endings = ({ name: own, logicalId = '' }: Fireable): string[] => [
    own,
    logicalId,
    logicalId.replace(/[0-9A-F]{8}$/, ''),
  ];
  return all.filter((one) => endings(one).some((ending) => ending.endsWith(name)));
}

function shown({ kind, name, logicalId }: Fireable): string {
  return logicalId === undefined ? `${name} (${kind})` : `${name} (${kind} ${logicalId})`;
}
