import { useEffect, useState } from 'preact/hooks';

/** The address of a view: the fragment of the URL, so that the service has one page only. */
export function link(...segments: string[]): string {
  return `#/${segments.map(encodeURIComponent).join('/')}`;
}

function current(): string[] {
  const segments = location.hash.replace(/^#\/?/, '').split('/');
  return segments.filter((segment) => segment !== '').map(decoded);
}

/** A fragment that the user has typed may not be encoded. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The segments of the address of the current view. */
export function useRoute(): string[] {
  const [route, setRoute] = useState(current);
  useEffect(() => {
    const update = (): void => setRoute(current());
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  }, []);
  return route;
}
