import type { Lab } from '../probe/check-context';
import type { ServingVariation } from '../probe/serving-probe';
import type { TrainingVariation } from '../probe/training-probe';

/** From the worst: it will not work; it works until something happens; it could be better. */
export const SEVERITIES = ['error', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is looked at: the image itself, what it does when it trains, and when it serves. */
export const GROUPS = ['image', 'training', 'serving'] as const;
export type Group = (typeof GROUPS)[number];

/** What a check has found. */
export interface Problem {
  readonly message: string;

  /** How to mend it. */
  readonly fix: string;

  /** Lines of the container's log, or whatever else proves it. */
  readonly evidence?: string[];
}

/** One requirement of the contract. */
export interface Check {
  readonly id: string;
  readonly group: Group;
  readonly severity: Severity;

  /** The requirement's numbers in the contract. */
  readonly fact: string;

  /** What holds when nothing is found. */
  readonly title: string;

  /** Why there is nothing to look at: undefined when there is. */
  readonly unless?: (lab: Lab) => string | undefined;

  /** @throws Untold when something else that has failed keeps this from being seen */
  readonly run: (lab: Lab) => Promise<Problem[]>;

  /** What would have to be otherwise for a container that fails to succeed, if this requirement is what it violates. */
  readonly training?: TrainingVariation;
  readonly serving?: ServingVariation;
}

/** It cannot be told whether a requirement is met, and why. */
export class Untold extends Error {
  public override readonly name = 'Untold';
}

/** A finding as reports have it. */
export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  readonly message: string;
  readonly fix: string;
  readonly fact: string;
  readonly evidence: string[];
}

export type Status = 'passed' | 'failed' | 'skipped' | 'untold';

export interface Outcome {
  readonly id: string;
  readonly status: Status;
  readonly seconds: number;

  /** Why nothing was looked at, or nothing could be told. */
  readonly reason?: string;

  /** Whether nothing could be told since the check itself failed, or what it needs of this machine. */
  readonly isFault?: boolean;
}

export interface CheckResult {
  /** What was checked: the image's name or directory. */
  readonly image: string;

  /** The worst first. */
  readonly findings: Finding[];
  readonly checks: Outcome[];
}
