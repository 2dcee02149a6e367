import type { CheckOptions, CheckRequest, CheckResult, ServingOptions } from '../../../local/check';
import type { EngineError, ImageInfo, Listener } from '../../../local/container';
import type { Program } from '../fake-engine';
import {
  CheckEngine,
  HANDLERS,
  type Handler,
  type WebServer,
  check,
  directoryWith,
  routes,
  serving,
} from './check-engine';

export interface Container {
  readonly program: Program;
  readonly options?: ServingOptions;
  readonly info?: Partial<ImageInfo>;
  readonly listeners?: Listener[];
  readonly isIdle?: boolean;
  readonly files?: Record<string, string>;
  readonly startError?: EngineError;
  readonly checks?: CheckOptions;
}

/** Short time limits for containers that never become healthy, or never respond. */
export const SHORT = { times: { startUp: 0.3, invocation: 0.3 } };

export function checkServing(container: Container): Promise<CheckResult> {
  const engine = new CheckEngine(container.program);
  engine.imageInfo = container.info ?? {};
  engine.imageRoot = directoryWith(container.files);
  engine.listeners = container.listeners;
  engine.idle = container.isIdle;
  engine.startError = container.startError;
  const file = `${directoryWith({ 'request.csv': '1,2\n3,4\n' })}/request.csv`;
  const request: Omit<CheckRequest, 'source'> = {
    training: false,
    serving: {
      model: directoryWith({ 'model.json': '{}' }),
      requests: [{ file, contentType: 'text/csv' }],
      accepts: ['text/csv'],
      ...container.options,
    },
  };
  return check(engine, request, { only: ['serving'], ...container.checks });
}

/** A program that fulfills the contract except for some routes. */
export const program = (handlers: Record<string, Handler> = {}, rest: Partial<WebServer> = {}): Program =>
  serving(() => ({ listener: routes({ ...HANDLERS, ...handlers }), ...rest }));

export const invocations = (handler: Handler): Program => program({ 'POST /invocations': handler });
export const valid = HANDLERS['POST /invocations'];
