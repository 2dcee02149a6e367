import { slug } from 'github-slugger';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { linkOf, sections } from './pages';
import { repositoryLinks } from './repository-links';
import { searchable } from './search';

const docs = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const root = path.dirname(docs);
const { name, description, version, repository } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const url = repository.url.replace(/\.git$/, '');

const sidebar = sections(docs).map(({ title, pages }) => ({
  text: title,
  collapsed: title === 'Decisions' ? true : undefined,
  items: pages.map(({ file, title: text }) => ({ text, link: linkOf(file) })),
}));

/** Written by `npm run docs`. */
const reference = path.join(docs, 'reference', 'sidebar.json');
const types = existsSync(reference) ? JSON.parse(readFileSync(reference, 'utf8')) : [];

/** Selects the language of the API reference before the page is painted. */
const SELECT_LANGUAGE = `document.documentElement.dataset.language = localStorage.getItem('language') ?? 'typescript';`;

/** Two boxes in a third one: the images of an algorithm. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f7f85"/>' +
  '<path d="M7 10h8v12H7zm10 0h8v12h-8z" fill="#fff"/></svg>';

export default defineConfig({
  title: name,
  description,
  lang: 'en',
  base: process.env.DOCS_BASE ?? '/',
  outDir: path.join(root, '.cache', 'site'),
  cacheDir: path.join(root, '.cache', 'vitepress'),
  cleanUrls: false,
  rewrites: { ':directory/README.md': ':directory/index.md' },
  head: [
    ['script', {}, SELECT_LANGUAGE],
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }],
  ],
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark' },
    // The anchors of GitHub, since the pages are read there too.
    anchor: { slugify: (text) => slug(text) },
    config: (md) => repositoryLinks(md, docs, url),
  },
  // Pages with a heading for each of many entries.
  transformPageData: ({ relativePath, frontmatter }) => {
    if (relativePath === 'rules.md') return { frontmatter: { ...frontmatter, outline: 2 } };
  },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide' },
      { text: 'API', link: '/reference/' },
      { text: 'Help', link: '/troubleshooting' },
      { text: version, items: [{ text: 'Changelog', link: `${url}/blob/main/CHANGELOG.md` }] },
    ],
    sidebar: {
      '/reference/': [{ text: 'API reference', link: '/reference/' }, ...types],
      '/': sidebar,
    },
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: url }],
    search: { provider: 'local', options: { _render: searchable } },
    docFooter: { prev: 'Previous page', next: 'Next page' },
  },
});
