import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { LogLine } from './log-reader';

/** The most lines that the page shows. `byoa local logs` prints all of them. */
const MAX_LINES = 2000;

/** A log, which follows its last line unless the user has scrolled up. */
export function Log({ lines }: { readonly lines: readonly LogLine[] }): JSX.Element {
  const element = useRef<HTMLPreElement>(null);
  const isFollowing = useRef(true);
  useLayoutEffect(() => {
    const { current } = element;
    if (current !== null && isFollowing.current) current.scrollTop = current.scrollHeight;
  }, [lines]);
  if (lines.length === 0) return <p class="muted">The log has no lines yet.</p>;
  const shown = lines.slice(-MAX_LINES);
  const hasStreams = new Set(shown.map(({ stream }) => stream)).size > 1;
  const onScroll = ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }: { currentTarget: Element }): void => {
    isFollowing.current = scrollHeight - scrollTop - clientHeight < 8;
  };
  return (
    <>
      {shown.length < lines.length && (
        <p class="muted">
          The last {shown.length} of {lines.length} lines.
        </p>
      )}
      <pre class="log" role="log" aria-label="Log" tabIndex={0} ref={element} onScroll={onScroll}>
        {shown.map(({ stream, time, text }, index) => (
          <div key={index}>
            <span class="muted">{new Date(time).toLocaleTimeString()} </span>
            {hasStreams && <span class="muted">{hostOf(stream)} | </span>}
            {text}
          </div>
        ))}
      </pre>
    </>
  );
}

/** The host in the name of the stream of a job: `<job>/algo-1-<time>`. */
function hostOf(stream: string): string {
  return (stream.split('/').pop() ?? '').replace(/-\d{9,}$/, '');
}
