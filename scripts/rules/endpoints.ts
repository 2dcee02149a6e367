import type { Rule } from './rule';
import {
  DESIGN,
  UNDOCUMENTED,
  impliedBy,
  link,
  api,
  ASYNC_SCALING,
  AUTO_SCALING,
  EXCLUSIONS,
  EXPORTS,
  SCALABLE_TARGET,
  SERVERLESS,
} from './sources';

export const ENDPOINTS: readonly Rule[] = [
  {
    rule: '`endpointName` is empty.',
    source: impliedBy(api('CreateEndpoint')),
    messages: ['`endpointName` must not be empty'],
  },
  {
    rule: '`endpointConfig` is in another stack than the endpoint: any change replaces it, and an imported export cannot change.',
    source: EXPORTS,
    messages: ['must be in the same stack as the endpoint. Any change'],
  },
  {
    rule: 'A gradual `deployment` with automatic rollback has no alarms.',
    source: DESIGN,
    messages: ['`deployment` requires at least one alarm'],
  },
  {
    rule: 'A gradual `deployment` is set for a variant on Inf1.',
    source: EXCLUSIONS,
    messages: ['is not supported for variant "…", …', 'which runs on Inf1'],
  },
  {
    rule: 'A rolling `deployment` is set for several variants or a serverless variant.',
    source: EXCLUSIONS,
    messages: ['rolling deployments require exactly 1 variant', 'which is serverless and has no instances'],
  },
  {
    rule: 'A step of `deployment` is not 10 to 50 % of the instances (linear), at most 50 % (canary), or 5 to 50 % (rolling). With 1 instance, no step is possible.',
    source: [api('TrafficRoutingConfig'), api('RollingUpdatePolicy')].join(', '),
    messages: ['% of the instances, got', 'which has … instance', 'Set an `instanceCount` of at least 2'],
  },
  {
    rule: '`percent` of a capacity is more than 100.',
    source: impliedBy(api('CapacitySize')),
    messages: ['`percent` must be at most 100'],
  },
  {
    rule: '`autoScale` is called for a serverless variant: CloudFormation does not support its scaling.',
    source: SERVERLESS,
    messages: ['`autoScale` is not supported for a serverless variant'],
  },
  {
    rule: '`autoScale` is called for a variant for inference components, whose instances `managedScaling` scales.',
    source: UNDOCUMENTED,
    messages: ['`autoScale` is not supported for a variant for inference components'],
  },
  {
    rule: '`autoScale` is called for a burstable instance type.',
    source: AUTO_SCALING,
    messages: ['`autoScale` is not supported for the burstable instance type'],
  },
  {
    rule: '`minCapacity` or `maxCapacity` is not a whole number of at least 0.',
    source: SCALABLE_TARGET,
    messages: ['`…` must be a whole number of at least 0'],
  },
  {
    rule: '`maxCapacity` is 0.',
    source: DESIGN,
    messages: ['`maxCapacity` must be at least 1'],
  },
  {
    rule: '`minCapacity` is more than `maxCapacity`.',
    source: impliedBy(SCALABLE_TARGET),
    messages: ['`minCapacity` must be at most `maxCapacity`'],
  },
  {
    rule: '`minCapacity` of a real-time endpoint is 0.',
    source: [ASYNC_SCALING, AUTO_SCALING].join(', '),
    messages: ['`minCapacity` must be at least 1', 'only asynchronous endpoints can scale to zero'],
  },
  {
    rule: '`minCapacity` is 0, and neither `scaleOnBacklog` nor a schedule adds the first instance.',
    source: ASYNC_SCALING,
    messages: ['`minCapacity` of 0 requires `scaleOnBacklog`'],
  },
  {
    rule: '`scaleOnBacklog` is called for an endpoint without `asyncInference`, which has no such metric.',
    source: ASYNC_SCALING,
    messages: ['`scaleOnBacklog` requires an asynchronous endpoint'],
  },
  {
    rule: 'The target of a scaling policy is not more than 0, or `safetyFactor` is more than 1.',
    source: DESIGN,
    messages: ['`…` must be more than 0', '`safetyFactor` must be at most 1'],
  },
  {
    rule: '`datapointsToAlarm` is more than `evaluationPeriods`.',
    source: link(
      'validateDatapointsToAlarm',
      'https://aws.github.io/modern-data-architecture-accelerator/typedocs/functions/_aws-mdaa_cloudwatch-constructs.validateDatapointsToAlarm.html',
    ),
    messages: ['`datapointsToAlarm` must be at most `evaluationPeriods`'],
  },
  {
    rule: '`percentile` of an alarm is not above 0 and at most 100, or `maxPercent` not 0 to 99.',
    source: DESIGN,
    messages: ['`percentile` must be above 0', '`maxPercent` must be 0 to 99'],
  },
];
