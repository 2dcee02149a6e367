import { readdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { ROOT, STACKS, lint, python, run, scratch, synthesize, template } from './project';

const TYPESCRIPT = `${process.execPath} --import tsx bin/app.ts`;
const PYTHON = `${python('python')} examples/breast-cancer/app.py`;

describe.each(['combined', 'split'])('The example app with %s images', (layout) => {
  let assembly: string;

  beforeAll(() => {
    assembly = synthesize(TYPESCRIPT, layout);
  });

  test.each(STACKS)('passes cfn-lint without an error in %s', (stack) => {
    expect(lint(path.join(assembly, `${stack}.template.json`))).toEqual([]);
  });

  test('has the same templates when it is written in Python with the wheel of this library', () => {
    const twin = synthesize(PYTHON, layout);
    for (const stack of STACKS) expect(template(twin, stack)).toEqual(template(assembly, stack));
  });
});

describe('The other examples violate no schema rule, and cfn-lint reports no error', () => {
  const examples = [
    'gpu',
    'monitoring',
    'multi-model',
    'notebooks',
    'pipe-mode',
    'provided-algorithm',
    'provided-inference',
    'r',
    'script-mode',
  ];
  const directory = scratch();
  let errors: string[];

  beforeAll(() => {
    run(ROOT, process.execPath, '--import', 'tsx', 'test/interop/synthesize.ts', directory, ...examples);
    errors = lint(...examples.flatMap(templatesOf));
  });

  const templatesOf = (example: string): string[] =>
    readdirSync(path.join(directory, example))
      .filter((name) => name.endsWith('.template.json'))
      .map((name) => path.join(directory, example, name));

  test.each(examples)('in %s', (example) => {
    expect(templatesOf(example)).toHaveLength(1);
    expect(errors.filter((error) => error.includes(path.join(directory, example)))).toEqual([]);
  });

  test('and it reports nothing else', () => {
    expect(errors).toEqual([]);
  });
});

describe('The example of the continuous lifecycle', () => {
  const names = ['ContinuousTraining', 'ContinuousHosting'];
  let assembly: string;

  beforeAll(() => {
    assembly = synthesize(`${process.execPath} --import tsx examples/continuous/app.ts`, 'combined');
  });

  test.each(names)('violates no schema rule, and passes cfn-lint without an error in %s', (stack) => {
    expect(lint(path.join(assembly, `${stack}.template.json`))).toEqual([]);
  });

  test('has the same templates when it is written in Python with the wheel of this library', () => {
    const twin = synthesize(`${python('python')} examples/continuous/app.py`, 'combined');
    for (const stack of names) expect(template(twin, stack)).toEqual(template(assembly, stack));
  });
});

test('The example of pipelines passes cfn-lint without an error, and has the same templates when it is written in Python', () => {
  const assembly = synthesize(`${process.execPath} --import tsx examples/pipelines/app.ts`, 'combined');
  const twin = synthesize(`${python('python')} examples/pipelines/app.py`, 'combined');
  const names = readdirSync(assembly, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => name.replace('.template.json', ''));
  expect(names).toHaveLength(4);
  expect(lint(...names.map((name) => path.join(assembly, `${name}.template.json`)))).toEqual([]);
  for (const name of names) expect(template(twin, name)).toEqual(template(assembly, name));
});

test('cfn-lint would find an error', () => {
  const file = path.join(scratch(), 'bad.template.json');
  const bad = { Resources: { A: { Type: 'AWS::SageMaker::Algorithm', Properties: { AlgorithmName: 'a_b' } } } };
  writeFileSync(file, JSON.stringify(bad));
  expect(lint(file).join('\n')).toContain('TrainingSpecification');
});
