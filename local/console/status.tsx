import type { JSX } from 'preact';

const GOOD = /Completed|InService|Approved|SUCCEEDED|(CREATE|UPDATE|DELETE|IMPORT)_COMPLETE/;
const BAD = /Fail|FAILED|Rejected|ROLLBACK|TIMED_OUT|ABORTED|OutOfService/;
const BUSY = /ing$|InProgress|RUNNING|IN_PROGRESS|Pending/;

/** The color of a status: a failed rollback has failed, although it contains the name of a successful operation. */
function kindOf(status: string): string {
  if (BUSY.test(status) && !BAD.test(status)) return 'busy';
  if (BAD.test(status)) return 'bad';
  return GOOD.test(status) ? 'good' : 'idle';
}

/** A status with a colored dot. */
export function Status({ of = '' }: { readonly of?: string }): JSX.Element {
  return <span class={`status ${kindOf(of)}`}>{of}</span>;
}
