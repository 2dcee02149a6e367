import type { Response } from '../wire/request';
import { RECORDED_TYPES } from './recorded';
import type { Stacks } from './store';

/** The deployed stacks, as `byoa local status` prints them. */
export interface ServiceStatus {
  readonly stacks: {
    readonly name: string;
    readonly status: string;

    /** Resources that are recorded but not emulated. */
    readonly recorded: string[];
  }[];
}

export function respondStatus(stacks: Stacks): Response {
  const status: ServiceStatus = {
    stacks: stacks.list().map(({ name, status: stackStatus, resources }) => ({
      name,
      status: stackStatus,
      recorded: Object.values(resources)
        .filter(({ type }) => Object.hasOwn(RECORDED_TYPES, type))
        .map(({ logicalId, type }) => `${logicalId} (${type})`),
    })),
  };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(status) };
}
