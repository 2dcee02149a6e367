const GOOD = /Completed|InService|Approved|SUCCEEDED|(CREATE|UPDATE|DELETE|IMPORT)_COMPLETE/;
const BAD = /Fail|FAILED|Rejected|ROLLBACK|TIMED_OUT|ABORTED|OutOfService/;
const BUSY = /ing$|InProgress|RUNNING|IN_PROGRESS|Pending|RollingBack/;

export type StatusKind = 'good' | 'bad' | 'busy' | 'idle';

/** The kind of a status of any service. A completed rollback is bad, although its name contains that of a successful operation. */
export function statusKind(status: string): StatusKind {
  if (BAD.test(status)) return 'bad';
  if (BUSY.test(status)) return 'busy';
  return GOOD.test(status) ? 'good' : 'idle';
}
