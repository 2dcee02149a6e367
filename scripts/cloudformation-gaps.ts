/**
 * Lists the CloudFormation properties for custom models that no construct sets: `npm run gaps`. The features in `test/features.ts`
 * together use every property that the constructs support. A property that none of them renders is a gap, unless it has a reason.
 */
import { App, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import { FEATURES } from '../test/features';

const DEFINITIONS = path.join(
  __dirname,
  '..',
  'node_modules/aws-cdk-lib-newest/aws-sagemaker/lib/sagemaker.generated.d.ts',
);

const TYPES = ['Model', 'ModelPackage', 'ModelPackageGroup', 'EndpointConfig', 'Endpoint'];

/** The reasons for properties that are omitted on purpose. */
export const REASONS: Record<string, string> = {
  'ModelPackage.AdditionalInferenceSpecificationsToAdd':
    'part of an update; a template declares all of them: `additionalInferenceSpecifications`',
  'ModelPackage.ClientToken': 'for API clients that retry a request; CloudFormation retries its own',
  'ModelPackage.LastModifiedTime': 'read-only',
  'ModelPackage.ModelPackageStatusDetails': 'read-only',
  'ModelPackage.ModelPackageVersion': 'read-only',
  'ModelPackage.ModelPackageStatusDetails.ValidationStatuses': 'read-only',
  'ModelPackage.ModelPackageStatusItem.FailureReason': 'read-only',
  'ModelPackage.ModelPackageStatusItem.Name': 'read-only',
  'ModelPackage.ModelPackageStatusItem.Status': 'read-only',
  'ModelPackage.ModelPackageContainerDefinition.ImageDigest':
    'part of the image URI: `ContainerImage.fromEcrRepository` with `digest`',
  'EndpointConfig.ProductionVariant.AcceleratorType': 'Elastic Inference, which is discontinued',
  'Endpoint.RetainDeploymentConfig': 'for API clients that omit the policy; a template always contains it',
};

interface Member {
  readonly name: string;
  readonly type?: string;
}

/** The members of the L1 props and of their structures, by `Type` and `Type.Structure`. */
function readShapes(): Map<string, Member[]> {
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
      if (type !== undefined && TYPES.includes(type)) read(node, type);
    }
    if (ts.isModuleDeclaration(node) && node.body !== undefined && ts.isModuleBlock(node.body)) {
      const type = node.name.text.slice('Cfn'.length);
      if (!TYPES.includes(type)) return;
      for (const inner of node.body.statements) {
        if (ts.isInterfaceDeclaration(inner)) read(inner, `${type}.${inner.name.text.replace(/Property$/, '')}`);
      }
    }
  });
  return shapes;
}

/** Adds the members that a rendered resource uses to `used`. */
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

/** The members that no feature uses, in the spelling of CloudFormation. */
export function gaps(): string[] {
  const shapes = readShapes();
  const used = new Set<string>();
  for (const { make } of Object.values(FEATURES)) {
    const stack = new Stack(new App(), 'Stack');
    Tags.of(stack).add('team', 'churn');
    make(stack);
    const { Resources = {} } = Template.fromStack(stack).toJSON() as { Resources?: Record<string, Rendered> };
    for (const { Type, Properties } of Object.values(Resources)) {
      const [, service, noun] = Type.split('::');
      if (service === 'SageMaker' && TYPES.includes(noun)) addUsedMembers(Properties, noun, shapes, used);
    }
  }
  const reachable = new Set<string>();
  const visit = (type: string): void => {
    for (const member of shapes.get(type) ?? []) {
      const key = `${type}.${member.name}`;
      if (reachable.has(key)) continue;
      reachable.add(key);
      if (member.type !== undefined) visit(member.type);
    }
  };
  TYPES.forEach(visit);
  return [...reachable].filter((key) => !used.has(key)).map(cloudFormationName);
}

interface Rendered {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

function cloudFormationName(key: string): string {
  const parts = key.split('.');
  const last = parts.pop() ?? '';
  return [...parts, `${last.charAt(0).toUpperCase()}${last.slice(1)}`].join('.');
}

if (require.main === module) {
  for (const gap of gaps()) process.stdout.write(`${gap}: ${REASONS[gap] ?? 'NO REASON'}\n`);
}
