/** The time by which the clock of the function can differ from those of CloudFormation and CloudWatch. */
export const CLOCK_SKEW_MS = 5 * 60_000;
