import type { IncomingHttpHeaders } from 'node:http';
import type { Replica } from '../endpoint/replicas';
import { PREFIX } from './invocation';

interface Session {
  readonly replica: Replica;

  /** Milliseconds since 1970; NaN if the session does not expire. */
  readonly expires: number;
}

/** The sessions of stateful models: all requests of a session go to the model server that has opened it. */
export class Sessions {
  private readonly sessions = new Map<string, Session>();

  constructor(private readonly clock: { now(): number }) {}

  /** The model server of a session; undefined if the session is unknown or has expired. */
  public replicaOf(id = ''): Replica | undefined {
    this.removeExpired();
    return this.sessions.get(id)?.replica;
  }

  /** Opens or closes a session, if the response of its model server does. */
  public update(headers: IncomingHttpHeaders, replica: Replica): void {
    const [opened, expires] = parts(headers[`${PREFIX}session-id`]);
    const [closed] = parts(headers[`${PREFIX}closed-session-id`]);
    if (opened !== '') this.sessions.set(opened, { replica, expires: Date.parse(expires) });
    this.sessions.delete(closed);
  }

  private removeExpired(): void {
    for (const [id, { expires }] of this.sessions) if (expires < this.clock.now()) this.sessions.delete(id);
  }
}

/** The ID and the time in `<id>; Expires=<time>`. */
function parts(header: string | string[] = ''): [string, string] {
  const [id, expires = ''] = String(header).split('; Expires=');
  return [id, expires];
}
