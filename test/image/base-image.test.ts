import { App, CfnParameter, Stack, aws_ecr as ecr, aws_ecr_assets as ecr_assets } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import {
  AlgorithmImages,
  Architecture,
  type AssetImageOptions,
  BuiltInAlgorithm,
  ContainerImage,
  DeepLearningFramework,
  ImagePurpose,
  InstanceType,
  Model,
  Processor,
  Script,
  TrainingJob,
  TrainingResources,
} from '../../lib';
import { errorOf } from '../stacks';
import { BuildDirectory, deleteDirectories, newDirectory } from './build-directory';

afterEach(deleteDirectories);

const ACCOUNT = '111122223333';
const EXTENDED = 'ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY train.py /opt/ml/code/\n';
const EU = '763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.3.0-gpu-py311';

function directory(dockerfile = EXTENDED): BuildDirectory {
  return new BuildDirectory(dockerfile, { 'train.py': 'train' });
}

function pytorch(options: { version?: string; purpose?: ImagePurpose; processor?: Processor } = {}): ContainerImage {
  return ContainerImage.fromDeepLearningContainer(DeepLearningFramework.PYTORCH, {
    purpose: ImagePurpose.TRAINING,
    version: '2.3.0',
    processor: Processor.GPU,
    ...options,
  });
}

function graviton(): ContainerImage {
  return ContainerImage.fromDeepLearningContainer(DeepLearningFramework.PYTORCH, {
    purpose: ImagePurpose.INFERENCE,
    version: '2.3.0',
    instanceType: InstanceType.ML_C7G_LARGE,
  });
}

function stackIn(region: string, app = new App({ outdir: newDirectory() })): Stack {
  return new Stack(app, `Stack-${region}`, { env: { account: ACCOUNT, region } });
}

/** The Docker builds of the assets of a stack. */
function buildsOf(stack: Stack): { tag: string; buildArgs: Record<string, string>; platform: string }[] {
  const { directory: assembly } = (stack.node.root as App).synth();
  const file = path.join(assembly, `${stack.artifactId}.assets.json`);
  const { dockerImages } = JSON.parse(readFileSync(file, 'utf8')) as {
    dockerImages: Record<string, { source: { dockerBuildArgs: Record<string, string>; platform: string } }>;
  };
  return Object.entries(dockerImages).map(([tag, { source }]) => ({
    tag,
    buildArgs: source.dockerBuildArgs,
    platform: source.platform,
  }));
}

function built(image: ContainerImage, region = 'eu-west-1'): ReturnType<typeof buildsOf>[number] {
  const stack = stackIn(region);
  image.bind(stack);
  const [build, ...others] = buildsOf(stack);
  expect(others).toEqual([]);
  return build;
}

/** The error of the use of an image in a stack. */
function errorIn(stack: Stack, options: AssetImageOptions, dockerfile = EXTENDED): string {
  const { path: context } = directory(dockerfile);
  return errorOf(() => ContainerImage.fromAsset(context, options).bind(stack)).replace(context, 'DIR');
}

