import type { CheckTime, Timings } from './clock';

/** From the most to the least severe: fails on SageMaker; fails under some conditions; could be improved. */
export const SEVERITIES = ['error', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The subject of a check: the image itself, a training run, a serving container, or a processing run. */
export const GROUPS = ['image', 'training', 'serving', 'processing'] as const;
export type Group = (typeof GROUPS)[number];

/** One violation of a requirement. */
export interface Problem {
  /** The cause. */
  readonly message: string;

  /** How to fix this cause. */
  readonly fix: string;

  /** Log lines, paths or settings that prove it. */
  readonly evidence?: string[];

  /** The severity of this violation, if it is not that of the check. */
  readonly severity?: Severity;
}

/** A problem as it is reported. */
export interface Finding {
  /** The id of the check. */
  readonly id: string;
  readonly severity: Severity;
  readonly message: string;
  readonly fix: string;

  /** Ids of the violated requirements in docs/contract.md, separated by commas. */
  readonly fact: string;
  readonly evidence: string[];
}

/** A check is inconclusive if another failure, or an error of the check itself, keeps it from a result. */
export type Status = 'passed' | 'failed' | 'skipped' | 'inconclusive';

/** The outcome of one check. */
export interface Outcome {
  /** The id of the check. */
  readonly id: string;
  readonly status: Status;
  readonly seconds: number;

  /** Where this time has gone; undefined for a check that did not run. */
  readonly time?: CheckTime;

  /** Why the check was skipped or is inconclusive. */
  readonly reason?: string;

  /** Whether the check is inconclusive because of an error of the check itself or of this machine. */
  readonly isError?: boolean;
}

/** The result of checking one image, or one training job or model of an app. */
export interface CheckResult {
  /** The name or directory of the image, or the construct path in an app. */
  readonly image: string;

  /** Sorted by severity, the most severe first. */
  readonly findings: Finding[];

  /** The outcomes of all selected checks. */
  readonly checks: Outcome[];

  /** When the containers ran. */
  readonly timings?: Timings;
}

/** Whether findings make a check run fail: one of them is at least as severe as `failOn`. */
export function isFailure(findings: readonly Finding[], failOn: Severity | 'never'): boolean {
  if (failOn === 'never') return false;
  return findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(failOn));
}
