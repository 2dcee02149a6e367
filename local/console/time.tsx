import type { JSX } from 'preact';

/** A time, in seconds since 1970 or as text: the time of day if it is today, and the date otherwise. */
export function Time({ of }: { readonly of?: number | string }): JSX.Element | null {
  if (of === undefined || of === '') return null;
  const time = typeof of === 'number' ? new Date(of * 1000) : new Date(of);
  const isToday = time.toDateString() === new Date().toDateString();
  return (
    <time dateTime={time.toISOString()} title={time.toLocaleString()}>
      {isToday ? time.toLocaleTimeString() : time.toLocaleDateString()}
    </time>
  );
}

/** A duration: `8 s`, `2 min 5 s`, `1 h 3 min`. */
export function duration(start?: number, end = Date.now() / 1000): string {
  if (start === undefined) return '';
  const seconds = Math.max(0, Math.round(end - start));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
