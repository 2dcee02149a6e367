/**
 * Links from a page to files outside `docs/`, which GitHub resolves in the repository. The site does not contain these files, so that its links
 * lead to the repository.
 */
import { existsSync, statSync } from 'node:fs';
import * as path from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

export function repositoryLinks(md: MarkdownRenderer, docs: string, repository: string): void {
  const root = path.dirname(docs);
  md.core.ruler.push('repository-links', ({ tokens, env }) => {
    const { path: page } = env as { path: string };
    const links = tokens.flatMap(({ children }) => children ?? []).filter(({ type }) => type === 'link_open');
    for (const link of links) {
      const [target, fragment] = (link.attrGet('href') ?? '').split('#');
      if (!target.startsWith('..')) continue;
      const file = path.resolve(path.dirname(page), target);
      if (file.startsWith(`${docs}${path.sep}`)) continue;
      if (!existsSync(file)) throw new Error(`${page} links to ${target}, which does not exist.`);
      const kind = statSync(file).isDirectory() ? 'tree' : 'blob';
      const url = `${repository}/${kind}/main/${path.relative(root, file)}`;
      link.attrSet('href', fragment === undefined ? url : `${url}#${fragment}`);
    }
  });
}
