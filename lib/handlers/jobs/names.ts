import { createHash } from 'node:crypto';

const HASH_LENGTH = 10;

/**
 * The name of a job: its prefix, and a hash over what decides the artifact and over the stack. The same stack asks for
 * the same job under the same name, however often, late or out of order.
 */
export function baseName(prefix: string, identity: string, stackId: string): string {
  return `${prefix}-${hash(`${stackId}\n${identity}`).slice(0, HASH_LENGTH)}`;
}

/** A job that failed or was stopped keeps its name for ever; what comes after it has a number. */
export function attempt(base: string, number: number): string {
  return number === 1 ? base : `${base}-${number}`;
}

export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
