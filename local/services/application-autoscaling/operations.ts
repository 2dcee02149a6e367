import type {
  DescribeScalableTargetsRequest,
  DescribeScalingActivitiesRequest,
  DescribeScalingPoliciesRequest,
  DescribeScheduledActionsRequest,
  PutScalingPolicyRequest,
  PutScheduledActionRequest,
} from '@aws-sdk/client-application-auto-scaling';
import { validateRequest } from '../../aws-model/request-validation';
import { validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import { pageOf } from '../page';
import type { Operations } from '../wire/json';
import type { Wire } from '../wire/record';
import type { TargetId } from './dimensions';
import type { ScalingPolicies } from './policies';
import type { ScheduledActions } from './scheduled-actions';
import type { Registration, ScalableTargets } from './targets';

const MAX_RESULTS = 50;

export interface Scaling {
  readonly targets: ScalableTargets;
  readonly policies: ScalingPolicies;
  readonly scheduledActions: ScheduledActions;
}

export function applicationAutoScalingOperations({ targets, policies, scheduledActions }: Scaling): Operations {
  return validated({
    RegisterScalableTarget: (input: Registration) => ({ ScalableTargetARN: targets.register(input).ScalableTargetARN }),
    DescribeScalableTargets: ({ ResourceIds, ...query }: DescribeScalableTargetsRequest) =>
      page(
        'ScalableTargets',
        named(targets.list(), ({ ResourceId }) => ResourceId, ResourceIds),
        query,
      ),
    DeregisterScalableTarget: (id: TargetId) => deregister({ targets, policies, scheduledActions }, id),
    PutScalingPolicy: (input: Wire<PutScalingPolicyRequest>) => {
      const { PolicyARN, Alarms } = policies.put(input);
      return { PolicyARN, Alarms };
    },
    DescribeScalingPolicies: ({ PolicyNames, ...query }: DescribeScalingPoliciesRequest) =>
      page(
        'ScalingPolicies',
        named(policies.list(), ({ PolicyName }) => PolicyName, PolicyNames),
        query,
      ),
    DeleteScalingPolicy: ({ PolicyName, ...id }: TargetId & { PolicyName: string }) => policies.delete(id, PolicyName),
    DescribeScalingActivities: ({ IncludeNotScaledActivities, ...query }: DescribeScalingActivitiesRequest) => {
      if (IncludeNotScaledActivities === true)
        throw validationError(notSupported('application-auto-scaling', 'IncludeNotScaledActivities'));
      const all = targets.list().flatMap((target) => targets.activitiesOf(target));
      return page(
        'ScalingActivities',
        all.sort((a, b) => (b.StartTime ?? 0) - (a.StartTime ?? 0)),
        query,
      );
    },
    PutScheduledAction: (input: Wire<PutScheduledActionRequest>) => scheduledActions.put(input),
    DescribeScheduledActions: ({ ScheduledActionNames, ...query }: DescribeScheduledActionsRequest) =>
      page(
        'ScheduledActions',
        named(scheduledActions.list(), ({ ScheduledActionName }) => ScheduledActionName, ScheduledActionNames),
        query,
      ),
    DeleteScheduledAction: ({ ScheduledActionName, ...id }: TargetId & { ScheduledActionName: string }) =>
      scheduledActions.delete(id, ScheduledActionName),
  });
}

/** Removes a target with its policies and scheduled actions. */
export function deregister({ targets, policies, scheduledActions }: Scaling, id: TargetId): void {
  targets.deregister(id);
  policies.deleteAll(id);
  scheduledActions.deleteOthers(id);
}

function named<T>(items: T[], nameOf: (item: T) => string, names: string[] | undefined): T[] {
  return names === undefined ? items : items.filter((item) => names.includes(nameOf(item)));
}

interface Query {
  readonly ResourceId?: string;
  readonly ScalableDimension?: string;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** One page of the items of a resource or a dimension, or of all. */
function page(name: string, all: { ResourceId?: string; ScalableDimension?: string }[], query: Query): object {
  const { ResourceId, ScalableDimension, MaxResults = MAX_RESULTS, NextToken } = query;
  const found = all
    .filter((item) => ResourceId === undefined || item.ResourceId === ResourceId)
    .filter((item) => ScalableDimension === undefined || item.ScalableDimension === ScalableDimension);
  const { items, NextToken: next } = pageOf(found, { MaxResults, NextToken });
  return { [name]: items, NextToken: next };
}

/** The operations, which first validate their requests. The only service namespace is that of SageMaker. */
function validated(operations: Operations): Operations {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (input: { readonly ServiceNamespace?: string }) => {
        validateRequest(name, input);
        if (input.ServiceNamespace !== 'sagemaker') {
          throw validationError(
            notSupported('application-auto-scaling', `the service namespace ${input.ServiceNamespace}`),
          );
        }
        return operation(input as never);
      },
    ]),
  );
}
