import { slug } from 'github-slugger';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { linkOf, sections } from './pages';
import { repositoryLinks } from './repository-links';

const docs = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const root = path.dirname(docs);
const { name, description, version, repository } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const url = repository.url.replace(/\.git$/, '');

const sidebar = sections(docs).map(({ title, pages }) => ({
  text: title,
  collapsed: title === 'Decisions' ? true : undefined,
  items: pages.map(({ file, title: text }) => ({ text, link: linkOf(file) })),
}));

export default defineConfig({
  title: name,
  description,
  lang: 'en',
  base: process.env.DOCS_BASE ?? '/',
  outDir: path.join(root, '.cache', 'site'),
  cacheDir: path.join(root, '.cache', 'vitepress'),
  cleanUrls: false,
  rewrites: { 'decisions/README.md': 'decisions/index.md' },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark' },
    // The anchors of GitHub, since the pages are read there too.
    anchor: { slugify: (text) => slug(text) },
    config: (md) => repositoryLinks(md, docs, url),
  },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide' },
      { text: 'API', link: '/reference/' },
      { text: 'Help', link: '/troubleshooting' },
      { text: version, items: [{ text: 'Changelog', link: `${url}/blob/main/CHANGELOG.md` }] },
    ],
    sidebar: { '/': sidebar },
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: url }],
    search: { provider: 'local' },
    docFooter: { prev: 'Previous page', next: 'Next page' },
  },
});
