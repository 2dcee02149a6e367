import type { TrainingRequest } from '../../../container';
import type { Observation, TrainingProbe } from '../../probe/training-probe';

type Change = (request: TrainingRequest) => TrainingRequest;

/** The changes of the hyperparameters that every program must accept, by the names of their runs. */
const CHANGES = {
  'encoded hyperparameters': (request) => ({
    ...request,
    hyperparameters: Object.fromEntries(
      Object.entries(request.hyperparameters ?? {}).map(([name, value]) => [name, JSON.stringify(value)]),
    ),
  }),
  'unknown hyperparameter': (request) => ({
    ...request,
    hyperparameters: { ...request.hyperparameters, _tuning_objective_metric: 'objective' },
  }),
} satisfies Record<string, Change>;

/**
 * A run that fails with a change of the hyperparameters; undefined if it completes. All changes are made together first: the usual program
 * accepts them, and needs no run for each.
 */
export async function failureWith(
  training: TrainingProbe,
  name: keyof typeof CHANGES,
): Promise<Observation | undefined> {
  if (Object.keys(training.specification.hyperparameters).length > 0) {
    const all = (request: TrainingRequest): TrainingRequest =>
      Object.values(CHANGES).reduce((changed, change) => change(changed), request);
    if (isCompleted(await training.vary('changed hyperparameters', all))) return undefined;
  }
  const run = await training.vary(name, CHANGES[name]);
  return isCompleted(run) ? undefined : run;
}

const isCompleted = ({ result }: Observation): boolean => result?.status === 'Completed';
