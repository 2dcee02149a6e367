import { statusKind } from '../../../local/console/status-kind';

test.each([
  [
    'good',
    ['Completed', 'InService', 'Approved', 'SUCCEEDED', 'CREATE_COMPLETE', 'UPDATE_COMPLETE', 'DELETE_COMPLETE'],
  ],
  ['bad', ['Failed', 'Rejected', 'FAILED', 'TIMED_OUT', 'ABORTED', 'CREATE_FAILED', 'UpdateRollbackFailed']],
  ['bad', ['ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_IN_PROGRESS', 'OutOfService']],
  ['busy', ['InProgress', 'Training', 'Downloading', 'Stopping', 'Pending', 'PendingManualApproval', 'RUNNING']],
  ['busy', ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Baking', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS']],
  ['idle', ['Stopped', '']],
])('The console shows as %s the statuses %p', (kind, statuses) => {
  expect(statuses.map(statusKind)).toEqual(statuses.map(() => kind));
});
