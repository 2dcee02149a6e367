import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as tar from 'tar';
import {
  type CheckResult,
  type Group,
  type ProcessingOptions,
  type Severity,
  type ServingOptions,
  type Times,
  type TrainingOptions,
  checkImage,
} from '../local/check';
import type {
  ProcessingSpecification,
  ServingSpecification,
  TrainingSpecification,
} from '../local/check/core/specification';

export const CONTAINERS = path.join(__dirname, 'fixtures', 'containers');
const DATA = path.join(CONTAINERS, 'data');

/** A container with one defect or none, and its intended use. */
export interface CorpusCase {
  readonly name: string;

  /** The check that finds the defect; null if there is none. */
  readonly finds: string | null;

  /** The severity of the finding, if it is not that of the check. */
  readonly severity?: Severity;

  /** Checks of the same group that report consequences of the defect. */
  readonly alsoFinds?: string[];

  /** The group of that check. */
  readonly group?: Group;

  /** The architecture in the configuration of the image, which can only be built for that of this machine. */
  readonly architecture?: string;

  /** Whether the container sends requests to another server, whose address is in UPSTREAM. */
  readonly needsUpstream?: boolean;

  /** False if the image only serves. */
  readonly training?: Partial<TrainingSpecification> | false;

  /** The model and the files of requests are paths in the directory of the containers. */
  readonly serving?: Partial<ServingSpecification>;

  /** The processing job, for a container that neither trains nor serves. */
  readonly processing?: Partial<ProcessingSpecification>;

  /** The checks that cannot have a result for a container without a defect. */
  readonly inconclusive?: string[];

  /** Time limits of this case, where the durations of its programs need them. */
  readonly times?: Partial<Times>;
}

/**
 * Shorter time limits than those of SageMaker, so that a container that hangs does not take eight minutes. They only apply to
 * containers with a defect: one without a defect may take longer on a busy machine.
 */
export const SHORT_TIMES: Times = {
  pingTimeout: 2,
  startUp: 10,
  startUpServerless: 10,
  standstill: 3,
  invocation: 3.5,
  processing: 60,
  processingStopGrace: 5,
  trainingStopGrace: 5,
  servingStopGrace: 5,
  modelLoading: 10,
  training: 60,
  firstHostDelay: 10,
};

export function corpus(): CorpusCase[] {
  return readdirSync(CONTAINERS)
    .filter((name) => !['base', 'data'].includes(name))
    .map((name) => ({
      ...(JSON.parse(readFileSync(path.join(CONTAINERS, name, 'check.json'), 'utf8')) as Omit<CorpusCase, 'name'>),
      name,
    }));
}

/** Builds the base image of the containers. */
export function buildBase(): void {
  execFileSync('docker', ['build', '--quiet', '--tag', 'byoa-corpus', path.join(CONTAINERS, 'base')]);
}

export async function check(one: CorpusCase, only?: string[]): Promise<CheckResult> {
  const directory = path.join(CONTAINERS, one.name);
  if (one.architecture !== undefined) {
    const scratch = mkdtempSync(path.join(tmpdir(), 'corpus-'));
    return checkSource(archiveFor(directory, one.architecture, scratch), one, only).finally(() =>
      rmSync(scratch, { recursive: true }),
    );
  }
  if (one.needsUpstream !== true) return checkSource(directory, one, only);
  const server = docker('run', '--detach', '--rm', 'byoa-corpus', 'python3', '-m', 'http.server', '8000');
  const UPSTREAM = docker('inspect', '--format', '{{.NetworkSettings.IPAddress}}', server);
  const serving = { ...one.serving, environment: { UPSTREAM } };
  return checkSource(directory, { ...one, serving }, only).finally(() => docker('rm', '--force', server));
}

function docker(...args: string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** Saves an image to an archive with another architecture in its configuration. */
function archiveFor(directory: string, architecture: string, scratch: string): string {
  const image = docker('build', '--quiet', directory);
  const archive = path.join(scratch, 'image.tar');
  docker('save', '--output', archive, image);
  const files = path.join(scratch, 'files');
  mkdirSync(files);
  tar.extract({ file: archive, cwd: files, sync: true });
  const [{ Config }] = JSON.parse(readFileSync(path.join(files, 'manifest.json'), 'utf8')) as { Config: string }[];
  const config = JSON.parse(readFileSync(path.join(files, Config), 'utf8')) as object;
  writeFileSync(path.join(files, Config), JSON.stringify({ ...config, architecture }));
  tar.create({ file: archive, cwd: files, sync: true }, readdirSync(files));
  return archive;
}

function checkSource(source: string, one: CorpusCase, only?: string[]): Promise<CheckResult> {
  return checkImage(
    {
      source,
      training: one.training === false ? false : trainingOf(one.training),
      serving: servingOf(one.serving),
      processing: one.processing && processingOf(one.processing),
    },
    {
      times: { ...(one.finds === null ? {} : SHORT_TIMES), ...one.times },
      only,
      network: one.needsUpstream === true ? 'bridge' : undefined,
    },
  );
}

function trainingOf({ channels: [channel] = [], ...training }: Partial<TrainingSpecification> = {}): TrainingOptions {
  return {
    hyperparameters: { epochs: '20' },
    metrics: [{ name: 'loss', regex: 'loss=([0-9.]+)' }],
    ...training,
    channels: [{ contentType: 'text/csv', ...channel, name: 'train', directory: path.join(DATA, 'train') }],
  };
}

function processingOf(processing: Partial<ProcessingSpecification>): ProcessingOptions {
  return {
    inputs: [{ name: 'raw', target: '/opt/ml/processing/input/raw', directory: path.join(DATA, 'train') }],
    outputs: [{ name: 'clean', target: '/opt/ml/processing/output/clean' }],
    ...processing,
  };
}

function servingOf({ model, requests, ...serving }: Partial<ServingSpecification> = {}): ServingOptions {
  const samples = requests ?? [{ file: 'data/request.csv', contentType: 'text/csv' }];
  return {
    accepts: serving.isMultiModel === true ? undefined : ['text/csv'],
    ...serving,
    model: model === undefined ? undefined : path.join(CONTAINERS, model),
    requests: samples.map((sample) => ({ ...sample, file: path.join(CONTAINERS, sample.file) })),
  };
}
