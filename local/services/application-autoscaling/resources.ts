import type { PutScalingPolicyRequest, PutScheduledActionRequest } from '@aws-sdk/client-application-auto-scaling';
import { coerceRequest, validateRequest } from '../../aws-model/request-validation';
import {
  type ResourceRequest,
  type ResourceState,
  type ResourceType,
  type ResourceTypes,
  generatedName,
} from '../resource-type';
import type { Wire } from '../wire/record';
import type { TargetId } from './dimensions';
import { type Scaling, deregister } from './operations';
import { type Registration, keyOf } from './targets';

type Properties = Record<string, unknown>;

/** The properties have the names of the API, so that they are passed to it unchanged. */
export function applicationAutoScalingResourceTypes(scaling: Scaling): ResourceTypes {
  return {
    'AWS::ApplicationAutoScaling::ScalableTarget': scalableTarget(scaling),
    'AWS::ApplicationAutoScaling::ScalingPolicy': scalingPolicy(scaling),
  };
}

/** The validated input of an operation. */
function input<T>(operation: string, properties: Properties): T {
  const given = coerceRequest(operation, properties);
  validateRequest(operation, given);
  return given as T;
}

/** The target in the physical ID of a scalable target. */
function idOf(physicalId: string): TargetId {
  const [ResourceId, ScalableDimension] = physicalId.split('|');
  return { ResourceId, ScalableDimension };
}

function scalableTarget(scaling: Scaling): ResourceType {
  const put = ({ properties }: ResourceRequest): ResourceState => {
    const { ScheduledActions: actions = [], ...target } = properties as Properties & {
      ScheduledActions?: Properties[];
    };
    const registration = input<Registration & { ServiceNamespace: string }>('RegisterScalableTarget', target);
    scaling.targets.register(registration);
    const { ResourceId, ScalableDimension, ServiceNamespace } = registration;
    scaling.scheduledActions.deleteOthers(
      registration,
      actions.map(({ ScheduledActionName }) => String(ScheduledActionName)),
    );
    for (const action of actions) {
      const request = { ...action, ResourceId, ScalableDimension, ServiceNamespace };
      scaling.scheduledActions.put(input<Wire<PutScheduledActionRequest>>('PutScheduledAction', request));
    }
    const physicalId = keyOf(registration);
    return { physicalId, attributes: { Id: physicalId } };
  };
  return {
    create: (request) => Promise.resolve(put(request)),
    update: (current, request) => {
      const { ResourceId, ScalableDimension } = request.properties;
      const isSame = keyOf({ ResourceId, ScalableDimension } as TargetId) === current.physicalId;
      return Promise.resolve(isSame ? put(request) : undefined);
    },
    delete: ({ physicalId }) => {
      if (scaling.targets.find(idOf(physicalId)) !== undefined) deregister(scaling, idOf(physicalId));
      return Promise.resolve();
    },
  };
}

function scalingPolicy({ policies }: Scaling): ResourceType {
  const put = (PolicyName: string, { properties }: ResourceRequest): ResourceState => {
    const { ScalingTargetId, ...own } = properties;
    const target = ScalingTargetId === undefined ? {} : idOf(ScalingTargetId as string);
    const request = { ServiceNamespace: 'sagemaker', ...own, ...target, PolicyName };
    const { PolicyARN } = policies.put(input<Wire<PutScalingPolicyRequest>>('PutScalingPolicy', request));
    return { physicalId: PolicyARN, attributes: { Arn: PolicyARN } };
  };
  return {
    create: (request) => {
      const { PolicyName = generatedName(request) } = request.properties;
      return Promise.resolve(put(String(PolicyName), request));
    },
    update: ({ physicalId, properties: before }, request) => {
      const isSame = ['PolicyName', 'ScalingTargetId', 'ResourceId', 'ScalableDimension'].every(
        (name) => before[name] === request.properties[name],
      );
      const policy = policies.find(physicalId);
      return Promise.resolve(isSame && policy !== undefined ? put(policy.PolicyName, request) : undefined);
    },
    delete: ({ physicalId }) => {
      const policy = policies.find(physicalId);
      if (policy !== undefined) policies.delete(policy, policy.PolicyName);
      return Promise.resolve();
    },
  };
}
