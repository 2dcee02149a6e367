import { Lazy } from 'aws-cdk-lib';
import type { ComparisonValues } from '../handlers/release-contract';
import type { RunJobOutput, SelectDataOutput } from '../handlers/workflow-contract';

type Name = keyof RunJobOutput | keyof SelectDataOutput | keyof ComparisonValues;

/**
 * The placeholder of a value that is only known when a job is created. The handler replaces it in requests. It is a token, so that it is not
 * taken for the text of a user.
 */
export const placeholder = (name: Name): string => Lazy.string({ produce: () => `{{${name}}}` });
