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

/** The identities of images that are built from a directory, in those of jobs. */
const IMAGE_IDENTITIES = /(?<=trainingImage[\\":]+)[0-9a-f]{64}/g;

/** Names and logical IDs that end with a hash of the algorithm or of its job. */
const HASHED_NAMES =
  /(BreastCancer-Algorithm-[A-F0-9]{8})-[0-9a-f]{10}|(TrainJob(?:Start|Handle|Condition)[A-F0-9]{8})[A-F0-9]{8}/g;

describe('The example app', () => {
  test.each(LAYOUTS)('with %s images satisfies the bundled schema rules', (layout) => {
    expect(() => synthesizedExample(layout)).not.toThrow();
  });

  test('is rejected if it violates a bundled schema rule', () => {
    const synthesize = (): App =>
      synthesizedExample('combined', (app) => {
        const stack = new LifecycleStack(app, 'Broken', { layout: 'combined' });
        const resource = stack.algorithm.node.defaultChild as {
          addPropertyOverride?(path: string, value: unknown): void;
        };
        resource.addPropertyOverride?.('TrainingSpecification.TrainingChanels', []);
      });
    expect(synthesize).toThrow("Did you mean 'TrainingChannels'?");
  });

  test('differs between combined and split images only in images and in names that depend on them', () => {
    const [combined, split] = LAYOUTS.map(templates);
    const [combinedLines, splitLines] = [combined, split].map((text) =>
      text.replace(HASHED_NAMES, '$1$2').replace(IMAGE_IDENTITIES, '').split('\n'),
    );
    const image =
      /^ *"(TrainingImage|Image)": |^ *"ImageTag": "[0-9a-f]{64}"|"Fn::Sub": ".*:[0-9a-f]{64}"|SageMakerImagesImage[0-9a-f]{16}/;
    expect(splitLines.filter((line) => !combinedLines.includes(line) && !image.test(line))).toEqual([]);
    // The second image is verified too.
    const verifiedImages = (lines: string[]): number => lines.filter((line) => line.includes('"ImageTag"')).length;
    expect([verifiedImages(combinedLines), verifiedImages(splitLines)]).toEqual([1, 2]);
    expect(new Set(split.match(HASHED_NAMES))).not.toEqual(new Set(combined.match(HASHED_NAMES)));
  });

  test('rejects an unknown layout', () => {
    expect(() => exampleApp(new App({ context: { layout: 'triple' } }))).toThrow(
      'Context "layout" must be "combined" or "split", got: "triple".',
    );
  });

  test('hosts the model on an endpoint with two instances', () => {
    const app = exampleApp();
    const hosting = app.node.findChild('BreastCancer') as LifecycleStack;
    Template.fromStack(hosting).hasResourceProperties('AWS::SageMaker::EndpointConfig', {
      ProductionVariants: [{ VariantName: 'main', InstanceType: 'ml.c7i.large', InitialInstanceCount: 2 }],
    });
  });
});
