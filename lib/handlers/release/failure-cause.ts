import type { StackEvent } from '@aws-sdk/client-cloudformation';

/** Why an update has failed. */
export interface FailureCause {
  /** Whether the version itself is the cause: its container or its predictions. */
  readonly isVersion: boolean;
  readonly reason: string;
}

/** The types of the resources whose failure can be that of a version. */
const VERSION_TYPES = ['AWS::SageMaker::Endpoint', 'AWS::SageMaker::InferenceComponent', 'Custom::SageMakerSmokeTest'];

/** The failures of a container, as SageMaker describes them, or of a smoke test. Any other reason is not blamed on the version. */
const VERSION_REASONS =
  /ping health check|container.*(?:fail|exit|error|did not)|CannotStartContainer|ModelError|rolled back.*alarm|alarm.*(?:rolled|rollback|ALARM)|smoke test/i;

/** The failures of services, which another attempt can fix. */
const OTHER_REASONS =
  /quota|limit|capacity|throttl|rate exceeded|too many requests|service unavailable|internal (?:error|failure)|not authorized|access ?denied/i;

/** The first failures of an update. Those that CloudFormation cancels afterwards have no reason of their own. */
export function failureCause(events: StackEvent[]): FailureCause {
  const failures = events.filter(
    ({ ResourceStatus = '', ResourceStatusReason = '' }) =>
      ResourceStatus.endsWith('_FAILED') && !/cancelled/i.test(ResourceStatusReason),
  );
  const first = failures.at(0);
  if (first === undefined) return { isVersion: false, reason: 'The update was rolled back without a reason' };
  const { ResourceType = '', LogicalResourceId = '', ResourceStatusReason = 'no reason given' } = first;
  const isVersion =
    VERSION_TYPES.includes(ResourceType) &&
    VERSION_REASONS.test(ResourceStatusReason) &&
    !OTHER_REASONS.test(ResourceStatusReason);
  return { isVersion, reason: `${LogicalResourceId} (${ResourceType}): ${ResourceStatusReason}` };
}
