import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  readonly title: string;

  /** The view that lists the resource, as a link and its text. */
  readonly parent?: readonly [href: string, text: string];
  readonly children: ComponentChildren;
}

/** The content of a view. Its heading gets the focus when the view opens, so that screen readers announce it. */
export function Page({ title, parent, children }: Props): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – local service`;
    heading.current?.focus();
  }, [title]);
  return (
    <main id="content">
      {parent !== undefined && (
        <p class="parent">
          <a href={parent[0]}>{parent[1]}</a>
        </p>
      )}
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {children}
    </main>
  );
}
