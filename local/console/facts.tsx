import type { ComponentChildren, JSX } from 'preact';
import { hasContent } from './table';

/** The facts about a resource, those without a value left out, and everything that its Describe operation returns. */
export function Facts({
  of,
  all,
}: {
  readonly of: Record<string, ComponentChildren>;
  readonly all?: object;
}): JSX.Element {
  const known = Object.entries(of).filter(([, value]) => hasContent(value));
  return (
    <>
      <dl class="facts">
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {all !== undefined && (
        <details>
          <summary>All properties</summary>
          <pre tabIndex={0}>{JSON.stringify(all, undefined, 2)}</pre>
        </details>
      )}
    </>
  );
}
