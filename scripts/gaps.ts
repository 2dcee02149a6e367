/**
 * Lists the members that no construct sets, of the CloudFormation resources and of the requests that create jobs: `npm run gaps`. The
 * features in `test/features.ts` and the jobs in `test/jobs.ts` together use everything that the constructs support. A member that
 * none of them renders is a gap, and fails unless it has a reason.
 */
import { App, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import api from '../local/aws-model/api.json';
import { FEATURES } from '../test/features';
import { JOBS, newFullAlgorithm } from '../test/jobs';
import { REASONS } from './gap-reasons';

const DEFINITIONS = path.join(
  __dirname,
  '..',
  'node_modules/aws-cdk-lib-newest/aws-sagemaker/lib/sagemaker.generated.d.ts',
);

interface Member {
  readonly name: string;
  readonly type?: string;
}

/** The members of the L1 props and of their structures, by `Type` and `Type.Structure`. */
function resourceShapes(): Map<string, Member[]> {
  const source = ts.createSourceFile('l1.d.ts', readFileSync(DEFINITIONS, 'utf8'), ts.ScriptTarget.ES2022, true);
  const shapes = new Map<string, Member[]>();
  const read = (node: ts.InterfaceDeclaration, key: string): void => {
    const members = node.members.filter(ts.isPropertySignature).map((member) => {
      const nested = /Cfn(\w+)\.(\w+)Property/.exec(member.type?.getText() ?? '');
      return { name: member.name.getText(), type: nested ? `${nested[1]}.${nested[2]}` : undefined };
    });
    shapes.set(key, members);
  };
  source.forEachChild((node) => {
    if (ts.isInterfaceDeclaration(node)) {
      const type = /^Cfn(\w+)Props$/.exec(node.name.text)?.[1];
      if (type !== undefined) read(node, type);
    }
    if (ts.isModuleDeclaration(node) && node.body !== undefined && ts.isModuleBlock(node.body)) {
      const type = node.name.text.slice('Cfn'.length);
      for (const inner of node.body.statements) {
        if (ts.isInterfaceDeclaration(inner)) read(inner, `${type}.${inner.name.text.replace(/Property$/, '')}`);
      }
    }
  });
  return shapes;
}

/** The members of the requests and of their structures, by `Operation` and `Operation.Structure`. */
function requestShapes(): Map<string, Member[]> {
  const shapes = new Map<string, Member[]>();
  const { inputs, shapes: model } = api as unknown as ApiModel;
  /** The structure that a shape is, or whose list it is. */
  const structureOf = (name: string): string | undefined => {
    const { type, member } = model[name];
    if (type === 'structure') return name;
    return member === undefined ? undefined : structureOf(member);
  };
  const read = (operation: string, structure: string, key: string): void => {
    if (shapes.has(key)) return;
    const members = Object.entries(model[structure].members ?? {}).map(([name, shape]) => ({
      name,
      nested: structureOf(shape),
    }));
    shapes.set(
      key,
      members.map(({ name, nested }) => ({ name, type: nested && `${operation}.${nested}` })),
    );
    for (const { nested } of members) if (nested !== undefined) read(operation, nested, `${operation}.${nested}`);
  };
  for (const operation of Object.keys(JOBS)) read(operation, inputs[operation], operation);
  return shapes;
}

interface ApiModel {
  readonly inputs: Record<string, string>;
  readonly shapes: Record<string, { type: string; members?: Record<string, string>; member?: string }>;
}

/** Adds the members that a rendered structure uses to `used`. */
function addUsedMembers(value: unknown, type: string, shapes: Map<string, Member[]>, used: Set<string>): void {
  if (Array.isArray(value)) value.forEach((item) => addUsedMembers(item, type, shapes, used));
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return;
  for (const [name, part] of Object.entries(value)) {
    const member = shapes.get(type)?.find((member) => member.name.toLowerCase() === name.toLowerCase());
    if (member === undefined) continue;
    used.add(`${type}.${member.name}`);
    if (member.type !== undefined) addUsedMembers(part, member.type, shapes, used);
  }
}

/** The request of a custom resource. References in it become text. */
function requestOf({ Request }: Record<string, unknown>): unknown {
  const pieces =
    typeof Request === 'string' ? [Request] : (Request as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
  return JSON.parse(pieces.map((piece) => (typeof piece === 'string' ? piece : 'reference')).join(''));
}

/** The members that the constructs set, and the resources and requests that contain them. */
function renderedMembers(shapes: Map<string, Member[]>): { used: Set<string>; roots: Set<string> } {
  const operations = new Map(Object.entries(JOBS).map(([operation, { type }]) => [type, operation]));
  const roots = new Set<string>();
  // The handler sets the name and the tags.
  const used = new Set(
    Object.entries(JOBS).flatMap(([operation, { noun }]) =>
      [noun, 'Tags', 'Tag.Key', 'Tag.Value'].map((member) => `${operation}.${member}`),
    ),
  );
  const jobs = Object.values(JOBS).flatMap(({ make }) => Object.values(make));
  for (const make of [...Object.values(FEATURES).map((feature) => feature.make), newFullAlgorithm, ...jobs]) {
    const stack = new Stack(new App(), 'Stack');
    Tags.of(stack).add('team', 'churn');
    make(stack);
    const { Resources = {} } = Template.fromStack(stack).toJSON() as { Resources?: Record<string, Rendered> };
    for (const { Type, Properties } of Object.values(Resources)) {
      const operation = operations.get(Type);
      const root = operation ?? /^AWS::SageMaker::(.*)$/.exec(Type)?.[1];
      if (root === undefined) continue;
      roots.add(root);
      addUsedMembers(operation === undefined ? Properties : requestOf(Properties), root, shapes, used);
    }
  }
  return { used, roots };
}

/** The gaps, and the resources and requests in which they were searched. Names have the spelling of CloudFormation and the API. */
export function findGaps(): { gaps: string[]; searched: string[] } {
  const shapes = new Map([...resourceShapes(), ...requestShapes()]);
  const { used, roots } = renderedMembers(shapes);
  const reachable = new Set<string>();
  const visit = (type: string): void => {
    for (const member of shapes.get(type) ?? []) {
      const key = `${type}.${member.name}`;
      if (reachable.has(key)) continue;
      reachable.add(key);
      // The members of a structure that no construct sets are part of its gap.
      if (member.type !== undefined && used.has(key)) visit(member.type);
    }
  };
  roots.forEach(visit);
  return { gaps: [...reachable].filter((key) => !used.has(key)).map(apiName), searched: [...roots].sort() };
}

/** The reason for a gap: of the member itself, or of a structure that several resources or requests contain. */
export function reasonOf(gap: string): string | undefined {
  return REASONS[keyOf(gap)];
}

/** The key of the reason for a gap. A key without the resource or operation applies to all of them. */
export function keyOf(gap: string): string {
  return gap in REASONS ? gap : gap.slice(gap.indexOf('.') + 1);
}

interface Rendered {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

function apiName(key: string): string {
  const parts = key.split('.');
  const last = parts.pop() ?? '';
  return [...parts, `${last.charAt(0).toUpperCase()}${last.slice(1)}`].join('.');
}

/** The page of the documentation that lists the gaps. */
export const COVERAGE = path.join(__dirname, '..', 'docs', 'coverage.md');
const HEADING = '## Members that no construct sets\n';

/** The rows of the table of gaps. */
export function gapRows(): string[] {
  return Object.entries(REASONS)
    .map(([member, reason]) => `| \`${member}\` | ${reason} |`)
    .sort();
}

/** Writes the table of gaps into the coverage page. */
async function write(): Promise<void> {
  const { format, resolveConfig } = await import('prettier');
  const page = readFileSync(COVERAGE, 'utf8');
  const [before, after] = page.split(HEADING);
  const introduction = after.split('\n|')[0].trim();
  const table = ['| member | reason |', '| --- | --- |', ...gapRows()].join('\n');
  const options = { ...(await resolveConfig(COVERAGE)), parser: 'markdown' };
  writeFileSync(COVERAGE, await format(`${before}${HEADING}\n${introduction}\n\n${table}\n`, options));
}

if (require.main === module) void main();

async function main(): Promise<void> {
  if (process.argv.includes('--write')) return write();
  const { gaps: found } = findGaps();
  for (const gap of found) process.stdout.write(`${gap}: ${reasonOf(gap) ?? 'NO REASON'}\n`);
  if (found.some((gap) => reasonOf(gap) === undefined)) process.exitCode = 1;
}
