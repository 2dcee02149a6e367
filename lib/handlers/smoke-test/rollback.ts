import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { isTemporary, retry } from '../shared/retry';
import type { Dependencies } from './dependencies';

/** Long enough for a new permission to be propagated. */
const READ_DEADLINE_MS = 2 * 60_000;

/**
 * Whether the stack is rolling back. If its status cannot be read, the test is performed: without it, an untested version could be
 * deployed, and the version of a rollback has passed the test before.
 */
export async function isRollingBack(stackId: string, dependencies: Dependencies): Promise<boolean> {
  const command = new DescribeStacksCommand({ StackName: stackId });
  const describe = (): Promise<string> =>
    dependencies.cloudFormation.send(command).then(({ Stacks = [] }) => Stacks[0]?.StackStatus ?? '');
  const deadline = dependencies.now() + READ_DEADLINE_MS;
  const status = await retry(dependencies, deadline, isTemporary, describe).catch(() => '');
  return status.includes('ROLLBACK');
}
