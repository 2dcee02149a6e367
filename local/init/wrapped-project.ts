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
export const FOLDER = 'deployment';

/** The new files of a directory that has an algorithm. */
export interface WrappedProject {
  readonly files: Files;

  /** Notes for the user. */
  readonly notes: string[];

  /** The options of `byoa check` for the container, with DIR and FILE for samples of the user. */
  readonly checkOptions: string;
}

export interface WrapOptions extends Pick<Choices, 'app' | 'serving'> {
  readonly name: string;
}

/** A CDK app for the container of a directory, or for its training script, which gets a container. */
export function wrappedProject(directory: string, existing: Existing, options: WrapOptions): WrappedProject {
  const data = existing.channels.map((channel) => dataOf(directory, FOLDER, channel));
  const samples = options.app === 'none' ? [] : data.filter(({ isMissing }) => isMissing);
  const container = filled(containerTemplates(existing), { folder: FOLDER });
  const kept = SHARED.filter(({ file }) => container.has(file) && linesOf(directory, file) !== undefined);
  return {
    files: new Map([
      ...[...container].filter(([file]) => kept.every((one) => one.file !== file)),
      ...below(FOLDER, app(existing, data, options)),
      ...samples.map(({ file }): [string, Buffer] => [`${FOLDER}/${file}`, SAMPLE]),
    ]),
    notes: [
      ...missing(existing),
      ...kept
        .filter(({ file, isIncluded }) => linesOf(directory, file)?.some((line) => isIncluded.test(line)) === false)
        .map(({ file, line, reason }) => `Add "${line}" to ${file}: ${reason}.`),
      ...samples.map(({ file }) => `Replace ${FOLDER}/${file} with sample data.`),
    ],
    checkOptions: checkOptionsOf(existing, options.serving),
  };
}

const SAMPLE = Buffer.from('Replace this file with sample data of the channel.\n');

/** Files that a repository has for all of its content. An existing one is kept, and must have a line for what is added. */
const SHARED = [
  {
    file: '.dockerignore',
    line: FOLDER,
    isIncluded: new RegExp(`^/?${FOLDER}/?$`),
    reason: 'it is not part of the image',
  },
  {
    file: '.gitattributes',
    line: 'train text eol=lf',
    isIncluded: /^(train|\*)\s.*(eol=lf|-text|binary)/,
    reason: 'Linux cannot run a program with Windows line endings',
  },
];

/** The lines of an existing file. */
function linesOf(directory: string, name: string): string[] | undefined {
  const file = path.join(directory, name);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  return readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .map((line) => line.trim());
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
  const training = stages.find((stage) => /^train(ing)?$/i.test(stage));
  const inference = stages.find((stage) => /^(inference|serv(e|ing))$/i.test(stage));
  return hasServe && training !== undefined && inference !== undefined ? { training, inference } : undefined;
}

function checkOptionsOf(existing: Existing, serving: Choices['serving']): string {
  const channels = existing.channels.map((channel) => `--channel ${channel}=DIR`);
  const served = existing.hasServe ? [...servingCheck(serving).flags, '--request FILE'] : ['--no-serving'];
  return [...imageCheck(targetsOf(existing)).flags, ...channels, ...served].join(' ');
}

/** The options of `byoa check` in the app, and the code of `checkImage`. */
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
