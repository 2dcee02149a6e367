/** The errors that a repetition of the step cannot fix. The state machine does not retry them. */
export type FailureName = 'JobFailed' | 'EvaluationFailed' | 'ReportFailed' | 'Locked';

/** An error with the name by which the state machine knows it. */
export function failure(name: FailureName, message: string): Error {
  return Object.assign(new Error(message), { name });
}
