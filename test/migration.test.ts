import { type Assembly, type Type, isClassOrInterfaceType, isEnumType, loadAssemblyFromPath } from '@jsii/spec';
import * as alpha from '@aws-cdk/aws-sagemaker-alpha';
import type { CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Endpoint, EndpointConfig, InstanceType, Model, ProductionVariant } from '../lib';
import { membersOf } from './assembly';
import { ENDPOINT } from './features';
import newest from './fixtures/alpha-symbols.json';
import { SCALABLE_TARGET } from './hosting-fixtures';
import { IMAGE_DIRECTORY, image, newStack } from './stacks';

const ROOT = path.join(__dirname, '..');
const ALPHA = path.join(ROOT, 'node_modules', '@aws-cdk', 'aws-sagemaker-alpha');

/** The names of the types of an assembly and their members, including the inherited ones. Those of methods end in "()". */
function symbolsOf({ types = {} }: Assembly): Set<string> {
  return new Set(
    Object.values(types).flatMap((type) => [
      type.name,
      ...namesIn(type, types).map((member) => `${type.name}.${member}`),
    ]),
  );
}

function namesIn(type: Type, types: Record<string, Type>): string[] {
  if (isEnumType(type)) return type.members.map(({ name }) => name);
  if (!isClassOrInterfaceType(type)) return [];
  return [...membersOf(type, 'properties', types), ...membersOf(type, 'methods', types).map((name) => `${name}()`)];
}

const own = symbolsOf(loadAssemblyFromPath(ROOT));
const oldest = symbolsOf(loadAssemblyFromPath(ALPHA));

interface Row {
  /** A symbol, or a pattern with "*" for those without a row of their own. */
  readonly alpha: string;
  readonly own: string;
  readonly difference: string;
}

const [, SECTION] = /^## From `@aws-cdk\/aws-sagemaker-alpha`\n([\s\S]*?)^## /m.exec(
  readFileSync(path.join(ROOT, 'docs', 'migration.md'), 'utf8'),
)!;
const ROWS = [...SECTION.matchAll(/^\| `([^`]+)` +\| (.*?) +\| (.*?) *\|$/gm)].map(
  ([, alpha, text, difference]): Row => ({ alpha, own: text, difference }),
);
const isPattern = ({ alpha }: Row): boolean => alpha.includes('*');
const exact = new Map(ROWS.filter((row) => !isPattern(row)).map((row) => [row.alpha, row]));

/** Whether a symbol has the form of a pattern, and the text for which the "*" stands. */
function matchOf(pattern: string, symbol: string): string | undefined {
  const [before, after] = pattern.split('*');
  const isMatch = symbol.startsWith(before) && symbol.endsWith(after);
  return isMatch ? symbol.slice(before.length, symbol.length - after.length) : undefined;
}

/** The row of a symbol, and the names in this library that it contains. */
function explanationOf(symbol: string): { readonly row: Row; readonly names: string[] } | undefined {
  const row = exact.get(symbol) ?? ROWS.find((one) => isPattern(one) && matchOf(one.alpha, symbol) !== undefined);
  if (row === undefined) return undefined;
  const star = isPattern(row) ? (matchOf(row.alpha, symbol) ?? '') : '';
  const names = [...row.own.matchAll(/`([^`]+)`/g)].map(([, name]) => name.replace('*', star));
  return { row, names };
}

const rolesOf = (make: (stack: Stack) => unknown): string[] => {
  const stack = newStack();
  make(stack);
  return Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Role'));
};

test('A model with the construct ID of one of the alpha module would change its role in place: the guide requires another ID', () => {
  const containers = [{ image: alpha.ContainerImage.fromAsset(IMAGE_DIRECTORY) }];
  const before = rolesOf((stack) => new alpha.Model(stack, 'Model', { containers }));
  expect(rolesOf((stack) => new Model(stack, 'Model', { image: image() }))).toEqual(before);
  expect(rolesOf((stack) => new Model(stack, 'Other', { image: image() }))).not.toEqual(before);
});

test('With the overrides of the guide, an endpoint and its scalable target keep their logical IDs and all properties that replace them', () => {
  const [before, after] = [newStack(), newStack()];
  const old = new alpha.Endpoint(before, 'Endpoint', {
    endpointConfig: new alpha.EndpointConfig(before, 'Config', {
      instanceProductionVariants: [
        {
          variantName: 'main',
          model: alpha.Model.fromModelName(before, 'Model', 'churn'),
          instanceType: alpha.InstanceType.M5_LARGE,
        },
      ],
    }),
  });
  old.findInstanceProductionVariant('main').autoScaleInstanceCount({ maxCapacity: 2 });
  const kept = (type: string): [string, Record<string, unknown>] => {
    const [[logicalId, { Properties }]] = Object.entries(Template.fromStack(before).findResources(type));
    return [logicalId, Properties as Record<string, unknown>];
  };

  const model = Model.fromModelName(after, 'Model', 'churn');
  const variants = [ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_M5_LARGE })];
  const endpointConfig = new EndpointConfig(after, 'NewConfig', { variants });
  const endpoint = new Endpoint(after, 'NewEndpoint', { endpointConfig, endpointName: 'generated' });
  const resource = endpoint.node.defaultChild as CfnResource;
  resource.overrideLogicalId(kept(ENDPOINT)[0]);
  resource.addPropertyDeletionOverride('EndpointName');
  const target = endpoint.variant('main').autoScale({ maxCapacity: 2 }).node.defaultChild as CfnResource;
  target.overrideLogicalId(kept(SCALABLE_TARGET)[0]);
  target.addPropertyOverride('ResourceId', `endpoint/${resource.getAtt('EndpointName').toString()}/variant/main`);

  const template = Template.fromStack(after);
  expect(template.findResources(SCALABLE_TARGET)[kept(SCALABLE_TARGET)[0]].Properties).toEqual(
    kept(SCALABLE_TARGET)[1],
  );
  expect(template.findResources(ENDPOINT)[kept(ENDPOINT)[0]].Properties).not.toHaveProperty('EndpointName');
});

describe('The migration guide explains the alpha module:', () => {
  test(`each symbol of ${newest.version} and of the oldest version has one row`, () => {
    const symbols = [...new Set([...newest.symbols, ...oldest])];
    expect(symbols.filter((symbol) => explanationOf(symbol) === undefined)).toEqual([]);
    expect(ROWS.length).toBe(new Set(ROWS.map(({ alpha }) => alpha)).size);
  });

  test('each row is about a symbol of the alpha module', () => {
    const symbols = [...newest.symbols, ...oldest];
    const matches = ({ alpha }: Row): boolean =>
      symbols.some((symbol) => matchOf(alpha, symbol) !== undefined || symbol === alpha);
    expect(ROWS.filter((row) => !matches(row))).toEqual([]);
  });

  test('each symbol becomes one that this library exports, or has a reason why there is none', () => {
    const wrong = newest.symbols.filter((symbol) => {
      const { row, names } = explanationOf(symbol)!;
      return names.length === 0 ? row.own !== 'none' || row.difference === '' : names.some((name) => !own.has(name));
    });
    expect(wrong).toEqual([]);
  });

  test('the symbols that 2.159 lacks are marked', () => {
    const marked = ROWS.filter(({ difference }) => difference.includes('Not in 2.159'));
    const isOld = (row: Row): boolean =>
      isPattern(row)
        ? [...oldest].some((symbol) => matchOf(row.alpha, symbol) !== undefined && exact.get(symbol) === undefined)
        : oldest.has(row.alpha);
    expect(marked).toEqual(ROWS.filter((row) => !isOld(row)));
  });
});
