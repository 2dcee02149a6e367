import { Annotations, App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { AlgorithmImages, ContainerImage, Hyperparameter, InstanceType } from '../../../lib';
import { type Plan, planOf, planReport } from '../../../local/plan';
import { newByoAlgorithm } from '../../lifecycle-fixtures';
import { newModel } from '../../hosting-fixtures';
import { IMAGE_DIRECTORY, image } from '../../stacks';
import { directoryWith } from '../check/check-engine';
import { synthesized } from './fixture';

interface Lifecycle {
  readonly training?: string;
  readonly inference?: string;
  readonly maxDepth?: string;
  readonly instanceCount?: number;
  readonly id?: string;
  readonly name?: string;
}

/** The output directory of an app with a lifecycle, whose images and hyperparameters have these values. */
function lifecycle({
  training = 'a',
  inference = 'b',
  maxDepth = '6',
  instanceCount = 1,
  id = 'Stack',
  name,
}: Lifecycle = {}): string {
  return synthesized(
    (stack) =>
      newByoAlgorithm(stack, {
        images: AlgorithmImages.split({ training: image(training), inference: image(inference) }),
        hyperparameters: [Hyperparameter.integer('max_depth', { min: 1, max: 64 })],
        training: { hyperparameters: { max_depth: maxDepth } },
        endpoint: { instanceType: InstanceType.ML_C7I_LARGE, instanceCount },
      }),
    { stackName: name ?? id },
    id,
  );
}

const changesOf = ({ stacks }: Plan, items: 'runs' | 'idle'): unknown[] =>
  stacks.flatMap((stack) => stack[items].map(({ path, change }) => `${path} ${change}`));

describe('The plan of an app that is compared with the last deployment', () => {
  const before = lifecycle();

  test('has no runs if nothing has changed', () => {
    const plan = planOf(lifecycle(), before);
    expect(changesOf(plan, 'runs')).toEqual(['Stack/Churn/Training unchanged']);
    expect(plan.total).toMatchObject({ starts: 0, reused: 1, stopped: 0, maxInstanceHours: {} });
    expect(plan.environments[0].quotas.map(({ name }) => name)).toEqual([
      'ml.c7i.large for endpoint usage',
      'Number of instances across active endpoints',
    ]);
  });

  test('has no training job if only the inference image has changed', () => {
    const plan = planOf(lifecycle({ inference: 'c' }), before);
    expect(changesOf(plan, 'runs')).toEqual(['Stack/Churn/Training unchanged']);
  });

  test.each([
    ['the training image', { training: 'c' }],
    ['a hyperparameter', { maxDepth: '7' }],
  ])('has a training job if %s has changed', (_, change) => {
    const plan = planOf(lifecycle(change), before);
    expect(changesOf(plan, 'runs')).toEqual(['Stack/Churn/Training changed']);
    expect(plan.total).toMatchObject({ starts: 1, reused: 0, stopped: 0 });
  });

  test('has the changes of idle resources', () => {
    const changes = changesOf(planOf(lifecycle({ instanceCount: 3 }), before), 'idle');
    expect(changes).toContain('Stack/Churn/Endpoint (main) changed');
    expect(changes.filter((change) => !String(change).endsWith('unchanged'))).toHaveLength(1);
  });

  test('starts everything again in a renamed stack, while the previous one stays deployed', () => {
    const plan = planOf(lifecycle({ name: 'Renamed' }), before);
    expect(plan.stacks.map(({ name, change }) => [name, change])).toEqual([
      ['Renamed', 'new'],
      ['Stack', 'gone'],
    ]);
    expect(changesOf(plan, 'runs')).toEqual(['Stack/Churn/Training new', 'Stack/Churn/Training unchanged']);
    expect(plan.total).toMatchObject({ starts: 1, reused: 0, idleInstances: { 'ml.c7i.large': 2 } });
    expect(plan.environments[0].quotas).toContainEqual({
      name: 'ml.c7i.large for endpoint usage',
      atLeast: 1,
      atMost: 2,
    });
  });

  test('stops a job that is not in the app any more', () => {
    const plan = planOf(
      synthesized(() => undefined),
      before,
    );
    expect(changesOf(plan, 'runs')).toEqual(['Stack/Churn/Training gone']);
    expect(plan.total).toMatchObject({ starts: 0, reused: 0, stopped: 1, idleInstances: {} });
  });

  test('stops no image verification, which has ended with the previous deployment', () => {
    const verified = synthesized((stack) =>
      newModel(stack, { image: ContainerImage.fromAsset(IMAGE_DIRECTORY, { verify: true }) }),
    );
    const plan = planOf(
      synthesized(() => undefined),
      verified,
    );
    expect(plan.stacks[0].runs).toMatchObject([{ kind: 'image verification', change: 'gone' }]);
    expect(plan.total).toMatchObject({ starts: 0, stopped: 0 });
  });

  test('is rejected if the previous assembly is that of another app', () => {
    expect(() => planOf(lifecycle({ id: 'Other' }), before)).toThrow(
      `--previous must be an assembly of the same app, got: "${before}" with the stacks "Stack", while`,
    );
  });
});

test('A plan contains the stacks of stages and nested stacks, each in its environment', () => {
  const app = new App();
  for (const region of ['eu-west-1', 'us-east-1']) {
    const stage = new Stage(app, region, { env: { account: '111122223333', region } });
    const stack = new Stack(stage, 'Stack');
    newByoAlgorithm(new NestedStack(stack, 'Nested'));
  }
  const { stacks, environments } = planOf(app.synth().directory);
  expect(stacks.map(({ name, environment, runs }) => [name, environment, runs.map(({ path }) => path)])).toEqual([
    ['eu-west-1-Stack', 'aws://111122223333/eu-west-1', ['eu-west-1/Stack/Nested/Churn/Training']],
    ['us-east-1-Stack', 'aws://111122223333/us-east-1', ['us-east-1/Stack/Nested/Churn/Training']],
  ]);
  expect(environments.map(({ environment, quotas }) => [environment, quotas.length])).toEqual([
    ['aws://111122223333/eu-west-1', 4],
    ['aws://111122223333/us-east-1', 4],
  ]);
});

test('The text of a plan has the paths below a stack, also if it is in a stage or has a name of its own', () => {
  const app = new App();
  newByoAlgorithm(new Stack(new Stage(new Stage(app, 'Pipeline'), 'Development'), 'Training'));
  newByoAlgorithm(new Stack(app, 'Named', { stackName: 'churn' }));
  const plan = planOf(app.synth().directory);
  const text = planReport('text', plan);
  expect(plan.stacks.map(({ name, path }) => [name, path])).toEqual([
    ['Pipeline-Development-Training', 'Pipeline/Development/Training'],
    ['churn', 'Named'],
  ]);
  expect(text.match(/^ {4}Churn\/Training {2}training /gm)).toHaveLength(2);
  expect(text).not.toMatch(/Development\/|Named\//);
});

test('The text of a plan explains the quotas once for all environments', () => {
  const app = new App();
  for (const region of ['eu-west-1', 'us-east-1'])
    newByoAlgorithm(new Stack(app, region, { env: { account: '111122223333', region } }));
  const text = planReport('text', planOf(app.synth().directory));
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  expect([count(/^Quotas in /gm), count(/At least: /g), count(/list-service-quotas/g)]).toEqual([2, 1, 1]);
});

describe('The errors that an app adds to its constructs', () => {
  const withErrors = synthesized((stack) => {
    const nested = new NestedStack(stack, 'Nested');
    Annotations.of(stack).addError('The first.');
    Annotations.of(nested).addError('The second.');
    Annotations.of(nested).addWarningV2('id', 'A warning.');
  });

  test('are part of its plan with their construct paths', () => {
    expect(planOf(withErrors).stacks.map(({ errors }) => errors)).toEqual([
      [
        { path: 'Stack', message: 'The first.' },
        { path: 'Stack/Nested', message: 'The second.' },
      ],
    ]);
  });

  test('are not part of a plan if only the previous assembly has them', () => {
    const renamed = synthesized((stack) => newByoAlgorithm(stack), { stackName: 'Other' });
    expect(planOf(renamed, withErrors).stacks.map(({ name, errors }) => [name, errors])).toEqual([
      ['Other', []],
      ['Stack', []],
    ]);
  });
});

test('A directory that is not a cloud assembly is rejected with the reason', () => {
  expect(() => planOf(__dirname)).toThrow('pass the output directory of `cdk synth`, such as cdk.out.');
  expect(() => planOf(directoryWith({ 'manifest.json': '{' }))).toThrow('is not a valid cloud assembly: ');
});
