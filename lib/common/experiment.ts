import type { JobRequest } from '../private/job-request';
import type { ValidationErrors } from '../private/validation';

/**
 * The association of a job with SageMaker Experiments. Each name has at most 120 letters, digits and hyphens.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ExperimentConfig.html
 */
export interface ExperimentOptions {
  /**
   * The name of an existing experiment.
   *
   * @default - no experiment
   */
  readonly experimentName?: string;

  /**
   * The name of an existing trial.
   *
   * @default - a new trial
   */
  readonly trialName?: string;

  /**
   * The display name of the trial component.
   *
   * @default - the name of the job
   */
  readonly trialComponentDisplayName?: string;

  /**
   * The name of the run.
   *
   * @default - no run
   */
  readonly runName?: string;
}

export function checkExperiment(errors: ValidationErrors, experiment: ExperimentOptions = {}): void {
  for (const [property, name] of Object.entries(experiment)) {
    errors.check(`experiment.${property}`, 'ExperimentEntityName', name);
  }
}

export function renderExperiment(experiment?: ExperimentOptions): JobRequest<'training'>['ExperimentConfig'] {
  return (
    experiment && {
      ExperimentName: experiment.experimentName,
      TrialName: experiment.trialName,
      TrialComponentDisplayName: experiment.trialComponentDisplayName,
      RunName: experiment.runName,
    }
  );
}
