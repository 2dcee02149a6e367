/** Writes the errors of the local service about unsupported features to `docs/local-unsupported.md`: `npm run generate:rules`. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import type { NotSupportedSection } from '../local/aws-model/not-supported';
import { textOf } from './messages';

const LOCAL = path.join(__dirname, '..', 'local');

export const DOCUMENT = path.join(__dirname, '..', 'docs', 'local-unsupported.md');

/** The headings by their anchors, to which the errors link. */
const TITLES: Record<NotSupportedSection, string> = {
  'all-services': 'All services',
  sagemaker: 'SageMaker',
  cloudformation: 'CloudFormation',
  s3: 'S3',
  'step-functions': 'Step Functions',
  eventbridge: 'EventBridge',
  'eventbridge-scheduler': 'EventBridge Scheduler',
  ecr: 'ECR',
  dynamodb: 'DynamoDB',
  sns: 'SNS',
  ssm: 'SSM',
  sts: 'STS',
  cloudwatch: 'CloudWatch',
  'application-auto-scaling': 'Application Auto Scaling',
};

const INTRODUCTION = `<!-- Generated from local/ by \`npm run generate:rules\`. -->

# Features that the local service does not support

A request or a template that uses one of these features fails, so that nothing appears to succeed without an effect. Each error ends with a link to the
section of its service, which lists the errors, with \`…\` for names and values. An operation that a service does not have is an error of
[all services](#all-services).

[The local service](local.md#supported-features) lists what is supported, [the differences from AWS](local.md#differences-from-aws) what is accepted
without an effect, and [unsupported features](local.md#unsupported-features) the larger features that are missing, with what to use instead.
`;

/** The features that the tools report as unsupported, by the section to which the error links. */
export function unsupportedFeatures(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node) || node.expression.getText() !== 'notSupported') return;
    const [section, feature] = node.arguments;
    if (!ts.isStringLiteral(section)) return;
    const features = found.get(section.text) ?? [];
    found.set(section.text, [...features, textOf(feature) ?? '…']);
  };
  for (const [, source] of localSources()) visit(source);
  return found;
}

export function localSources(): [file: string, source: ts.SourceFile][] {
  const files = readdirSync(LOCAL, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file));
  return files.sort().map((file) => {
    const text = readFileSync(path.join(LOCAL, file), 'utf8');
    return [file.replaceAll(path.sep, '/'), ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true)];
  });
}

export function render(): string {
  const features = unsupportedFeatures();
  const sections = Object.entries(TITLES).map(([anchor, title]) => {
    const texts = [...new Set(features.get(anchor))].map((feature) => `The local service does not support ${feature}.`);
    return `## ${title}\n\n\`\`\`text\n${texts.join('\n')}\n\`\`\`\n`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}

if (require.main === module) writeFileSync(DOCUMENT, render());
