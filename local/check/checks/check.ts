import type { Group, Problem, Severity } from '../core/finding';
import type { CheckContext } from '../probe/check-context';
import type { ProcessingVariation } from '../probe/processing-probe';
import type { ServingVariation } from '../probe/serving-probe';
import type { TrainingVariation } from '../probe/training-probe';

/** A check of one requirement of the contract. */
export interface Check {
  readonly id: string;
  readonly group: Group;
  readonly severity: Severity;

  /** Ids of the requirements in docs/contract.md, separated by commas. */
  readonly fact: string;

  /** The requirement: what is true if the check has no findings. */
  readonly title: string;

  /** Why the requirement does not apply; undefined if it does. */
  readonly skipReason?: (context: CheckContext) => string | undefined;

  /** @throws Inconclusive if another failure keeps the check from a result */
  readonly run: (context: CheckContext) => Promise<Problem[]>;

  /** The change with which training succeeds if it failed because of this requirement. */
  readonly trainingVariation?: TrainingVariation;

  /** The change with which serving succeeds if it failed because of this requirement. */
  readonly servingVariation?: ServingVariation;

  /** The change with which processing succeeds if it failed because of this requirement. */
  readonly processingVariation?: ProcessingVariation;
}
