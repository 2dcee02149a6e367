import type { ServiceEvent } from '../event-bus';
import type { Position } from './interpreter';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** The record of an execution. Dates are seconds since 1970. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;

  /** The definition and the ARN of the role of the state machine when the execution was started, which updates do not change. */
  readonly definition: string;
  readonly roleArn: string;
  readonly input: string;
  readonly status: ExecutionStatus;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly startDate: number;
  readonly stopDate?: number;
  readonly redriveCount: number;
  readonly redriveDate?: number;

  /** The client tokens of the latest redrives, with their dates. */
  readonly redriveTokens: { readonly token: string; readonly date: number }[];

  /** Where the execution is, or where it has ended. */
  readonly position: Position;
}

/** Executions that have ended for longer than this cannot be redriven. */
const REDRIVE_SECONDS = 14 * 86_400;

/** Why an execution cannot be redriven; undefined if it can. */
export function notRedrivable({ status, stopDate = 0 }: Execution, now: number): string | undefined {
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  if (now - stopDate > REDRIVE_SECONDS) return 'Execution has exceeded the redrivable period of 14 days';
  return undefined;
}

/** An execution in a list. */
export function summaryOf({
  arn,
  stateMachineArn,
  name,
  status,
  startDate,
  stopDate,
  redriveCount,
  redriveDate,
}: Execution): object {
  return { executionArn: arn, stateMachineArn, name, status, startDate, stopDate, redriveCount, redriveDate };
}

/** An execution as DescribeExecution returns it. */
export function descriptionOf(execution: Execution, now: number): object {
  const { input, output, error, cause } = execution;
  const redriveStatusReason = notRedrivable(execution, now);
  return {
    ...summaryOf(execution),
    input,
    inputDetails: { included: true },
    output,
    ...(output !== undefined && { outputDetails: { included: true } }),
    error,
    cause,
    redriveStatus: redriveStatusReason === undefined ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    redriveStatusReason,
  };
}

/** The event of a new status. Dates are milliseconds since 1970. */
export function statusChangeOf(execution: Execution, now: number): ServiceEvent {
  const { arn, stateMachineArn, name, status, startDate, stopDate, input, output } = execution;
  const { error = null, cause = null, redriveCount, redriveDate } = execution;
  const redriveStatusReason = notRedrivable(execution, now) ?? null;
  return {
    source: 'aws.states',
    detailType: 'Step Functions Execution Status Change',
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn,
      name,
      status,
      startDate: milliseconds(startDate),
      stopDate: milliseconds(stopDate),
      input,
      output: output ?? null,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      redriveCount,
      redriveDate: milliseconds(redriveDate),
      redriveStatus: redriveStatusReason === null ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
      redriveStatusReason,
      inputDetails: { included: true },
      outputDetails: output === undefined ? null : { included: true },
      error,
      cause,
    },
  };
}

function milliseconds(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.round(seconds * 1000);
}