describe('An image with a base image', () => {
  test('is built with the URI of a deep learning container in the region of the stack', () => {
    const image = ContainerImage.fromAsset(directory().path, { baseImage: pytorch() });
    expect(built(image).buildArgs).toEqual({ BASE_IMAGE: EU });
  });

  test('is built with the argument of another name, together with other arguments', () => {
    const { path: context } = directory(EXTENDED.replaceAll('BASE_IMAGE', 'PARENT'));
    const image = ContainerImage.fromAsset(context, {
      baseImage: pytorch(),
      baseImageArg: 'PARENT',
      buildArgs: { BASE_IMAGE: 'x' },
    });
    expect(built(image).buildArgs).toEqual({ PARENT: EU, BASE_IMAGE: 'x' });
  });

  test('is built once for each region when stacks of two regions use it', () => {
    const app = new App({ outdir: newDirectory() });
    const image = ContainerImage.fromAsset(directory().path, { baseImage: pytorch() });
    const stacks = ['eu-west-1', 'cn-north-1'].map((region) => stackIn(region, app));
    stacks.forEach((stack) => image.bind(stack));
    const [[european], [chinese]] = stacks.map(buildsOf);
    expect(european.buildArgs.BASE_IMAGE).toBe(EU);
    expect(chinese.buildArgs.BASE_IMAGE).toMatch(
      /^727897471807\.dkr\.ecr\.cn-north-1\.amazonaws\.com\.cn\/pytorch-training:/,
    );
    expect(chinese.tag).not.toBe(european.tag);
  });

  test('is built once when several constructs of a stack use it', () => {
    const stack = stackIn('eu-west-1');
    const { path: context } = directory();
    const [one, two] = [1, 2].map(() => ContainerImage.fromAsset(context, { baseImage: pytorch() }));
    [one, one, two].forEach((image) => image.bind(stack));
    expect(buildsOf(stack)).toHaveLength(1);
  });

  test.each<[string, () => ContainerImage, string]>([
    [
      'a built-in algorithm',
      () =>
        ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.XGBOOST, {
          purpose: ImagePurpose.TRAINING,
          version: '1.7-1',
          processor: Processor.CPU,
        }),
      '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1',
    ],
    ['an image by its URI', () => ContainerImage.fromRegistry(EU, { verify: true }), EU],
    [
      'an image in a private registry',
      () => ContainerImage.fromPrivateRegistry('registry.example.com/base:1'),
      'registry.example.com/base:1',
    ],
  ])('can extend %s', (_, baseImage, uri) => {
    const image = ContainerImage.fromAsset(directory().path, { baseImage: baseImage() });
    expect(built(image).buildArgs).toEqual({ BASE_IMAGE: uri });
  });

  test.each([
    ['tag', { tag: 'v1' }, ':v1'],
    ['digest', { digest: `sha256:${'a'.repeat(64)}` }, `@sha256:${'a'.repeat(64)}`],
  ])('can extend an image of an imported repository by its %s', (_, version, suffix) => {
    const stack = stackIn('eu-west-1');
    const arn = 'arn:aws:ecr:eu-west-1:444455556666:repository/base/python';
    const baseImage = ContainerImage.fromEcrRepository(ecr.Repository.fromRepositoryArn(stack, 'Base', arn), version);
    ContainerImage.fromAsset(directory().path, { baseImage }).bind(stack);
    const uri = `444455556666.dkr.ecr.eu-west-1.amazonaws.com/base/python${suffix}`;
    expect(buildsOf(stack)[0].buildArgs).toEqual({ BASE_IMAGE: uri });
  });

  test('is accepted when the target is based on a stage that starts from the base image', () => {
    const dockerfile = `ARG BASE_IMAGE=python:3.12\nFROM \${BASE_IMAGE} AS base\nFROM alpine AS other\nFROM base AS Training\n`;
    const image = ContainerImage.fromAsset(directory(dockerfile).path, { baseImage: pytorch(), target: 'training' });
    expect(built(image).buildArgs).toEqual({ BASE_IMAGE: EU });
  });

  test.each([
    ['in quotation marks', 'FROM "${BASE_IMAGE}" AS base\nFROM "base"\n'],
    ['before a here-document', 'FROM $BASE_IMAGE\nRUN <<EOF\nFROM alpine\nEOF\n'],
    ['after a here-document', "FROM alpine AS other\nCOPY <<-'EOF' /a\n\tFROM other\n\tEOF\nFROM $BASE_IMAGE\n"],
  ])('is accepted when the target starts from it %s', (_, stages) => {
    const image = ContainerImage.fromAsset(directory(`ARG BASE_IMAGE\n${stages}`).path, { baseImage: pytorch() });
    expect(built(image).buildArgs).toEqual({ BASE_IMAGE: EU });
  });

  test.each([
    ['directly', 'ARG PARENT=${BASE_IMAGE}\nFROM ${PARENT}\n'],
    ['indirectly', 'ARG FIRST="$BASE_IMAGE" OTHER=1\nARG PARENT=${FIRST:-alpine}\nFROM $PARENT AS base\nFROM base\n'],
  ])('is accepted when the default value of another argument contains the URI %s', (_, stages) => {
    const image = ContainerImage.fromAsset(directory(`ARG BASE_IMAGE\n${stages}`).path, { baseImage: pytorch() });
    expect(built(image).buildArgs).toEqual({ BASE_IMAGE: EU });
  });

  test('is accepted when a variable decides on which stage the target is based', () => {
    const dockerfile = `ARG BASE_IMAGE\nARG KIND=gpu\nFROM \$BASE_IMAGE AS gpu\nFROM alpine AS cpu\nFROM \${KIND}\n`;
    expect(built(ContainerImage.fromAsset(directory(dockerfile).path, { baseImage: pytorch() })).buildArgs).toEqual({
      BASE_IMAGE: EU,
    });
  });
});

