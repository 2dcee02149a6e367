import { Command } from 'commander';
import { type Layer, layersOf } from '../container';
import { buildArgOption, fileOption, platformOption, printJson } from './common';
import { ValidationErrors, isDirectory, pairs } from './options';
import { type ImageOptions, Session, note, buildContext } from './session';

interface ImagesOptions extends Omit<ImageOptions, 'target'> {
  readonly combinedTarget?: string;
  readonly trainingTarget: string;
  readonly inferenceTarget: string;
  readonly json?: boolean;
}

/** The size of an image, on disk and compressed as it is pulled. */
interface ImageSize {
  readonly layers: number;
  readonly bytes: number;
  readonly pulledBytes: number;
}

interface Comparison {
  /** Undefined if the Dockerfile has no stage for a combined image. */
  readonly combined?: ImageSize;
  readonly training: ImageSize;
  readonly inference: ImageSize;
  readonly shared: ImageSize;
}

export function imagesCommand(): Command {
  return new Command('images')
    .description('Compare the sizes of one combined and two separate images, for training and for inference')
    .argument('<directory>', 'a directory with a Dockerfile that has a stage for each image')
    .addOption(fileOption())
    .option('--combined-target <stage>', 'stage of the combined image (default: the last stage)')
    .option('--training-target <stage>', 'stage of the training image', 'training')
    .option('--inference-target <stage>', 'stage of the inference image', 'inference')
    .addOption(buildArgOption())
    .addOption(platformOption())
    .option('--verbose', 'print the output of the builds')
    .option('--json', 'print the result as JSON')
    .action(async (directory: string, options: ImagesOptions) => {
      process.exitCode = await compare(directory, options);
    });
}

async function compare(directory: string, options: ImagesOptions): Promise<number> {
  const errors = new ValidationErrors();
  errors.when(!isDirectory(directory), `"${directory}" is not a directory`);
  buildContext(errors, directory, options);
  pairs(errors, '--build-arg', options.buildArg);
  errors.throwIfAny();
  return Session.of(async (session) => {
    const layers = async (target?: string): Promise<Layer[]> =>
      layersOf(session.engine, await session.image(directory, { ...options, target }));
    const combined = await layers(options.combinedTarget);
    const stage = (target: string, option: string): Promise<Layer[]> =>
      layers(target).catch((error: Error) => {
        throw NO_STAGE.test(error.message) ? missingStage(directory, target, option) : error;
      });
    const training = await stage(options.trainingTarget, '--training-target');
    const inference = await stage(options.inferenceTarget, '--inference-target');
    const known = new Set(training.map(({ digest }) => digest));
    const shared = inference.filter(({ digest }) => known.has(digest));
    const isSeparate = [training, inference].some((one) => haveSameLayers(one, combined));
    if (isSeparate) note(noCombinedStage(directory, options));
    const comparison = {
      combined: isSeparate ? undefined : sizeOf(combined),
      training: sizeOf(training),
      inference: sizeOf(inference),
      shared: sizeOf(shared),
    };
    if (options.json === true) printJson(comparison);
    else print(comparison);
    return 0;
  });
}

/** The errors of the builders of Docker about a stage that does not exist. */
const NO_STAGE = /failed to reach build target|target stage .* could not be found/;

function missingStage(directory: string, target: string, option: string): Error {
  return new Error(
    `The Dockerfile in ${directory} has no stage "${target}". This command compares one combined image with two separate ones, so the ` +
      `Dockerfile needs a stage for training and one for inference (FROM … AS ${target}). Name another stage with ${option}.`,
  );
}

function haveSameLayers(one: Layer[], other: Layer[]): boolean {
  return one.length === other.length && one.every(({ digest }, index) => digest === other[index].digest);
}

function noCombinedStage(directory: string, { combinedTarget }: ImagesOptions): string {
  const stage = combinedTarget === undefined ? 'last stage' : `stage "${combinedTarget}"`;
  return (
    `warning: the ${stage} of the Dockerfile in ${directory} is one of the two separate images, so that there is no combined image to compare ` +
    'them with. Add a stage that contains both, and name it with --combined-target unless it is the last one.'
  );
}

function sizeOf(layers: Layer[]): ImageSize {
  const sum = (of: (layer: Layer) => number): number => layers.reduce((total, layer) => total + of(layer), 0);
  return {
    layers: layers.length,
    bytes: sum(({ bytes }) => bytes),
    pulledBytes: sum((layer) => layer.compressedBytes),
  };
}

function print({ combined, training, inference, shared }: Comparison): void {
  const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`.padStart(12);
  const rows: [string, ImageSize][] = [
    ...(combined === undefined ? [] : [['combined', combined] as [string, ImageSize]]),
    ['training', training],
    ['inference', inference],
    ['shared by training and inference', shared],
  ];
  note(`${''.padEnd(34)}${'on disk'.padStart(12)}${'to pull'.padStart(12)}  layers`);
  for (const [name, { bytes, pulledBytes, layers }] of rows) {
    process.stdout.write(`${name.padEnd(34)}${megabytes(bytes)}${megabytes(pulledBytes)}  ${layers}\n`);
  }
  const stored = megabytes(training.pulledBytes + inference.pulledBytes - shared.pulledBytes).trim();
  if (combined === undefined) return note(`The repository stores ${stored} for two images.`);
  const percent = Math.round((100 * inference.pulledBytes) / combined.pulledBytes);
  note(
    `With two images, an inference instance pulls ${percent} % of the size of the combined image. The repository stores ${stored} for two ` +
      `images and ${megabytes(combined.pulledBytes).trim()} for the combined one.`,
  );
}
