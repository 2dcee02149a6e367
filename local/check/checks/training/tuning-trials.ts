import type { Problem } from '../../core/finding';
import { lastLines } from '../../probe/evidence';
import type { TrainingProbe } from '../../probe/training-probe';
import type { Check } from '../check';

export const tuningTrials: Check = {
  id: 'tuning-trials',
  group: 'training',
  severity: 'error',
  fact: 'A83',
  title: 'Tuning trials at the limits of the ranges complete and print the objective metric',
  skipReason: ({ specification: { training } }) =>
    (training?.trials ?? []).length > 0 ? undefined : 'there are no hyperparameter ranges',
  run: async ({ training }) => {
    await training.completed();
    const { trials = [] } = training.specification;
    return (await Promise.all(trials.map((trial, index) => problemsOf(training, trial, index)))).flat();
  },
};

async function problemsOf(training: TrainingProbe, trial: Record<string, string>, index: number): Promise<Problem[]> {
  const { objectives = [] } = training.specification;
  const run = await training.vary(`trial ${index}`, (request) => ({
    ...request,
    // It may take much longer than the specified run.
    maxRuntimeSeconds: training.times.training,
    hyperparameters: { ...request.hyperparameters, ...trial, _tuning_objective_metric: objectives[0] ?? '' },
  }));
  const values = Object.entries(trial)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
  const evidence = lastLines(run.lines);
  if (run.result?.status !== 'Completed') {
    const reason = run.result?.failureReason ?? run.error?.message;
    return [
      {
        message: `A tuning trial at the limits of the ranges (${values}) fails: ${reason}`,
        fix: 'Narrow the ranges, or make the program accept all of their values.',
        evidence,
      },
    ];
  }
  const printed = new Set(run.result.metrics.map(({ name }) => name));
  return objectives
    .filter((name) => !printed.has(name))
    .map((name) => ({
      message: `A tuning trial (${values}) does not print a number for its objective metric "${name}".`,
      fix: 'Print the metric in every run, also if its value is poor. NaN is not a number.',
      evidence,
    }));
}
