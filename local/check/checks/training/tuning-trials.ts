import type { Check, Problem } from '../../core/check';
import { tail } from '../../probe/training-probe';

export const tuningTrials: Check = {
  id: 'tuning-trials',
  group: 'training',
  severity: 'error',
  fact: 'A83',
  title: 'Trials at the ends of the tuned ranges complete and print their objective',
  unless: (lab) => ((lab.specification.training?.trials ?? []).length > 0 ? undefined : 'no ranges are tuned'),
  run: async (lab) => {
    await lab.training.completed();
    const { trials = [], objectives = [] } = lab.training.specification;
    const found = await Promise.all(
      trials.map(async (trial, index): Promise<Problem[]> => {
        const run = await lab.training.varied(`trial ${index}`, (request) => ({
          ...request,
          hyperparameters: { ...request.hyperparameters, ...trial, _tuning_objective_metric: objectives[0] ?? '' },
        }));
        const shown = Object.entries(trial).map(([name, value]) => `${name}=${value}`);
        const evidence = tail(run.lines);
        if (run.result?.status !== 'Completed') {
          const message = `A trial at an end of the ranges fails (${shown.join(', ')}): ${run.result?.failureReason ?? run.fault?.message}`;
          return [{ message, fix: 'Narrow the ranges, or make the program take the whole of them.', evidence }];
        }
        const seen = new Set(run.result.metrics.map(({ name }) => name));
        return objectives
          .filter((name) => !seen.has(name))
          .map((name) => ({
            message: `A trial prints no number for its objective "${name}" (${shown.join(', ')}).`,
            fix: 'Print the metric in every run, also when it is not a good one; NaN is no number.',
            evidence,
          }));
      }),
    );
    return found.flat();
  },
};
