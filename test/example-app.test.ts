import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { exampleApp } from '../bin/app';
import { AlgorithmStack } from '../examples/breast-cancer/algorithm-stack';
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

describe('The example app', () => {
  test.each(LAYOUTS)('with %s images breaks none of the bundled schema rules', (layout) => {
    expect(() => synthesizedExample(layout)).not.toThrow();
  });

  test('would fail if it broke one', () => {
    const broken = (): App =>
      synthesizedExample('combined', (app) => {
        const stack = new AlgorithmStack(app, 'Broken', { layout: 'combined' });
        const resource = stack.algorithm.node.defaultChild as {
          addPropertyOverride?(path: string, value: unknown): void;
        };
        resource.addPropertyOverride?.('TrainingSpecification.TrainingChanels', []);
      });
    expect(broken).toThrow("Did you mean 'TrainingChannels'?");
  });

  test('differs between combined and split in its images, and in what is named after them', () => {
    const [combined, split] = LAYOUTS.map((layout) => templates(layout).split('\n'));
    const changed = split.filter((line) => !combined.includes(line)).map((line) => line.trim());
    const image = /^"(TrainingImage|Image)": |^"Fn::Sub": ".*-container-assets-.*:[0-9a-f]{64}"/;
    const name = /^"AlgorithmName": "BreastCancerAlgorithm-[A-F0-9]{8}-[0-9a-f]{10}",?$/;
    expect(changed.filter((line) => !image.test(line) && !name.test(line))).toEqual([]);
    expect(changed.filter((line) => name.test(line))).toHaveLength(1);
    expect(split).toHaveLength(combined.length);
  });

  test('refuses a layout that it does not know', () => {
    expect(() => exampleApp(new App({ context: { layout: 'triple' } }))).toThrow(
      'Context "layout" must be "combined" or "split", got: "triple".',
    );
  });

  test('hosts the model on an endpoint of two instances', () => {
    const app = exampleApp();
    const hosting = app.node.findChild('BreastCancerHosting') as AlgorithmStack;
    Template.fromStack(hosting).hasResourceProperties('AWS::SageMaker::EndpointConfig', {
      ProductionVariants: [{ VariantName: 'main', InstanceType: 'ml.c7i.large', InitialInstanceCount: 2 }],
    });
  });
});
