import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { type Fact, isNotFound, missing, reasonOf } from './fact';
import type { VersionLineage } from './version';

/** The execution of the workflow that has registered a version. */
export interface ExecutionLineage {
  readonly executionArn: string;

  /** The description, which AWS Step Functions deletes 90 days after the end of the execution. */
  readonly details: Fact<{
    readonly status: string;
    readonly startedAt?: string;
    readonly endedAt?: string;
    readonly redriveCount: number;

    /** The input: what has started the execution. */
    readonly input: unknown;
  }>;
}

export async function executionOf(
  { metadata }: VersionLineage,
  stepFunctions: SFNClient,
): Promise<Fact<ExecutionLineage>> {
  const { execution: executionArn } = metadata;
  if (executionArn === undefined) return missing('not recorded: the version was registered outside of a workflow');
  try {
    const found = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    const { status = '', startDate, stopDate, redriveCount = 0, input = '{}' } = found;
    const times = { startedAt: startDate?.toISOString(), endedAt: stopDate?.toISOString() };
    return { executionArn, details: { status, ...times, redriveCount, input: JSON.parse(input) as unknown } };
  } catch (error) {
    const reason = isNotFound(error as Error)
      ? 'the execution does not exist any more: its record is deleted 90 days after its end'
      : reasonOf('states:DescribeExecution', error as Error);
    return { executionArn, details: missing(reason) };
  }
}
