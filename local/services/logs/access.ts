import type { Access, AccessTable } from '../access';
import type { Context } from '../context';

interface Input {
  readonly logGroupName?: string;
  readonly logStreamName?: string;
}

/** The ARN of a log stream; that of a log group ends with an empty name in the requests of the service. */
export function logStreamArn(context: Pick<Context, 'arn'>, group = '', stream = ''): string {
  return context.arn('logs', `log-group:${group}:log-stream:${stream}`);
}

export function logsAccess(context: Pick<Context, 'arn'>): AccessTable {
  const on = (action: string, group?: string, stream?: string): Access[] => [
    { action: `logs:${action}`, resource: logStreamArn(context, group, stream) },
  ];
  return {
    DescribeLogGroups: () => on('DescribeLogGroups'),
    DescribeLogStreams: ({ logGroupName }: Input) => on('DescribeLogStreams', logGroupName),
    FilterLogEvents: ({ logGroupName }: Input) => on('FilterLogEvents', logGroupName),
    GetLogEvents: ({ logGroupName, logStreamName }: Input) => on('GetLogEvents', logGroupName, logStreamName),
  };
}
