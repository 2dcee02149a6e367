import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Failure } from './failure';

const MILLISECONDS = 2000;

interface Props<T> {
  readonly load: () => Promise<T>;

  /** Shows the value. `reload` loads the next one at once. */
  readonly children: (value: T, reload: () => void) => ComponentChildren;
}

/** A part of the page whose value is loaded again every two seconds while the page is visible. */
export function Polled<T>({ load, children }: Props<T>): JSX.Element {
  const [state, setState] = useState<{ readonly value?: T; readonly error?: unknown }>({});
  const latest = useRef(load);
  latest.current = load;
  const reload = useRef<() => void>(() => undefined);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isMounted = true;
    let isLoading = false;
    let isOutdated = false;
    const loadOnce = async (): Promise<void> => {
      const loaded = await latest.current().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      // The last value remains visible below an error.
      if (isMounted) setState((before) => ({ value: before.value, error: undefined, ...loaded }));
    };
    // One at a time: the reader of a log continues where the last reading has ended.
    const next = async (): Promise<void> => {
      isOutdated = true;
      if (isLoading) return;
      clearTimeout(timer);
      isLoading = true;
      while (isOutdated && isMounted && !document.hidden) {
        isOutdated = false;
        await loadOnce();
      }
      isLoading = false;
      if (isMounted) timer = setTimeout(() => void next(), MILLISECONDS);
    };
    reload.current = () => void next();
    const onVisible = (): void => void (document.hidden || next());
    document.addEventListener('visibilitychange', onVisible);
    void next();
    return () => {
      isMounted = false;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, []);
  return (
    <>
      {state.error !== undefined && <Failure error={state.error} />}
      {state.value === undefined
        ? state.error === undefined && <p class="muted">Loading…</p>
        : children(state.value, () => reload.current())}
    </>
  );
}
