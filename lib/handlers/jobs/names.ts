import { createHash } from 'node:crypto';

const HASH_LENGTH = 10;

/**
 * The name of the first attempt to run a job: its prefix, and a hash of the job identity and the stack. It is the same each time an
 * event is delivered. No other name contains two consecutive hyphens, so that the prefix with both of them only matches this job.
 */
export function baseName(prefix: string, identity: string, stackId: string): string {
  return `${prefix}--${hash(`${stackId}\n${identity}`).slice(0, HASH_LENGTH)}`;
}

/** The name of an attempt. Job names cannot be used again, so that later attempts have a number. */
export function attempt(base: string, number: number): string {
  return number === 1 ? base : `${base}-${number}`;
}

export function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
