import { Template } from 'aws-cdk-lib/assertions';
import { Algorithm, TrainingJob, TuningJob } from '../../lib';
import { errorOf, newStack } from '../stacks';
import { ALGORITHMS } from './algorithms';
import { type Configurations, type Expressed, type Unsupported, tagList } from './configurations';
import { ENDPOINT_CONFIGS } from './endpoint-configs';
import { ENDPOINTS } from './endpoints';
import { MODEL_PACKAGE_GROUPS, MODEL_PACKAGE_GROUP_POLICIES } from './model-package-groups';
import { MODELS } from './models';
import { TRAINING_JOBS } from './training-jobs';
import { TUNING_JOBS } from './tuning-jobs';

// The configurations of the acceptance tests of the AWS provider of Terraform (internal/service/sagemaker), by resource. They show
// that the constructs cover the arguments that another tool tests against AWS. Only the arguments and their values are taken over.
const RESOURCES: Record<string, Configurations> = {
  Algorithm: ALGORITHMS,
  TrainingJob: TRAINING_JOBS,
  HyperParameterTuningJob: TUNING_JOBS,
  Model: MODELS,
  ModelPackageGroup: MODEL_PACKAGE_GROUPS,
  ModelPackageGroupPolicy: MODEL_PACKAGE_GROUP_POLICIES,
  EndpointConfiguration: ENDPOINT_CONFIGS,
  Endpoint: ENDPOINTS,
};

const tableOf = <T>(
  rowsOf: (configurations: Configurations) => Record<string, T> | undefined,
): [name: string, type: string, row: T][] =>
  Object.entries(RESOURCES).flatMap(([resource, configurations]) =>
    Object.entries(rowsOf(configurations) ?? {}).map(([name, row]): [string, string, T] => [
      `${resource}: ${name}`,
      configurations.type,
      row,
    ]),
  );
const EXPRESSED = tableOf<Expressed>(({ expressed }) => expressed);
const UNSUPPORTED = tableOf<Unsupported>(({ unsupported }) => unsupported);

/** A text in a template that contains references. */
type JoinedText = string | { 'Fn::Join': [string, unknown[]] };

/** The parsed JSON of a property of the last custom resource of a type: a warm start follows its parent. */
function jsonOf(template: Template, type: string, property: 'Request' | 'Tags'): unknown {
  const resources = Object.values(template.findResources(type)) as { Properties: Record<string, JoinedText> }[];
  const value = resources.at(-1)?.Properties[property] ?? '';
  const pieces = typeof value === 'string' ? [value] : value['Fn::Join'][1];
  const text = pieces.map((piece) => (typeof piece === 'string' ? piece : JSON.stringify(piece).replace(/"/g, "'")));
  return JSON.parse(text.join(''));
}

function expectRequest(template: Template, type: string, { expected, absent = [], tags = {} }: Expressed): void {
  const request = jsonOf(template, type, 'Request');
  expect(request).toMatchObject(expected);
  absent.forEach((path) => expect(request).not.toHaveProperty(path));
  expect(jsonOf(template, type, 'Tags')).toEqual(tagList(tags));
}

test.each(EXPRESSED)('%s is expressed with the public API', (_name, type, row) => {
  const stack = newStack();
  const overrides = [Algorithm, TrainingJob, TuningJob].map((construct) =>
    jest.spyOn(construct.prototype, 'addRequestOverride'),
  );
  row.build(stack);
  const isOverridden = overrides.some(({ mock }) => mock.calls.length > 0);
  overrides.forEach((override) => override.mockRestore());
  expect(isOverridden).toBe(row.isOverridden ?? false);
  const template = Template.fromStack(stack);
  const customType = row.isOverridden ? type.replace('AWS::SageMaker::', 'Custom::SageMaker') : type;
  if (customType.startsWith('Custom::')) expectRequest(template, customType, row);
  else template.hasResourceProperties(type, row.expected);
  row.others?.forEach(([otherType, properties]) => template.hasResourceProperties(otherType, properties));
});

const REFUSED = UNSUPPORTED.filter(([, , { refused }]) => refused !== undefined);

test.each(REFUSED)('%s is refused at synthesis', (_name, _type, { refused, error = '' }) => {
  expect(errorOf(() => refused?.(newStack()))).toContain(error);
});

test('Every refusal has an error and every unsupported configuration has a reason in one sentence', () => {
  expect(REFUSED.filter(([, , { error = '' }]) => error === '').map(([name]) => name)).toEqual([]);
  const isSentence = (text: string): boolean => text.endsWith('.') && !text.includes('. ');
  expect(UNSUPPORTED.filter(([, , { reason }]) => !isSentence(reason)).map(([name]) => name)).toEqual([]);
});

test('At least 91 % of the configurations are expressed', () => {
  const total = EXPRESSED.length + UNSUPPORTED.length;
  expect({
    total,
    expressed: EXPRESSED.length,
    overridden: EXPRESSED.filter(([, , { isOverridden }]) => isOverridden).length,
    different: EXPRESSED.filter(([, , { difference }]) => difference !== undefined).length,
    unsupported: UNSUPPORTED.length,
    gaps: UNSUPPORTED.filter(([, , { reason }]) => reason.startsWith('GAP:')).length,
  }).toEqual({ total: 122, expressed: 112, overridden: 8, different: 11, unsupported: 10, gaps: 0 });
  expect(EXPRESSED.length / total).toBeGreaterThanOrEqual(0.91);
});
