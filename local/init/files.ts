import { readFileSync, readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';

/** The files of a project by their path with "/". */
export type Files = ReadonlyMap<string, Buffer>;

/** The values of the placeholders `{{name}}` of templates. */
export type Values = Record<string, string>;

const ASSETS = path.join(__dirname, '..', '..', 'assets');

/** The files below a folder of `assets`, as they are. */
export function assetsIn(...folder: string[]): Files {
  const root = path.join(ASSETS, ...folder);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(path.join(root, name)).isFile());
  return new Map(files.map((name) => [name.split(path.sep).join('/'), readFileSync(path.join(root, name))]));
}

/** The files below a new folder. */
export function below(folder: string, files: Files): Files {
  return new Map([...files].map(([file, content]) => [`${folder}/${file}`, content]));
}

/**
 * The templates of folders of `assets/starters/project`, one over the other, with their placeholders filled. The name of a template
 * starts with `dot-` if that of its file starts with a dot, since npm publishes no file named .gitignore.
 */
export function filled(folders: string[], values: Values): Files {
  const files = new Map<string, Buffer>();
  for (const folder of folders) {
    for (const [name, content] of assetsIn('starters', 'project', ...folder.split('/'))) {
      const file = name.replace(/(^|\/)dot-/g, '$1.');
      const text = fill(content.toString(), values, `${folder}/${name}`);
      const below = files.get(file);
      const isMerged = file.endsWith('.json') && below !== undefined;
      files.set(file, Buffer.from(isMerged ? merged(below.toString(), text) : text));
    }
  }
  return files;
}

function fill(text: string, values: Values, template: string): string {
  return text.replace(/\{\{([^{}\s]+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The template ${template} has an unknown placeholder: ${name}.`);
    return value;
  });
}

type Json = Record<string, string | Record<string, string>>;

/** The members of two JSON files, such as package.json. The scripts and dependencies of the second one are added to those of the first one. */
function merged(below: string, above: string): string {
  const [first, second] = [below, above].map((text) => JSON.parse(text) as Json);
  for (const [member, value] of Object.entries(second)) {
    const before = first[member];
    first[member] =
      typeof value === 'string' || typeof before !== 'object' ? value : sorted({ ...before, ...value }, member);
  }
  return `${JSON.stringify(first, undefined, 2)}\n`;
}

/** Dependencies are in the order of their names, as npm writes them. */
function sorted(members: Record<string, string>, member: string): Record<string, string> {
  const entries = Object.entries(members);
  return Object.fromEntries(member === 'scripts' ? entries : entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
