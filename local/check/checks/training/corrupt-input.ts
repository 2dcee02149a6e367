import { type Observation, type TrainingLab, tail } from '../../probe/training-probe';

const NOT_A_VALUE = 'not-a-value';

/** A run whose data, or else whose hyperparameters, no program could use; nothing when there are neither. */
export async function spoiled(training: TrainingLab): Promise<[Observation] | undefined> {
  const { channels, hyperparameters } = training.specification;
  if (channels.length > 0) {
    return [await training.varied('spoiled', (request) => ({ ...request, channels: training.spoiledChannels() }))];
  }
  const names = Object.keys(hyperparameters);
  if (names.length === 0) return undefined;
  const spoilt = Object.fromEntries(names.map((name) => [name, NOT_A_VALUE]));
  return [await training.varied('spoiled', (request) => ({ ...request, hyperparameters: spoilt }))];
}

/** What the languages say of a program that has failed. */
const CRASH =
  /^Traceback \(most recent call last\)|^\s*\w*(Error|Exception): |Exception in thread|^panic: |^fatal error: |^Error in |Segmentation fault|UnhandledPromiseRejection|: command not found$| line \d+: /;

/** Lines that tell of a crash in a run that is said to have succeeded; undefined if there is none. */
export async function crashIn(training: TrainingLab, run: Observation): Promise<string[] | undefined> {
  if (run.result?.status !== 'Completed' || (await training.hasModel(run))) return undefined;
  return run.lines.some(({ text }) => CRASH.test(text)) ? tail(run.lines) : undefined;
}
