import type { Construct } from 'constructs';
import { addWarning } from './rules';
import { isKnown } from './validation';

/** Warns about content types that are not MIME types: the API accepts any text, but clients and containers compare MIME types. */
export function warnAboutContentTypes(scope: Construct, contentTypes: (string | undefined)[]): void {
  const others = contentTypes.filter((type) => isKnown(type) && !/^[^/]+\/[^/]+$/.test(type));
  if (others.length === 0) return;
  addWarning(
    scope,
    'algorithms',
    'contentType',
    `Content types that are not MIME types such as "text/csv": ${[...new Set(others)].join(', ')}.`,
  );
}
