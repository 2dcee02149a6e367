/** Compares the names in the API reference with the code that jsii-pacmak has generated for each language, in `.cache/languages`. */
import { ClassType, EnumType, InterfaceType, type Type } from 'jsii-reflect';
import { readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { KEYS, LANGUAGES, type Key, type Language } from './languages';
import { loadAssembly } from './reference';
import { isStruct, typesOf } from './types';

const ROOT = path.join(__dirname, '..', '..');

const GENERATED: Readonly<Partial<Record<Key, { readonly directory: string; readonly extension: string }>>> = {
  python: { directory: 'python', extension: '.py' },
  java: { directory: 'java', extension: '.java' },
  csharp: { directory: 'dotnet', extension: '.cs' },
  go: { directory: 'go', extension: '.go' },
};

/** The names of the members of a type that have to be in its generated code. */
function namesOf(type: Type, language: Language): string[] {
  if (type instanceof EnumType) return type.members.map(({ name }) => language.constant(type.name, name, true));
  if (!(type instanceof ClassType || type instanceof InterfaceType)) return [];
  const properties = type.ownProperties.filter((property) => !property.protected);
  const methods = type.ownMethods.filter((method) => !method.protected);
  return [
    ...properties.map((property) => {
      if (property.const && property.static) return language.constant(type.name, property.name, false);
      return isStruct(type) ? language.written(property.name) : language.read(property.name);
    }),
    ...methods.map((method) => language.method(type.name, method.name, method.static)),
  ];
}

/** The last part of a name: the type is that of the file, or of the class in a Python module. */
const simple = (name: string): string => name.replace(/\(\)$/, '').split('.').at(-1) ?? name;

async function main(): Promise<void> {
  const types = typesOf(await loadAssembly(ROOT));
  const missing: string[] = [];
  let count = 0;
  for (const key of KEYS) {
    const generated = GENERATED[key];
    if (generated === undefined) continue;
    const directory = path.join(ROOT, '.cache', 'languages', generated.directory);
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith(generated.extension),
    );
    const read = (selected: string[]): Set<string> =>
      new Set(selected.flatMap((file) => readFileSync(path.join(directory, file), 'utf8').match(/\w+/g) ?? []));
    const all = key === 'python' ? read(files) : undefined;
    for (const type of types) {
      const words = all ?? read(files.filter((file) => path.basename(file) === `${type.name}${generated.extension}`));
      for (const name of namesOf(type, LANGUAGES[key])) {
        count += 1;
        if (!words.has(simple(name))) missing.push(`${LANGUAGES[key].title}: ${type.name}: ${name}`);
      }
    }
  }
  missing.forEach((name) => console.error(`${name} is not in the generated code.`));
  console.log(`${count} names of the API reference compared with the generated code, ${missing.length} errors.`);
  if (missing.length > 0) process.exitCode = 1;
}

void main();
