import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { Observation, TrainingProbe } from '../../probe/training-probe';
import { CRASH } from '../crash';

const INVALID_VALUE = 'not-a-value';

/**
 * Trains with corrupt data, or with invalid hyperparameters if there is no channel.
 *
 * @throws Inconclusive if there is neither
 */
export async function trainOnCorruptInput(training: TrainingProbe): Promise<Observation> {
  const { channels, hyperparameters } = training.specification;
  if (channels.length > 0) {
    return training.vary('corrupt input', (request) => ({ ...request, channels: training.corruptChannels() }));
  }
  const names = Object.keys(hyperparameters);
  if (names.length === 0) {
    throw new Inconclusive('there is neither a channel nor a hyperparameter to corrupt (--channel, --hyperparameter)');
  }
  const invalid = Object.fromEntries(names.map((name) => [name, INVALID_VALUE]));
  return training.vary('corrupt input', (request) => ({ ...request, hyperparameters: invalid }));
}

/** The last log lines of a run that crashed without a model, but exited with code 0; undefined for all other runs. */
export async function crashEvidence(training: TrainingProbe, run: Observation): Promise<string[] | undefined> {
  if (run.result?.status !== 'Completed' || (await training.hasModel(run))) return undefined;
  return run.lines.some(({ text }) => CRASH.test(text)) ? lastLines(run.lines) : undefined;
}
