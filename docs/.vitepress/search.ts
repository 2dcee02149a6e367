/**
 * The text of a page that the search indexes. A heading of the API reference has the names of a member in all languages: the search shows that
 * in TypeScript as the title, and also finds the others.
 */
import type { MarkdownEnv, MarkdownRenderer } from 'vitepress';

export function searchable(source: string, env: MarkdownEnv, md: MarkdownRenderer): string {
  const html = md.render(source, env);
  if (!env.relativePath.startsWith('reference/')) return html;
  return html.replace(
    /(<h3 [^>]*>)(.*?)(<a class="header-anchor".*?<\/h3>)/g,
    (_, start: string, names: string, end: string) => {
      const [title, ...others] = names.match(/<span .*?<\/span>/g) ?? [];
      return `${start}${title}${end}<p>${others.join(' ')}</p>`;
    },
  );
}
