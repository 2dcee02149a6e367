import { randomBytes } from 'node:crypto';
import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Store } from '../store';
import type { PolicyDocument } from './evaluation/document';
import { uniqueId } from './roles';

/** A session of a role: temporary credentials, and what their requests are evaluated by. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly token: string;

  /** Milliseconds since 1970. */
  readonly expiration: number;
  readonly roleArn: string;
  readonly name: string;
  readonly policy?: PolicyDocument;

  /** Condition keys of all requests of the session. */
  readonly keys: Record<string, string>;
}

/** The access keys of sessions start with it, and those of users do not. */
const TEMPORARY = 'ASIA';

type SessionInput = Pick<Session, 'roleArn' | 'name'> & Partial<Pick<Session, 'policy' | 'keys'>>;

/**
 * The sessions of roles, which a restart of the service does not end. They expire in real time, by which clients renew them: `byoa local
 * advance` does not end the session of a deployment that is in progress.
 */
export class Sessions {
  private readonly sessions: Store<Session>;

  constructor(context: Context) {
    this.sessions = context.store<Session>('sessions');
  }

  public create(input: SessionInput, seconds: number): Session {
    this.removeExpired();
    const session: Session = {
      keys: {},
      ...input,
      accessKeyId: uniqueId(TEMPORARY),
      secretAccessKey: randomBytes(30).toString('base64'),
      token: randomBytes(96).toString('base64'),
      expiration: Date.now() + seconds * 1000,
    };
    return this.sessions.put(session.accessKeyId, session);
  }

  /** The session of an access key; undefined for the access key of a user. */
  public of(accessKeyId: string): Session | undefined {
    const session = this.sessions.get(accessKeyId);
    if (session === undefined && accessKeyId.startsWith(TEMPORARY)) {
      throw new ServiceError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
    }
    if (session !== undefined && session.expiration <= Date.now()) {
      throw new ServiceError('ExpiredToken', 'The security token included in the request is expired', 403);
    }
    return session;
  }

  private removeExpired(): void {
    for (const { accessKeyId, expiration } of this.sessions.list()) {
      if (expiration <= Date.now()) this.sessions.delete(accessKeyId);
    }
  }
}
