import { randomBytes } from 'node:crypto';

/** The ID of an instance, as Amazon EC2 generates one. */
export function instanceId(): string {
  return `i-${randomBytes(9).toString('hex').slice(1)}`;
}
