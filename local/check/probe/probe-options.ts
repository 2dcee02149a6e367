import type { Run } from '../../container';
import type { Slots } from '../core/concurrency';
import type { Times } from '../core/specification';
import type { Wait } from '../core/wait';

/** The options that all probes share. */
export interface ProbeOptions {
  /** Owns all containers, networks and directories of the probes. */
  readonly run: Run;

  /** The network of containers that are neither isolated nor distributed; created when it is first needed. */
  network(): Promise<string>;
  readonly times: Times;
  readonly slots: Slots;

  /** Receives the state of a container that is waited for, once a second or more often. */
  onWait?(wait: Wait): void;
}

/** A variation with the id of the check that it belongs to. */
export type VariationOf<T> = T & { readonly id: string };
