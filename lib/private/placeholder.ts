import type { RunJobOutput, SelectDataOutput } from '../handlers/workflow-contract';

/** The placeholder of a value that is only known in an execution. The handler replaces it in requests. */
export const placeholder = (name: keyof RunJobOutput | keyof SelectDataOutput): string => `{{${name}}}`;
