import type { Resource } from '../check/app/assembly';

/** How something differs from the previous assembly. */
export type Change = 'new' | 'changed' | 'unchanged' | 'gone';

/** Something that a stack runs, or pays for. */
export interface Item {
  /** The construct path. */
  readonly path: string;

  /** Undefined without a previous assembly. */
  readonly change?: Change;

  /** Whether it has a condition that is only decided at deployment. */
  readonly isConditional?: boolean;
}

/** The root stack of a resource. */
export function stackOf({ id }: Resource): string {
  return id.split(/[./]/)[0];
}

/** A construct path below that of a stack; the complete path of a construct in another stack. */
export function below(stack: string, path: string): string {
  return path.startsWith(`${stack}/`) ? path.slice(stack.length + 1) : path;
}

export function itemOf({ path, isConditional }: Resource, name = ''): Item {
  return {
    path: `${path.replace(/(\/Handled)?\/Job\/Start$|\/Resource$/, '')}${name}`,
    ...(isConditional === true ? { isConditional } : {}),
  };
}

/** Whether a value refers to a resource or to one of its attributes. */
export function refersTo(value: unknown, { id }: Resource): boolean {
  const json = JSON.stringify(value) ?? '';
  return json.includes(`{{${id}}}`) || json.includes(`{{${id}.`);
}

/** The items with their changes, and those that are gone, ordered by path. */
export function withChanges<T extends Item>(
  now: T[],
  before: T[] | undefined,
  keyOf: (item: T) => string,
  identityOf: (item: T) => unknown,
): T[] {
  const sorted = (items: T[]): T[] => [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  if (before === undefined) return sorted(now);
  const previous = new Map(before.map((item) => [keyOf(item), JSON.stringify(identityOf(item))]));
  const change = (item: T): Change => {
    const found = previous.get(keyOf(item));
    if (found === undefined) return 'new';
    return found === JSON.stringify(identityOf(item)) ? 'unchanged' : 'changed';
  };
  const keys = new Set(now.map(keyOf));
  const gone = before.filter((item) => !keys.has(keyOf(item)));
  return sorted([
    ...now.map((item) => ({ ...item, change: change(item) })),
    ...gone.map((item) => ({ ...item, change: 'gone' as const })),
  ]);
}
