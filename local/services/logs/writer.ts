import type { Caller } from '../access';
import type { Context } from '../context';
import { logStreamArn } from './access';
import type { Logs } from './store';

interface LogStream {
  readonly group: string;
  readonly stream: string;

  /** The actions with which the service writes to it. */
  readonly actions: readonly string[];
}

/** Writes to a log stream with the permissions of a role. If it does not have them, the service works without logs. */
export function logWriter(
  { context, logs }: { readonly context: Pick<Context, 'arn'>; readonly logs: Logs },
  role: Caller,
  { group, stream, actions }: LogStream,
): (message: string) => void {
  const isAllowed = (action: string): boolean => {
    const isOnStream = action === 'PutLogEvents';
    const resource = logStreamArn(context, group, isOnStream ? stream : '');
    return role.allows({ action: `logs:${action}`, resource });
  };
  let isWritable: boolean | undefined;
  return (message) => {
    const exists = logs.groups().includes(group);
    isWritable ??= actions.filter((action) => action !== 'CreateLogGroup' || !exists).every(isAllowed);
    if (isWritable) logs.write(group, stream, message);
  };
}
