import { type BodyRules, type Difference, differenceOf, selectsValue } from '../shared/bodies';
import type { CapturedRecord } from './captured-data';

/** The responses of two variants to the same requests. */
export interface Comparison {
  /** The number of requests with a response of both variants. */
  readonly requestCount: number;

  /** The number of those with the same response. */
  readonly agreementCount: number;

  /** The first responses that differ. */
  readonly difference?: Difference;

  /** Whether the JSONPath selects a value in any response of the production variant: otherwise it is misspelled. */
  readonly hasValue: boolean;

  /** The numbers of responses without a response of the other variant. */
  readonly unpaired: { readonly production: number; readonly shadow: number };
}

interface Pair {
  readonly production: CapturedRecord;
  readonly shadow: CapturedRecord;
}

/** Compares the captured responses of two variants. */
export function compare(production: CapturedRecord[], shadow: CapturedRecord[], rules: BodyRules): Comparison {
  const pairs = pairsOf(production, shadow);
  const differences = pairs.flatMap(
    ({ production: { response: a }, shadow: { response: b } }) => differenceOf(a, b, rules) ?? [],
  );
  const { jsonPath } = rules;
  return {
    requestCount: pairs.length,
    agreementCount: pairs.length - differences.length,
    difference: differences[0],
    hasValue: jsonPath === undefined || pairs.some(({ production: { response } }) => selectsValue(response, jsonPath)),
    unpaired: { production: production.length - pairs.length, shadow: shadow.length - pairs.length },
  };
}

/** Pairs the responses to the same request: by the inference ID of the caller, otherwise by the captured request itself. */
function pairsOf(production: CapturedRecord[], shadow: CapturedRecord[]): Pair[] {
  const byId = matches(production, shadow, ({ inferenceId }) => inferenceId);
  const isLeft = (side: keyof Pair) => {
    const paired = new Set(byId.map((pair) => pair[side]));
    return (record: CapturedRecord): boolean => !paired.has(record);
  };
  const byRequest = matches(
    production.filter(isLeft('production')),
    shadow.filter(isLeft('shadow')),
    ({ request }) => request,
  );
  return [...byId, ...byRequest];
}

/** Pairs the records with the same key. If a key occurs more than once, the first ones belong together. */
function matches(
  production: CapturedRecord[],
  shadow: CapturedRecord[],
  keyOf: (record: CapturedRecord) => string | undefined,
): Pair[] {
  const waiting = new Map<string, CapturedRecord[]>();
  // In reverse, since the end of a list is removed faster than its start.
  for (const record of [...production].reverse()) {
    const key = keyOf(record);
    const same = waiting.get(key ?? '');
    if (same !== undefined) same.push(record);
    else if (key !== undefined) waiting.set(key, [record]);
  }
  return shadow.flatMap((record) => {
    const first = waiting.get(keyOf(record) ?? '')?.pop();
    return first === undefined ? [] : [{ production: first, shadow: record }];
  });
}
