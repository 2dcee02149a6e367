/** Writes the pages of the API reference from the jsii assembly, which the build writes, to a directory that Git ignores. */
import { type Assembly, EnumType, InterfaceType, type Type, TypeSystem } from 'jsii-reflect';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Examples } from './examples';
import { prose } from './html';
import { TypePage } from './type-page';
import { hasPage, isConstruct, isStruct, typesOf } from './types';

/** The features of jsii that the assembly of aws-cdk-lib uses. */
const FEATURES = ['intersection-types', 'class-covariant-overrides'] as const;

/** The titles of the folders of `lib/`, in the order of the lifecycle. */
const STAGES: Record<string, string> = {
  lifecycle: 'The whole lifecycle',
  image: 'Images',
  algorithm: 'Algorithms',
  processing: 'Processing',
  training: 'Training and tuning',
  registry: 'Model registry',
  hosting: 'Models and endpoints',
  batch: 'Batch transform',
  continuous: 'Continuous lifecycle',
  common: 'Used by several stages',
  testing: 'Tests of your stack',
};

const KINDS = ['Constructs', 'Classes', 'Interfaces', 'Enumerations', 'Properties'] as const;

interface Stage {
  readonly title: string;
  readonly types: Type[];
}

export function loadAssembly(root: string): Promise<Assembly> {
  return new TypeSystem().loadModule(root, { validate: false, supportedFeatures: [...FEATURES] });
}

/** @returns the number of types with a page */
export async function writeReference(root: string, directory: string, examples: Examples): Promise<number> {
  const assembly = await loadAssembly(root);
  const types = typesOf(assembly).filter(hasPage);
  const duplicates = types.filter((type) => types.some((other) => other !== type && other.name === type.name));
  if (duplicates.length > 0)
    throw new Error(`Types with the same name: ${duplicates.map(({ fqn }) => fqn).join(', ')}.`);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const type of types) {
    writeFileSync(path.join(directory, `${type.name}.md`), new TypePage(type, assembly, examples).render());
  }
  const stages = stagesOf(types);
  writeFileSync(path.join(directory, 'index.md'), indexOf(stages));
  writeFileSync(path.join(directory, 'sidebar.json'), JSON.stringify(stages.map(sidebarOf)));
  return types.length;
}

function stagesOf(types: Type[]): Stage[] {
  const folderOf = ({ locationInModule }: Type): string => locationInModule?.filename.split('/')[1] ?? '';
  const unknown = types.filter((type) => !(folderOf(type) in STAGES));
  if (unknown.length > 0) throw new Error(`Types of an unknown stage: ${unknown.map(({ fqn }) => fqn).join(', ')}.`);
  return Object.entries(STAGES).map(([folder, title]) => ({
    title,
    types: types
      .filter((type) => folderOf(type) === folder)
      .sort(
        (one, other) => KINDS.indexOf(kindOf(one)) - KINDS.indexOf(kindOf(other)) || (one.name < other.name ? -1 : 1),
      ),
  }));
}

function kindOf(type: Type): (typeof KINDS)[number] {
  if (isConstruct(type)) return 'Constructs';
  if (type instanceof EnumType) return 'Enumerations';
  if (isStruct(type)) return 'Properties';
  return type instanceof InterfaceType ? 'Interfaces' : 'Classes';
}

function indexOf(stages: Stage[]): string {
  const sections = stages.map(({ title, types }) => [
    `## ${title}`,
    ...KINDS.flatMap((kind) => {
      const ofKind = types.filter((type) => kindOf(type) === kind);
      if (ofKind.length === 0) return [];
      return [
        `**${kind}**`,
        ofKind.map(({ name, docs }) => `- [${name}](./${name}.md) ${prose(docs.summary)}`).join('\n'),
      ];
    }),
  ]);
  const introduction =
    'All types of the library, in the language that you select. The props of a construct are on its page. ' +
    'The names are those of the packages for each language.';
  return `${['# API reference', introduction, ...sections.flat()].join('\n\n')}\n`;
}

/** Without structs, which the page of the class that uses them links to: each page contains the sidebar. */
function sidebarOf({ title, types }: Stage): object {
  const listed = types.filter((type) => !isStruct(type));
  return {
    text: title,
    collapsed: true,
    items: listed.map(({ name }) => ({ text: name, link: `/reference/${name}` })),
  };
}
