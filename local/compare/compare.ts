import { performance } from 'node:perf_hooks';
import { type InvocationResult, ModelError, invoke } from '../container';
import { type BodyRules, type Difference, differenceOf, hasValue } from '../contract';

/** The two sides of a comparison, for example the current and the next version of a model. */
export const SIDES = ['a', 'b'] as const;
export type Side = (typeof SIDES)[number];
export type BySide<T> = Readonly<Record<Side, T>>;

export interface ComparedRequest {
  /** The file, with the line if the requests are lines. */
  readonly name: string;
  readonly body: Uint8Array;
  readonly contentType: string;
}

export interface ComparisonOptions extends BodyRules {
  readonly accept?: string;

  /** How often each request is sent to both sides. */
  readonly repeat: number;
  readonly stop?: AbortSignal;
}

/** The figures of one side. */
export interface SideResult {
  readonly source: string;
  readonly errorCount: number;

  /** The time of all invocations with a response, in milliseconds: undefined without any. */
  readonly latency?: { readonly p50: number; readonly p90: number; readonly p99: number };

  /** The memory of the container after the last request: undefined for a URL. */
  readonly memoryBytes?: number;
}

/** The outcome of a request. */
export interface RequestResult {
  readonly request: string;
  readonly difference?: Difference;
  readonly errors?: Partial<BySide<string>>;
}

export interface ComparisonResult {
  /** The part of the requests for which both sides had the same response, from 0 to 1. */
  readonly agreement: number;
  readonly requestCount: number;
  readonly sides: BySide<SideResult>;

  /** The requests with an error or a difference. */
  readonly disagreements: RequestResult[];
}

interface Invoked {
  readonly milliseconds: number;
  readonly response?: InvocationResult;
  readonly error?: string;

  /** Whether an error is the response of the model: otherwise there was no complete response. */
  readonly hasResponded?: boolean;
}

/**
 * Sends the same requests to two containers. The sides take turns in being the first, so that neither has the advantage of a busy or an
 * idle machine. A request on which a side fails is no agreement, even if both fail.
 */
export async function compare(
  urls: BySide<string>,
  requests: ComparedRequest[],
  options: ComparisonOptions,
): Promise<
  Pick<ComparisonResult, 'agreement' | 'requestCount' | 'disagreements'> & { readonly invoked: BySide<Invoked[]> }
> {
  const invoked: Record<Side, Invoked[]> = { a: [], b: [] };
  const disagreements: RequestResult[] = [];
  for (const [index, request] of requests.entries()) {
    const results: RequestResult[] = [];
    for (let round = 0; round < options.repeat; round++) {
      options.stop?.throwIfAborted();
      const isReversed = (index + round) % 2 === 1;
      const latest: Partial<Record<Side, Invoked>> = {};
      for (const side of isReversed ? [...SIDES].reverse() : SIDES) {
        latest[side] = await invokeOnce(urls[side], request, options);
        invoked[side].push(latest[side]);
      }
      results.push(resultOf(request, latest as BySide<Invoked>, options));
    }
    const disagreement = results.find(({ difference, errors }) => (difference ?? errors) !== undefined);
    if (disagreement !== undefined) disagreements.push(disagreement);
  }
  SIDES.forEach((side) => requireResponse(invoked[side]));
  requireValue([...invoked.a, ...invoked.b], options.jsonPath);
  // Not 1 minus the part that differs, which can be less than the same part as a literal: 0.93 of 100 requests.
  const agreement = (requests.length - disagreements.length) / requests.length;
  return { agreement, requestCount: requests.length, disagreements, invoked };
}

/** A side without any response is not compared: its address is wrong, or its container has ended. */
function requireResponse(invoked: Invoked[]): void {
  const hasAny = invoked.some(({ response, hasResponded = false }) => response !== undefined || hasResponded);
  if (!hasAny) throw new Error(invoked[0].error);
}

/** A path that selects nothing in any response is misspelled: everything would be the same. */
function requireValue(invoked: Invoked[], jsonPath: string | undefined): void {
  if (jsonPath === undefined) return;
  const responses = invoked.flatMap(({ response }) => response ?? []);
  if (responses.length === 0 || responses.some((response) => hasValue(response, jsonPath))) return;
  throw new Error(`--json-path: "${jsonPath}" selects no value in any response`);
}

async function invokeOnce(
  url: string,
  { body, contentType }: ComparedRequest,
  { accept }: ComparisonOptions,
): Promise<Invoked> {
  const start = performance.now();
  try {
    const response = await invoke(url, { body, contentType, accept });
    return { milliseconds: performance.now() - start, response };
  } catch (error) {
    const { message } = error as Error;
    return { milliseconds: performance.now() - start, error: message, hasResponded: error instanceof ModelError };
  }
}

function resultOf({ name }: ComparedRequest, { a, b }: BySide<Invoked>, rules: BodyRules): RequestResult {
  if (a.response === undefined || b.response === undefined) {
    return { request: name, errors: { ...(a.error && { a: a.error }), ...(b.error && { b: b.error }) } };
  }
  return { request: name, difference: differenceOf(a.response, b.response, rules) };
}

/** Calculates the figures of a side. */
export function sideResult(source: string, invoked: Invoked[], memoryBytes?: number): SideResult {
  const times = invoked.filter(({ response }) => response !== undefined).map(({ milliseconds }) => milliseconds);
  times.sort((one, other) => one - other);
  // The nearest rank.
  const percentile = (percent: number): number => times[Math.max(0, Math.ceil((percent / 100) * times.length) - 1)];
  return {
    source,
    errorCount: invoked.length - times.length,
    latency: times.length === 0 ? undefined : { p50: percentile(50), p90: percentile(90), p99: percentile(99) },
    memoryBytes,
  };
}
