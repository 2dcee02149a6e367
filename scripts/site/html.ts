/** HTML of the pages of the API reference. */
import { KEYS, LANGUAGES, type Key, type Language } from './languages';

export function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/**
 * A text in all languages, each equal spelling once. The style sheet shows that of the selected language: all anchors and links of a page are
 * the same in each language.
 */
export function spelled(tag: string, spell: (language: Language, key: Key) => string): string {
  const keysBySpelling = new Map<string, Key[]>();
  for (const key of KEYS) {
    const spelling = spell(LANGUAGES[key], key);
    keysBySpelling.set(spelling, [...(keysBySpelling.get(spelling) ?? []), key]);
  }
  if (keysBySpelling.size === 1) return `<${tag} v-pre>${spell(LANGUAGES.typescript, 'typescript')}</${tag}>`;
  const variants = [...keysBySpelling].map(([spelling, keys], index) => {
    // VitePress writes the first spelling of a heading into the outline of the page, and the theme then that of the selected language.
    const classes = ['in', ...keys.map((key) => `in-${key}`), ...(index > 0 ? ['ignore-header'] : [])];
    return `<${tag} v-pre class="${classes.join(' ')}">${spelling}</${tag}>`;
  });
  return variants.join('');
}

/** A heading with an anchor, which the search and the outline of VitePress recognize. */
export function heading(level: number, id: string, label: string, content: string): string {
  const anchor = `<a class="header-anchor" href="#${id}" aria-label="Permalink to ${escape(label)}">&#8203;</a>`;
  return `<h${level} id="${id}" tabindex="-1">${content} ${anchor}</h${level}>`;
}

/** The text of a docstring as Markdown in a page of VitePress, in which other HTML would be part of a template. */
export function prose(text: string): string {
  const parts = text.split(/(```[\s\S]*?```|`[^`]*`)/);
  return parts.map((part, index) => (index % 2 === 1 ? part : part.replace(/</g, '&lt;'))).join('');
}