describe('The build of an image with a base image', () => {
  test.each<[string, AssetImageOptions]>([
    ['by default', {}],
    ['also if build arguments are excluded from the hash', { invalidation: { buildArgs: false } }],
    [
      'also if build arguments and the extra hash are excluded from the hash',
      { extraHash: 'x', invalidation: { buildArgs: false, extraHash: false } },
    ],
  ])('is another one when the version of the base image changes, %s', (_, options) => {
    const { path: context } = directory();
    const image = (version: string): ContainerImage =>
      ContainerImage.fromAsset(context, { baseImage: pytorch({ version }), ...options });
    const [before, same, after] = ['2.3.0', '2.3.0', '2.4.0'].map((version) => built(image(version)).tag);
    expect(same).toBe(before);
    expect(after).not.toBe(before);
  });

  test('has the hash of a build with the same build argument', () => {
    const { path: context } = directory();
    const extended = ContainerImage.fromAsset(context, { baseImage: ContainerImage.fromRegistry(EU) });
    const plain = ContainerImage.fromAsset(context, { buildArgs: { BASE_IMAGE: EU } });
    expect(built(extended).tag).toBe(built(plain).tag);
  });

  test.each([
    ['the URI', EXTENDED],
    [
      'an argument that contains the URI',
      EXTENDED.replace('\nFROM ${BASE_IMAGE}', '\nARG PARENT=${BASE_IMAGE}\nFROM ${PARENT}'),
    ],
  ])(
    'identifies the image in jobs by the base image and the files that the target copies, if it starts from %s',
    (_, dockerfile) => {
      const context = directory(dockerfile);
      const identity = (version: string): string | undefined =>
        ContainerImage.fromAsset(context.path, { baseImage: pytorch({ version }) }).bind(stackIn('eu-west-1')).identity;
      const before = identity('2.3.0');
      context.write('README.md', 'changed');
      expect(identity('2.3.0')).toBe(before);
      expect(identity('2.4.0')).not.toBe(before);
    },
  );
});

