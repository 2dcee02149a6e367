import type { JSX } from 'preact';
import { statusKind } from './status-kind';

/** A status with a colored dot. */
export function Status({ of = '' }: { readonly of?: string }): JSX.Element {
  return <span class={`status ${statusKind(of)}`}>{of}</span>;
}
