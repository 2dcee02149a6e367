import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { isSmokeTestFailure } from '../shared/smoke-test-reason';

/** Why an update has failed. */
export interface FailureCause {
  /** Whether the version itself is the cause: its container or its predictions. */
  readonly isVersion: boolean;
  readonly reason: string;
}

/** The types of the resources that start the containers of a version. */
const HOSTING_TYPES = ['AWS::SageMaker::Endpoint', 'AWS::SageMaker::InferenceComponent'];
const SMOKE_TEST_TYPE = 'Custom::SageMakerSmokeTest';

/** The failures of a container, as SageMaker describes them. Any other reason is not blamed on the version. */
const CONTAINER_REASONS =
  /ping health check|container.*(?:fail|exit|error|did not)|CannotStartContainer|ModelError|rolled back.*alarm|alarm.*(?:rolled|rollback|ALARM)/i;

/** The failures of services, which another attempt can fix. */
const OTHER_REASONS =
  /quota|limit ?exceeded|service limit|account-level|capacity|throttl|rate exceeded|too many requests|service unavailable|internal ?(?:server ?)?(?:error|failure)|not authorized|access ?denied|CannotPullContainer/i;

/** The members of an event that state the cause. */
type Event = Pick<StackEvent, 'ResourceType' | 'LogicalResourceId' | 'ResourceStatus' | 'ResourceStatusReason'>;

/**
 * The first failures of an update. Those that CloudFormation cancels afterwards have no reason of their own.
 *
 * @param isOfShadow whether the update only adds the version to the shadow variant, which smoke tests do not invoke
 */
export function failureCause(events: Event[], isOfShadow = false): FailureCause {
  const first = events.find(
    ({ ResourceStatus, ResourceStatusReason = '' }) =>
      ResourceStatus?.endsWith('_FAILED') === true && !/cancelled/i.test(ResourceStatusReason),
  );
  if (first === undefined) return { isVersion: false, reason: reasonOfRollback(events) };
  const { ResourceType = '', LogicalResourceId = '', ResourceStatusReason = 'no reason given' } = first;
  return {
    isVersion: isFailureOfVersion(ResourceType, ResourceStatusReason, isOfShadow),
    reason: `${LogicalResourceId} (${ResourceType}): ${ResourceStatusReason}`,
  };
}

/** The reason of a smoke test contains the response of the container, which can contain any word. */
function isFailureOfVersion(type: string, reason: string, isOfShadow: boolean): boolean {
  if (type === SMOKE_TEST_TYPE) return !isOfShadow && isSmokeTestFailure(reason);
  return HOSTING_TYPES.includes(type) && CONTAINER_REASONS.test(reason) && !OTHER_REASONS.test(reason);
}

/** A user, or an alarm of the stack, can end an update in which no resource has failed. */
function reasonOfRollback(events: Event[]): string {
  const { ResourceStatusReason } =
    events.find(({ ResourceStatus = '' }) => ResourceStatus.startsWith('UPDATE_ROLLBACK_IN_PROGRESS')) ?? {};
  return ResourceStatusReason ?? 'The update was rolled back without a reason';
}
