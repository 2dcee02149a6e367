// Constants of the acceptance test, its hooks and `npm run integ`.

/** The name of the stack. */
export const STACK_NAME = 'ByoaAcceptance';

/** The tag of all resources of the test. */
export const TAG = 'cdk-sagemaker-algorithm:acceptance';

/** The variable with the step of the test, which decides the environment of the model server. */
export const STEP = 'ACCEPTANCE_STEP';

/** The variable with the file to which the hooks append their results. */
export const REPORT = 'ACCEPTANCE_REPORT';

export type Step = 'deployed' | 'updated' | 'broken';

/** A container whose Python has no standard library does not start. */
export function serverEnvironment(): Record<string, string> {
  const step = (process.env[STEP] ?? 'deployed') as Step;
  return step === 'broken' ? { PYTHONHOME: '/does-not-exist' } : { [STEP]: step };
}
