import type { ComparisonJob, ReleaseOutcome, ShadowTest, WatchedAlarms } from '../release-contract';
import type { Candidate, HostedVersions, StartedComparison, Test, Verdict } from './record';

/** The next thing that a deployment does. */
export type Decision =
  /** Waits until the stack is idle, or until the next attempt. */
  | { readonly action: 'wait'; readonly seconds: number }
  /** Ends, because nothing is left to do, or nothing can be done. */
  | { readonly action: 'finish'; readonly outcome: ReleaseOutcome; readonly reason?: string }
  /** Sets the parameters back to the versions that the stack serves. */
  | { readonly action: 'restore'; readonly hosted: HostedVersions }
  /** Updates the stack to other versions. */
  | UpdateDecision
  /** Records that the candidate serves. */
  | { readonly action: 'succeed'; readonly candidate: Candidate }
  /** Rejects the candidate. */
  | { readonly action: 'reject'; readonly candidate: Candidate; readonly reason: string }
  /** Records that the update has failed for another reason. */
  | {
      readonly action: 'retryLater';
      readonly outcome: 'Failed' | 'Blocked';
      readonly candidate: Candidate;
      readonly reason: string;
    }
  | TestDecision;

/** An update of the stack. */
export interface UpdateDecision extends Pick<Candidate, 'arn' | 'attempt' | 'isStepBack' | keyof HostedVersions> {
  readonly action: 'update';
}

/** The steps of the test of the version in the shadow variant. */
export type TestDecision =
  /** Records that the version serves from now on. */
  | { readonly action: 'startTest'; readonly arn: string }
  /** Reads the states of the alarms, and decides again. */
  | { readonly action: 'readAlarms'; readonly watched: WatchedAlarms; readonly test: Test }
  /** Compares the responses, and decides again. */
  | { readonly action: 'compare'; readonly shadowTest: ShadowTest; readonly test: Test }
  /** Writes the manifests of a comparison by a job, and records that it starts. */
  | {
      readonly action: 'startComparison';
      readonly shadowTest: ShadowTest;
      readonly job: ComparisonJob;
      readonly test: Test;
      readonly requestCount: number;
    }
  /** Runs the job, or reads its result, and decides again. */
  | {
      readonly action: 'runComparison';
      readonly job: ComparisonJob;
      readonly test: Test;
      readonly comparison: StartedComparison;
    }
  /** Records the result of the test. */
  | { readonly action: 'endTest'; readonly test: Test; readonly verdict: Verdict }
  /** Rejects the version, which has not passed. */
  | { readonly action: 'rejectTested'; readonly arn: string; readonly verdict: Verdict };
