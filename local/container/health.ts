import { setTimeout as pause } from 'node:timers/promises';
import { SECONDS, SERVING } from '../contract';
import { NoResponse, sendRequest } from '../http';
import type { Listener } from './engine';
import { isLoopback } from './sockets';
import type { Standstill } from './standstill';

const PING_INTERVAL_MS = 200;

/** The time limits of the wait for a container to become healthy, and its port. */
interface HealthOptions {
  readonly startUpSeconds?: number;
  readonly pingTimeoutSeconds?: number;
  readonly port?: number;
}

/** The wait for a container to become healthy. */
export interface StartUpWait {
  /** Why it is not healthy yet. */
  readonly state: string;
  readonly seconds: number;
  readonly limitSeconds: number;
}

/** Why a container did not become healthy. */
export type HealthFailure = 'ended' | 'silent' | 'status' | 'redirect' | 'late' | 'stopped';

type Health =
  | { readonly url: string }
  | { readonly failure: HealthFailure; readonly reason: string; readonly isStandstill?: boolean };

/** A container that is about to serve. */
interface Starting {
  readonly ended: Promise<number>;
  readonly stop?: AbortSignal;
  readonly standstill: Standstill;
  readonly listeners: () => Promise<Listener[] | undefined>;
  readonly isIdle: () => Promise<boolean | undefined>;
  readonly onWait: (wait: StartUpWait) => void;
}

/** Why a container is not healthy, and how to fix it, if that is known. */
interface NotYet {
  readonly failure: HealthFailure;
  readonly problem: string;
  readonly fix?: string;

  /** Whether nothing can reach the server, or the route, as long as that does not change. */
  readonly isUnreachable: boolean;
}

/** Waits until the container is healthy, and returns its URL or why it is not. */
export async function untilHealthy(url: string, options: HealthOptions, starting: Starting): Promise<Health> {
  const { ended, stop, standstill, isIdle, onWait } = starting;
  const { startUpSeconds = SECONDS.startUp, pingTimeoutSeconds = SECONDS.pingTimeout, port = SERVING.port } = options;
  let exitCode: number | undefined;
  ended.then(
    (code) => (exitCode = code),
    // The container has been removed, and has no exit code.
    () => (exitCode = NaN),
  );
  const started = Date.now();
  const seconds = (): number => (Date.now() - started) / 1000;
  let last = unreachable(port);
  while (seconds() < startUpSeconds && exitCode === undefined && stop?.aborted !== true) {
    // Before the ping, which the server responds to: it is not idle meanwhile.
    const wasIdle = await isIdle();
    const result = await ping(`${url}${SERVING.ping}`, pingTimeoutSeconds);
    if (result === 'healthy') return { url };
    if (result !== 'silent') last = result;
    // A server that has responded before may be restarting.
    else if (last.failure === 'silent') last = unreachable(port, await starting.listeners());
    else last = { ...last, isUnreachable: false };
    const reason = standstill.reasonFor({ ...last, isIdle: wasIdle });
    if (reason !== undefined) return { failure: last.failure, reason: withFix(reason, last), isStandstill: true };
    onWait({ state: last.problem, seconds: seconds(), limitSeconds: startUpSeconds });
    await Promise.race([ended, pause(PING_INTERVAL_MS)]);
  }
  if (exitCode !== undefined)
    return { failure: 'ended', reason: `it exited with code ${exitCode} instead of serving.` };
  if (stop?.aborted === true) return { failure: 'stopped', reason: 'it was stopped.' };
  return { failure: last.failure, reason: withFix(`${last.problem} (for ${startUpSeconds} s)`, last) };
}

const withFix = (reason: string, { fix = '' }: NotYet): string => `${reason}. ${fix}`.trimEnd();

/** Why nothing can connect to the port of a container. */
function unreachable(port: number, listeners: Listener[] = []): NotYet {
  const own = listeners.filter((listener) => listener.port === port);
  const others = [...new Set(listeners.map((listener) => listener.port))].join(', ');
  const silent = { failure: 'silent' as const, isUnreachable: listeners.length > 0, fix: `Listen on 0.0.0.0:${port}.` };
  if (listeners.length === 0) return { ...silent, problem: `nothing listens on port ${port}` };
  if (own.length === 0) return { ...silent, problem: `it listens on port ${others}, but not on port ${port}` };
  if (own.every(isLoopback)) return { ...silent, problem: `it listens on port ${port} of 127.0.0.1 only` };
  return { failure: 'silent', problem: `it does not respond over HTTP on port ${port}`, isUnreachable: false };
}

/** How often a container is pinged while it serves, and how many consecutive pings may fail. */
export interface HealthCheck {
  readonly intervalSeconds: number;
  readonly failures: number;

  /** Whether the container processes a request: many servers do not respond to pings meanwhile. */
  isBusy(): boolean;
}

const HEALTH_CHECK: HealthCheck = { intervalSeconds: 5, failures: 3, isBusy: () => false };

/**
 * Waits until a container that was healthy ends, or does not respond to pings any more, and returns the reason. Undefined if the wait
 * is stopped.
 */
export async function untilUnhealthy(
  { url, ended }: { readonly url: string; readonly ended: Promise<number> },
  stop: AbortSignal,
  check: Partial<HealthCheck> = {},
): Promise<string | undefined> {
  const { intervalSeconds, failures, isBusy } = { ...HEALTH_CHECK, ...check };
  const end = ended.then(
    (code) => `it exited with code ${code}`,
    () => 'it was removed',
  );
  const interval = (): Promise<undefined> =>
    pause(intervalSeconds * 1000, undefined, { signal: stop, ref: false }).catch(() => undefined);
  let failed = 0;
  while (!stop.aborted) {
    const reason = await Promise.race([end, interval()]);
    if (stop.aborted) return undefined;
    if (reason !== undefined) return reason;
    const result = await ping(`${url}${SERVING.ping}`, SECONDS.pingTimeout);
    failed = result === 'healthy' || isBusy() ? 0 : failed + 1;
    if (failed >= failures) {
      const problem = typeof result === 'string' ? `GET ${SERVING.ping} got no response` : result.problem;
      return `${problem}, ${failures} consecutive times`;
    }
  }
  return undefined;
}

/** The statuses of a route that does not exist. A server that is not ready yet responds with another one. */
const NO_ROUTE = [404, 405];

/** Whether the container is healthy, does not listen yet, or has another problem. */
async function ping(url: string, timeoutSeconds: number): Promise<'healthy' | 'silent' | NotYet> {
  const response = await sendRequest(url, { timeoutSeconds });
  if (response instanceof NoResponse) {
    if (!response.isLate) return 'silent';
    const problem = `GET ${SERVING.ping} got no response within ${timeoutSeconds} s`;
    return { failure: 'late', problem, isUnreachable: false };
  }
  const { status, headers } = response;
  if (status === 200) return 'healthy';
  const { location } = headers;
  if (location !== undefined) {
    const problem = `GET ${SERVING.ping} redirects to ${location} (status ${status})`;
    return { failure: 'redirect', problem, isUnreachable: true };
  }
  const problem = `GET ${SERVING.ping} responded with status ${status}, not 200`;
  return { failure: 'status', problem, isUnreachable: NO_ROUTE.includes(status) };
}
