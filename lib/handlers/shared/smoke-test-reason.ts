/** The beginning of the reason of a smoke test that failed. Other reasons state that the test could not be performed. */
const FAILED = 'Smoke test failed: ';

/** The error about a response that does not meet the expectations. */
export function smokeTestFailure(details: string): Error {
  return new Error(`${FAILED}${details}`);
}

/** Whether the reason of a failed resource states that the tested version does not meet the expectations. */
export function isSmokeTestFailure(reason: string): boolean {
  return reason.includes(FAILED);
}
