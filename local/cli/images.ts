import { Command } from 'commander';
import { type Layer, layersOf } from '../container';
import { collect, printJson } from './common';
import { Faults, isDirectory, pairs } from './options';
import { type ImageOptions, Session, note, sourceFault } from './session';

interface ImagesOptions extends Omit<ImageOptions, 'target'> {
  readonly combinedTarget?: string;
  readonly trainingTarget: string;
  readonly inferenceTarget: string;
  readonly json?: boolean;
}

/** What an image weighs, on a disk and on its way there. */
interface Weight {
  readonly layers: number;
  readonly bytes: number;
  readonly pulledBytes: number;
}

interface Comparison {
  readonly combined: Weight;
  readonly training: Weight;
  readonly inference: Weight;
  readonly shared: Weight;
}

export function imagesCommand(): Command {
  return new Command('images')
    .description('One image or two? Tells what each weighs, for training and for inference')
    .argument('<directory>', 'a directory with a Dockerfile that has a stage for each')
    .option('--file <Dockerfile>', 'its Dockerfile, relative to the directory')
    .option('--combined-target <stage>', 'the stage that does both; the last one, if nothing is said')
    .option('--training-target <stage>', 'the stage that trains', 'training')
    .option('--inference-target <stage>', 'the stage that answers', 'inference')
    .option('--build-arg <name=value>', 'may be given several times', collect)
    .option('--platform <platform>', 'what to build for', 'linux/amd64')
    .option('--verbose', 'show the builds')
    .option('--json', 'print the result as JSON')
    .action(async (directory: string, options: ImagesOptions) => {
      process.exitCode = await compare(directory, options);
    });
}

async function compare(directory: string, options: ImagesOptions): Promise<number> {
  const faults = new Faults();
  faults.when(!isDirectory(directory), `"${directory}" is not a directory`);
  const fault = sourceFault(directory, options);
  faults.when(fault !== undefined, fault ?? '');
  pairs(faults, '--build-arg', options.buildArg);
  faults.throwIfAny();
  return Session.of(async (session) => {
    const layers = async (target?: string): Promise<Layer[]> =>
      layersOf(session.engine, await session.image(directory, { ...options, target }));
    const combined = await layers(options.combinedTarget);
    const training = await layers(options.trainingTarget);
    const inference = await layers(options.inferenceTarget);
    const known = new Set(training.map(({ digest }) => digest));
    const shared = inference.filter(({ digest }) => known.has(digest));
    const comparison = {
      combined: weigh(combined),
      training: weigh(training),
      inference: weigh(inference),
      shared: weigh(shared),
    };
    if (options.json === true) printJson(comparison);
    else print(comparison);
    return 0;
  });
}

function weigh(layers: Layer[]): Weight {
  const sum = (of: (layer: Layer) => number): number => layers.reduce((total, layer) => total + of(layer), 0);
  return {
    layers: layers.length,
    bytes: sum(({ bytes }) => bytes),
    pulledBytes: sum((layer) => layer.compressedBytes),
  };
}

function print({ combined, training, inference, shared }: Comparison): void {
  const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`.padStart(12);
  const rows: [string, Weight][] = [
    ['combined', combined],
    ['training', training],
    ['inference', inference],
    ['shared by training and inference', shared],
  ];
  note(`${''.padEnd(34)}${'on disk'.padStart(12)}${'to pull'.padStart(12)}  layers`);
  for (const [name, { bytes, pulledBytes, layers }] of rows) {
    process.stdout.write(`${name.padEnd(34)}${megabytes(bytes)}${megabytes(pulledBytes)}  ${layers}\n`);
  }
  const percent = Math.round((100 * inference.pulledBytes) / combined.pulledBytes);
  note(
    `An instance that answers pulls ${percent} % of the combined image when there are two. The repository keeps ` +
      `${megabytes(training.pulledBytes + inference.pulledBytes - shared.pulledBytes).trim()} for two images, and ` +
      `${megabytes(combined.pulledBytes).trim()} for one.`,
  );
}
