import type { Access, AccessTable } from '../access';
import type { Context } from '../context';
import type { TargetId } from './dimensions';
import type { ScalableTargets } from './targets';

const ON_TARGET = [
  'RegisterScalableTarget',
  'DeregisterScalableTarget',
  'PutScalingPolicy',
  'DeleteScalingPolicy',
  'PutScheduledAction',
  'DeleteScheduledAction',
];

const ON_ALL = [
  'DescribeScalableTargets',
  'DescribeScalingActivities',
  'DescribeScalingPolicies',
  'DescribeScheduledActions',
];

type Input = Partial<TargetId> & { readonly ServiceNamespace?: string };

/** The permissions that the operations of Application Auto Scaling require. A target that is not registered has no ARN yet. */
export function applicationAutoScalingAccess(
  context: Pick<Context, 'arn'>,
  targets: Pick<ScalableTargets, 'find'>,
): AccessTable {
  const onTarget =
    (operation: string) =>
    ({ ResourceId = '', ScalableDimension = '', ServiceNamespace }: Input): Access[] => [
      {
        action: `application-autoscaling:${operation}`,
        resource:
          targets.find({ ResourceId, ScalableDimension })?.ScalableTargetARN ??
          context.arn('application-autoscaling', 'scalable-target/*'),
        keys: {
          'application-autoscaling:service-namespace': ServiceNamespace,
          'application-autoscaling:scalable-dimension': ScalableDimension,
        },
      },
    ];
  const onAll = (operation: string) => (): Access[] => [
    { action: `application-autoscaling:${operation}`, resource: '*' },
  ];
  return Object.fromEntries([
    ...ON_TARGET.map((operation) => [operation, onTarget(operation)] as const),
    ...ON_ALL.map((operation) => [operation, onAll(operation)] as const),
  ]);
}
