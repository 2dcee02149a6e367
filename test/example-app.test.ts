import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { exampleApp } from '../bin/app';
import { LifecycleStack } from '../examples/breast-cancer/lifecycle-stack';
import { synthesizedExample } from './synthesized-example';

const LAYOUTS = ['combined', 'split'] as const;

function templates(layout: string): string {
  const app = exampleApp(new App({ context: { layout } }));
  const { stacks } = app.synth();
  return JSON.stringify(
    stacks.map(({ template }) => template as unknown),
    undefined,
    1,
  );
}

/** Names that have a hash over the algorithm, or over the job that runs it, at their end. */
const NAMES =
  /(BreastCancer-Algorithm-[A-F0-9]{8})-[0-9a-f]{10}|(TrainJob(?:Start|Handle|Condition)[A-F0-9]{8})[A-F0-9]{8}/g;

describe('The example app', () => {
  test.each(LAYOUTS)('with %s images breaks none of the bundled schema rules', (layout) => {
    expect(() => synthesizedExample(layout)).not.toThrow();
  });

  test('would fail if it broke one', () => {
    const broken = (): App =>
      synthesizedExample('combined', (app) => {
        const stack = new LifecycleStack(app, 'Broken', { layout: 'combined' });
        const resource = stack.algorithm.node.defaultChild as {
          addPropertyOverride?(path: string, value: unknown): void;
        };
        resource.addPropertyOverride?.('TrainingSpecification.TrainingChanels', []);
      });
    expect(broken).toThrow("Did you mean 'TrainingChannels'?");
  });

  test('differs between combined and split in its images, and in what is named after them', () => {
    const [combined, split] = LAYOUTS.map(templates);
    const [plain, changed] = [combined, split].map((text) => text.replace(NAMES, '$1$2').split('\n'));
    const image =
      /^ *"(TrainingImage|Image)": |^ *"ImageTag": "[0-9a-f]{64}"|"Fn::Sub": ".*:[0-9a-f]{64}"|SageMakerImagesImage[0-9a-f]{16}/;
    expect(changed.filter((line) => !plain.includes(line) && !image.test(line))).toEqual([]);
    // One image more to verify, with the statement that lets it be read.
    const verified = (lines: string[]): number => lines.filter((line) => line.includes('"ImageTag"')).length;
    expect([verified(plain), verified(changed)]).toEqual([1, 2]);
    expect(new Set(split.match(NAMES))).not.toEqual(new Set(combined.match(NAMES)));
  });

  test('refuses a layout that it does not know', () => {
    expect(() => exampleApp(new App({ context: { layout: 'triple' } }))).toThrow(
      'Context "layout" must be "combined" or "split", got: "triple".',
    );
  });

  test('hosts the model on an endpoint of two instances', () => {
    const app = exampleApp();
    const hosting = app.node.findChild('BreastCancer') as LifecycleStack;
    Template.fromStack(hosting).hasResourceProperties('AWS::SageMaker::EndpointConfig', {
      ProductionVariants: [{ VariantName: 'main', InstanceType: 'ml.c7i.large', InitialInstanceCount: 2 }],
    });
  });
});
