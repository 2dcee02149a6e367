import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { type CheckResult, type Group, type Times, checkImage } from '../local/check';
import type { ServingSpecification, TrainingSpecification } from '../local/check/specification';

const CONTAINERS = path.join(__dirname, 'fixtures', 'containers');
const DATA = path.join(CONTAINERS, 'data');

/** A container that has one defect, or none, and what it is meant to do. */
export interface CorpusCase {
  readonly name: string;

  /** The check that finds its defect; null if there is none. */
  readonly finds: string | null;

  /** The group of that check. */
  readonly group?: Group;
  readonly platform?: string;
  readonly training?: Partial<TrainingSpecification>;
  readonly serving?: Partial<ServingSpecification>;
}

/** SageMaker's times in little: nobody waits eight minutes for what will not come. */
export const SHORT_TIMES: Times = {
  pingTimeout: 1,
  startUp: 6,
  startUpServerless: 6,
  invocation: 2.5,
  trainingStopGrace: 2,
  servingStopGrace: 3,
  modelLoading: 5,
  training: 60,
};

export function corpus(): CorpusCase[] {
  return readdirSync(CONTAINERS)
    .filter((name) => !['base', 'data'].includes(name))
    .map((name) => ({
      ...(JSON.parse(readFileSync(path.join(CONTAINERS, name, 'check.json'), 'utf8')) as Omit<CorpusCase, 'name'>),
      name,
    }));
}

/** Builds what all containers of the corpus begin with. */
export function buildBase(): void {
  execFileSync('docker', ['build', '--quiet', '--tag', 'byoa-corpus', path.join(CONTAINERS, 'base')]);
}

export function check(one: CorpusCase, only?: string[]): Promise<CheckResult> {
  const { name, platform, training, serving } = one;
  const [channel] = training?.channels ?? [];
  return checkImage(
    {
      source: path.join(CONTAINERS, name),
      platform,
      training: {
        hyperparameters: { epochs: '20' },
        metrics: [{ name: 'loss', regex: 'loss=([0-9.]+)' }],
        ...training,
        channels: [{ name: 'train', contentType: 'text/csv', ...channel, directory: path.join(DATA, 'train') }],
      },
      serving: {
        requests: [{ file: path.join(DATA, 'request.csv'), contentType: 'text/csv' }],
        accepts: one.serving?.isMultiModel === true ? undefined : ['text/csv'],
        ...serving,
      },
    },
    { times: SHORT_TIMES, only },
  );
}
