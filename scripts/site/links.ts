/** Checks the links, anchors and images of the built site. VitePress itself only finds links to missing pages. */
import { Parser } from 'htmlparser2';
import { readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';

interface SitePage {
  readonly ids: ReadonlySet<string>;
  readonly links: readonly string[];

  /** The sources of images without a text. */
  readonly imagesWithoutText: readonly string[];
  readonly images: number;
}

export interface LinkReport {
  readonly pages: number;
  readonly internal: number;
  readonly external: number;
  readonly images: number;
  readonly errors: readonly string[];
}

export function checkLinks(directory: string): LinkReport {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const pages = new Map(files.filter((file) => file.endsWith('.html')).map((file) => [file, read(directory, file)]));
  const errors: string[] = [];
  let internal = 0;
  let external = 0;
  for (const [file, { links, imagesWithoutText }] of pages) {
    errors.push(...imagesWithoutText.map((source) => `${file}: the image ${source} has no alt text`));
    for (const link of links) {
      if (/^[a-z]+:/.test(link)) {
        external += 1;
        continue;
      }
      internal += 1;
      const [target, fragment] = targetOf(file, link);
      const page = pages.get(target);
      if (page === undefined && !files.includes(target)) errors.push(`${file}: ${link} is missing`);
      else if (fragment !== '' && page?.ids.has(fragment) === false) errors.push(`${file}: ${link} has no anchor`);
    }
  }
  const images = [...pages.values()].reduce((sum, page) => sum + page.images, 0);
  return { pages: pages.size, internal, external, images, errors: [...new Set(errors)] };
}

/** The file and the fragment that a link leads to. */
function targetOf(file: string, link: string): [string, string] {
  const { pathname, hash } = new URL(link, `http://site/${file}`);
  const target = decodeURIComponent(pathname.slice(1));
  return [target === '' || target.endsWith('/') ? `${target}index.html` : target, decodeURIComponent(hash.slice(1))];
}

function read(directory: string, file: string): SitePage {
  const ids = new Set<string>();
  const links: string[] = [];
  const imagesWithoutText: string[] = [];
  let images = 0;
  const parser = new Parser({
    onopentag: (name, { id, href, src, alt = '' }) => {
      if (id !== undefined) ids.add(id);
      if (name === 'a' && href !== undefined) links.push(href);
      if (name !== 'img') return;
      images += 1;
      if (alt === '') imagesWithoutText.push(src);
    },
  });
  parser.end(readFileSync(path.join(directory, file), 'utf8'));
  return { ids, links, imagesWithoutText, images };
}