describe('An image that extends another one', () => {
  test('has the platform, the processor and the purpose of the base image when they are not specified', () => {
    const training = ContainerImage.fromAsset(directory().path, { baseImage: pytorch() });
    expect(training.architecture).toBe(Architecture.X86_64);
    expect(training.processor).toBe(Processor.GPU);
    expect(training.purpose).toBe(ImagePurpose.TRAINING);
    const arm = ContainerImage.fromAsset(directory().path, { baseImage: graviton() });
    expect(arm.architecture).toBe(Architecture.ARM64);
    expect(arm.purpose).toBe(ImagePurpose.INFERENCE);
    expect(built(arm).platform).toBe('linux/arm64');
  });

  test('has the processor and the purposes that are specified', () => {
    const image = ContainerImage.fromAsset(directory().path, {
      baseImage: pytorch(),
      processor: Processor.CPU,
      purposes: [ImagePurpose.TRAINING, ImagePurpose.INFERENCE],
    });
    expect(image.processor).toBe(Processor.CPU);
    expect(image.purpose).toBeUndefined();
  });

  test('has the only purpose that is specified, also without a base image', () => {
    const image = ContainerImage.fromAsset(directory().path, { purposes: [ImagePurpose.INFERENCE] });
    expect(image.purpose).toBe(ImagePurpose.INFERENCE);
  });

  test('cannot serve when it extends a training image, unless its purposes include inference', () => {
    const stack = stackIn('eu-west-1');
    const { path: context } = directory();
    const image = ContainerImage.fromAsset(context, { baseImage: pytorch() });
    expect(errorOf(() => new Model(stack, 'Model', { image }))).toContain(
      '`image` must be an image for inference, got an image whose `purposes` or `baseImage` are for training: use another `baseImage`, or ' +
        'set `purposes` if you have added the program for inference',
    );
    const purposes = [ImagePurpose.TRAINING, ImagePurpose.INFERENCE];
    const both = ContainerImage.fromAsset(context, { baseImage: pytorch(), purposes });
    expect(() => new Model(stack, 'Both', { image: both })).not.toThrow();
    expect(AlgorithmImages.combined(both).inference).toBe(both);
  });

  test('needs a GPU when its base image does', () => {
    const image = ContainerImage.fromAsset(directory().path, { baseImage: pytorch() });
    const resources = TrainingResources.of(InstanceType.ML_M5_XLARGE);
    expect(errorOf(() => new TrainingJob(stackIn('eu-west-1'), 'Train', { image, resources }))).toContain(
      'ml.m5.xlarge has no GPU, which the image requires',
    );
  });

  test('runs scripts without a warning when its base image contains the toolkit of SageMaker', () => {
    const stack = stackIn('eu-west-1');
    const scripts = new BuildDirectory('FROM scratch', { 'train.py': 'train' }).path;
    const train = (id: string, options: AssetImageOptions): TrainingJob =>
      new TrainingJob(stack, id, {
        image: ContainerImage.fromAsset(directory().path, options),
        script: Script.fromDirectory(scripts, 'train.py'),
        resources: TrainingResources.of(InstanceType.ML_G5_XLARGE),
      });
    const warnings = (): unknown[] =>
      Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('ignores `script`'));
    train('Extended', { baseImage: pytorch(), verify: true });
    expect(warnings()).toEqual([]);
    train('Other', { baseImage: ContainerImage.fromPrivateRegistry('example.com/base:1') });
    expect(warnings()).toHaveLength(1);
  });

  test('loads a script from the model artifact when its base image does so', () => {
    const stack = stackIn('eu-west-1');
    const scripts = new BuildDirectory('FROM scratch', { 'inference.py': 'serve' }).path;
    const baseImage = pytorch({ purpose: ImagePurpose.INFERENCE });
    const job = new TrainingJob(stack, 'Train', {
      image: ContainerImage.fromAsset(directory().path, { baseImage: pytorch() }),
      resources: TrainingResources.of(InstanceType.ML_G5_XLARGE),
    });
    new Model(stack, 'Model', {
      image: ContainerImage.fromAsset(directory().path, { baseImage }),
      modelData: job.modelData,
      script: Script.fromDirectory(scripts, 'inference.py'),
    });
    Template.fromStack(stack).resourceCountIs('Custom::SageMakerModelArtifact', 1);
  });
});

