import { readFileSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { type ChannelData, dataOf } from './channel-data';
import { type Targets, imageCheck, lines, servingCheck } from './check-options';
import type { Choices } from './choices';
import { definitionCode } from './definition-code';
import type { Existing } from './existing';
import { type Files, type Values, below, filled } from './files';
import { missing } from './missing';
import { VERSIONS } from './versions';

/** The folder of the CDK app in the directory of an existing algorithm. */
const FOLDER = 'deployment';

/** The new files of a directory that has an algorithm. */
export interface WrappedProject {
  readonly files: Files;

  /** Notes for the user. */
  readonly notes: string[];
}

export interface WrapOptions extends Pick<Choices, 'app' | 'serving'> {
  readonly name: string;
}

/** A CDK app for the container of a directory, or for its training script, which gets a container. */
export function wrappedProject(directory: string, existing: Existing, options: WrapOptions): WrappedProject {
  const data = existing.channels.map((channel) => dataOf(directory, FOLDER, channel));
  const samples = options.app === 'none' ? [] : data.filter(({ isMissing }) => isMissing);
  const ignored = ignoredBy(directory);
  const container = filled(containerTemplates(existing), { folder: FOLDER });
  return {
    files: new Map([
      ...[...container].filter(([file]) => file !== '.dockerignore' || ignored === undefined),
      ...below(FOLDER, app(existing, data, options)),
      ...samples.map(({ file }): [string, Buffer] => [`${FOLDER}/${file}`, SAMPLE]),
    ]),
    notes: [
      ...missing(existing),
      ...(ignored?.includes(FOLDER) === false
        ? [`Add "${FOLDER}" to .dockerignore: it is not part of the image.`]
        : []),
      ...samples.map(({ file }) => `Replace ${FOLDER}/${file} by sample data.`),
    ],
  };
}

const SAMPLE = Buffer.from('Replace this file by sample data of the channel.\n');

/** The lines of the existing .dockerignore. */
function ignoredBy(directory: string): string[] | undefined {
  const file = path.join(directory, '.dockerignore');
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  return readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .map((line) => line.trim().replace(/^\/|\/$/g, ''));
}

/** An existing container stays as it is. */
function containerTemplates({ dockerfile, hasRequirements }: Existing): string[] {
  if (dockerfile !== undefined) return ['here/all'];
  return ['here/all', 'here/script', hasRequirements ? 'here/script-requirements' : 'here/script-plain'];
}

type Layout = Choices['layout'] | 'training-only';

function app(existing: Existing, data: ChannelData[], { app: language, serving, name }: WrapOptions): Files {
  if (language === 'none') return new Map();
  const targets = targetsOf(existing);
  const layout: Layout = !existing.hasServe ? 'training-only' : targets === undefined ? 'combined' : 'split';
  const templates = [
    `${language}/app`,
    'app',
    `here/${language}/app`,
    `here/${language}/layout/${layout}`,
    existing.hasServe ? `${language}/serving/${serving}` : `here/${language}/training-only`,
  ];
  return filled(templates, {
    ...VERSIONS,
    ...checkOf(existing, data, serving, targets),
    ...definitionCode(language, existing, data),
    name,
    image: '..',
    folder: FOLDER,
  });
}

/** The stages of a Dockerfile that has one for training and one for inference. */
function targetsOf({ dockerfile, hasServe }: Existing): Targets | undefined {
  const { stages = [] } = dockerfile ?? {};
  const training = stages.find((stage) => /^train(ing)?$/.test(stage));
  const inference = stages.find((stage) => /^(inference|serv(e|ing))$/.test(stage));
  return hasServe && training !== undefined && inference !== undefined ? { training, inference } : undefined;
}

/** The options of `byoa check`, and the code of `checkImage`. */
function checkOf({ hasServe }: Existing, data: ChannelData[], serving: Choices['serving'], targets?: Targets): Values {
  const [image, served] = [imageCheck(targets), servingCheck(serving)];
  const channels = data.map(({ channel, file }) => `--channel ${channel}=${path.posix.dirname(file)}`);
  return {
    trainingTarget: targets?.training ?? '',
    inferenceTarget: targets?.inference ?? '',
    checkOptions: [...image.flags, ...channels, ...(hasServe ? served.flags : ['--no-serving'])].join(' '),
    imageOptions: lines(image, '    '),
    serving: hasServe ? `{ ${served.properties.join(', ')} }`.replace('{  }', '{}') : 'false',
  };
}
