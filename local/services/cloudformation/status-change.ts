import type { ServiceEvent } from '../event-bus';
import type { StackEvent } from './store';

/** The event of Amazon EventBridge for a new status of a stack, or of one of its resources. */
export function statusChangeOf(event: StackEvent): ServiceEvent {
  const { StackId, LogicalResourceId, PhysicalResourceId, ResourceType } = event;
  const { ResourceStatus: status, ResourceStatusReason: reason = '' } = event;
  const isStack = PhysicalResourceId === StackId;
  return {
    source: 'aws.cloudformation',
    detailType: `CloudFormation ${isStack ? 'Stack' : 'Resource'} Status Change`,
    resources: [StackId],
    detail: {
      'stack-id': StackId,
      ...(!isStack && {
        'logical-resource-id': LogicalResourceId,
        'physical-resource-id': PhysicalResourceId,
        'resource-type': ResourceType,
      }),
      'status-details': { status, 'status-reason': reason },
      'client-request-token': '',
    },
  };
}
