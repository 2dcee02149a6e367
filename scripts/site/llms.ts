/**
 * The site for language models, in the form of https://llmstxt.org: `llms.txt` lists the pages, `llms-full.txt` contains them, and each page
 * is also in the site as Markdown.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { description, name } from '../../package.json';
import { sections } from '../../docs/.vitepress/pages';

export function writeLlmsTexts(docs: string, site: string): void {
  const all = sections(docs).map(({ title, pages }) => ({
    title,
    pages: pages.map((page) => ({ ...page, text: readFileSync(path.join(docs, page.file), 'utf8') })),
  }));
  for (const { file, text } of all.flatMap(({ pages }) => pages)) {
    mkdirSync(path.dirname(path.join(site, file)), { recursive: true });
    writeFileSync(path.join(site, file), text);
  }
  const list = all.map(({ title, pages }) =>
    [`## ${title}`, '', ...pages.map((page) => `- [${page.title}](${page.file}): ${summaryOf(page.text)}`)].join('\n'),
  );
  writeFileSync(path.join(site, 'llms.txt'), `${[`# ${name}`, `> ${description}`, ...list].join('\n\n')}\n`);
  const texts = all.flatMap(({ pages }) => pages.map(({ file, text }) => `<!-- ${file} -->\n\n${text.trim()}`));
  writeFileSync(path.join(site, 'llms-full.txt'), `${texts.join('\n\n')}\n`);
}

/** The first sentence of a page. */
function summaryOf(text: string): string {
  const paragraph =
    text
      .replace(/<!--[\s\S]*?-->/g, '')
      .split(/\n{2,}/)
      .find((block) => /^[A-Z`[]/.test(block)) ?? '';
  const plain = paragraph.replace(/\s+/g, ' ').replace(/\[([^\]]+)\](\([^)]*\)|\[[^\]]*\])/g, '$1');
  return (/^.*?[.:](?= |$)/.exec(plain)?.[0] ?? plain).replace(/:$/, '.');
}