describe('A base image is rejected', () => {
  const inRegion = (): Stack => stackIn('eu-west-1');

  test('when the region of the stack is not known, with the property to set', () => {
    const stack = new Stack(new App({ outdir: newDirectory() }), 'Agnostic');
    expect(errorIn(stack, { baseImage: pytorch() })).toBe(
      'Image of directory DIR: `baseImage` must be an image whose URI is known at synthesis, since the build requires it, got an image that ' +
        'AWS provides, whose registry depends on the region of stack Agnostic. Set `env` of the stack: ' +
        '{ account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION }',
    );
  });

  test('when the Dockerfile does not use it, together with all other errors', () => {
    const { path: other } = directory();
    const error = errorIn(inRegion(), { baseImage: ContainerImage.fromAsset(other) }, 'FROM python:3.12\n');
    expect(error.replace(other, 'OTHER')).toBe(
      'Image of directory DIR has 2 validation errors:\n' +
        '  - `baseImage` must be an image whose URI is known at synthesis, since the build requires it, got the image of OTHER, which the ' +
        'deployment pushes. If it is a directory, make it a stage of the same Dockerfile\n' +
        '  - `baseImage` has no effect, since Dockerfile does not use its URI. Write `ARG BASE_IMAGE` before the first FROM, and start the ' +
        'last stage with `FROM ${BASE_IMAGE}`',
    );
  });

  test.each([
    ['declares the argument in a stage only', 'FROM python:3.12\nARG BASE_IMAGE\nRUN echo $BASE_IMAGE\n', undefined],
    ['has no ARG instruction before the first stage', 'FROM ${BASE_IMAGE}\nARG BASE_IMAGE\n', undefined],
    [
      'derives an argument from it before it is declared',
      'ARG PARENT=$BASE_IMAGE\nARG BASE_IMAGE\nFROM $PARENT\n',
      undefined,
    ],
    ['only uses it as the platform', 'ARG BASE_IMAGE\nFROM --platform=$BASE_IMAGE alpine\n', undefined],
    ['only uses it as the name of a stage', 'ARG BASE_IMAGE\nFROM alpine AS $BASE_IMAGE\n', undefined],
    ['starts from another image in quotation marks', 'ARG BASE_IMAGE\nFROM "alpine:3"\n', undefined],
    [
      'only uses it in a here-document',
      'ARG BASE_IMAGE\nFROM alpine\nRUN <<A cat && <<B cat\nFROM $BASE_IMAGE\nA\nFROM $BASE_IMAGE\nB\n',
      undefined,
    ],
    ['starts another stage from it', `${EXTENDED.replace('}\n', '} AS other\n')}FROM alpine AS training\n`, 'training'],
  ])('when the Dockerfile %s', (_, dockerfile, target) => {
    expect(errorIn(inRegion(), { baseImage: pytorch(), target }, dockerfile)).toContain(
      `start the ${target === undefined ? 'last stage' : 'stage training'} with \`FROM \${BASE_IMAGE}\``,
    );
  });

  test('with the error about the target only, when the Dockerfile has no such target', () => {
    expect(errorIn(inRegion(), { baseImage: pytorch(), target: 'missing' })).toBe(
      'Image of directory DIR: `target` must be a stage of the Dockerfile (none has a name), got: "missing"',
    );
  });

  test('when it is an archive, a token or a repository of the app, whose URIs are only known at deployment', () => {
    const stack = inRegion();
    const uri = new CfnParameter(stack, 'Uri').valueAsString;
    const archive = directory().path;
    const kinds = [
      ContainerImage.fromTarball(path.join(archive, 'Dockerfile')),
      ContainerImage.fromRegistry(uri),
      ContainerImage.fromEcrRepository(new ecr.Repository(stack, 'Own'), { tag: '1' }),
    ];
    const errors = kinds.map((baseImage) =>
      errorIn(stack, { baseImage }).replace(/.*since the build requires it, /, ''),
    );
    expect(errors).toEqual([
      `got the image of ${archive}/Dockerfile, which the deployment pushes. If it is a directory, make it a stage of the same Dockerfile`,
      'got a token',
      'got an image of repository Stack-eu-west-1/Own, whose account, region, name or tag is a token. Import an existing ' +
        'repository with Repository.fromRepositoryArn(), or by its name in a stack with `env`',
    ]);
  });

  test('when the options contradict it, with all errors at once', () => {
    const { path: context } = directory();
    const options: AssetImageOptions = {
      baseImage: pytorch(),
      baseImageArg: 'MY-BASE',
      buildArgs: { 'MY-BASE': 'x' },
      platform: ecr_assets.Platform.LINUX_ARM64,
      purposes: [],
    };
    expect(errorOf(() => ContainerImage.fromAsset(context, options)).replace(context, 'DIR')).toBe(
      'Image of directory DIR has 4 validation errors:\n' +
        '  - `purposes` must not be empty. Omit it if the purposes are not to be validated\n' +
        '  - `baseImageArg` must be a variable name: letters, digits and underscores, not starting with a digit, got: "MY-BASE"\n' +
        '  - `buildArgs` must not contain MY-BASE, which is the build argument for the URI of `baseImage`. Remove it, or choose another ' +
        'argument with `baseImageArg`\n' +
        '  - `platform` must be that of `baseImage`, which is built for x86_64, got: linux/arm64. Omit it, or use another base image',
    );
  });

  test('when only the name of its build argument is specified', () => {
    expect(errorOf(() => ContainerImage.fromAsset(directory().path, { baseImageArg: 'BASE' }))).toContain(
      '`baseImageArg` requires `baseImage`, whose URI is the value of the build argument',
    );
  });
});
