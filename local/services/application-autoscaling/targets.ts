import type { ScalableTarget, ScalingActivity, SuspendedState } from '@aws-sdk/client-application-auto-scaling';
import { randomUUID } from 'node:crypto';
import { ServiceError, validationError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Wire } from '../wire/record';
import { type CallSageMaker, type TargetId, nounOf, readCapacity, writeCapacity } from './dimensions';

/** The record of a scalable target, as DescribeScalableTargets returns it. */
export type Target = Wire<ScalableTarget> & TargetId & { readonly MinCapacity: number; readonly MaxCapacity: number };

type Activity = Wire<ScalingActivity>;

/** The last changes of a capacity, from which cooldowns are measured. */
interface Changes {
  readonly out?: Change;
  readonly in?: Change;
}

export interface Change {
  /** Milliseconds since 1970. */
  readonly time: number;

  /** The capacity before the change, or before the first one of several changes during a cooldown. */
  readonly from: number;
}

export interface Registration extends TargetId {
  readonly MinCapacity?: number;
  readonly MaxCapacity?: number;
  readonly RoleARN?: string;
  readonly SuspendedState?: SuspendedState;
}

/** Application Auto Scaling keeps the activities of six weeks. */
const MAX_ACTIVITIES = 1000;

const SERVICE_ROLE =
  'aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint';

const NOT_SUSPENDED = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

/** The scalable targets: resources whose capacities are scaled, with their limits and the history of their capacities. */
export class ScalableTargets {
  private readonly store: Store<Target>;
  private readonly changes: Store<Changes>;
  private readonly activities: Store<Activity[]>;

  constructor(
    private readonly context: Context,
    private readonly call: CallSageMaker,
  ) {
    this.store = context.store<Target>('scalable-targets');
    this.changes = context.store<Changes>('scaling-changes');
    this.activities = context.store<Activity[]>('scaling-activities');
  }

  public list(): Target[] {
    return this.store.list();
  }

  public find(id: TargetId): Target | undefined {
    return this.store.get(keyOf(id));
  }

  public existing(id: TargetId): Target {
    const target = this.find(id);
    if (target !== undefined) return target;
    throw new ServiceError(
      'ObjectNotFoundException',
      `No scalable target registered for service namespace: sagemaker, resource ID: ${id.ResourceId}, scalable dimension: ${id.ScalableDimension}`,
    );
  }

  /** Registers a resource, or changes the limits of a registered one. A capacity outside of the limits is changed at once. */
  public register(given: Registration): Target {
    const { ResourceId, ScalableDimension } = given;
    const id = { ResourceId, ScalableDimension };
    const before = this.find(id);
    const limits = limitsOf(given, before);
    if (readCapacity(this.call, id) === undefined) throw validationError(`The resource ${ResourceId} does not exist.`);
    const created = before ?? {
      ServiceNamespace: 'sagemaker',
      ResourceId,
      ScalableDimension: ScalableDimension as Target['ScalableDimension'],
      RoleARN: `arn:aws:iam::${this.context.account}:role/${SERVICE_ROLE}`,
      CreationTime: this.context.clock.now() / 1000,
      ScalableTargetARN: this.newArn(),
      SuspendedState: NOT_SUSPENDED,
    };
    const { RoleARN = created.RoleARN, SuspendedState: suspended } = given;
    const SuspendedState = { ...created.SuspendedState, ...suspended };
    const target = this.store.put(keyOf(id), { ...created, ...limits, RoleARN, SuspendedState });
    this.keepWithinLimits(target);
    return target;
  }

  public deregister(id: TargetId): void {
    this.existing(id);
    [this.store, this.changes, this.activities].forEach((store) => store.delete(keyOf(id)));
  }

  /** The capacity of a target that can be changed now; undefined while its resource is updated, or if it does not exist. */
  public capacity(target: Target): number | undefined {
    const capacity = readCapacity(this.call, target);
    return capacity?.isReady === true ? capacity.value : undefined;
  }

  public lastChanges(target: Target): Changes {
    return this.changes.get(keyOf(target)) ?? {};
  }

  /**
   * Changes the capacity of a target within its limits.
   *
   * @param baseline the capacity from which the next scale-out is measured during the cooldown; by default, the current one
   */
  public scale(target: Target, desired: number, cause: string, baseline?: number): void {
    const from = this.capacity(target);
    const to = Math.min(Math.max(desired, target.MinCapacity), target.MaxCapacity);
    if (from === undefined || to === from) return;
    const key = keyOf(target);
    // Evaluations are some milliseconds after full minutes, and cooldowns are usually whole minutes.
    const time = Math.floor(this.context.clock.now() / 1000) * 1000;
    const outcome = this.write(target, to);
    this.activities.put(
      key,
      [...this.activitiesOf(target), this.activity(target, to, cause, outcome)].slice(-MAX_ACTIVITIES),
    );
    if (outcome !== undefined) return;
    this.changes.put(key, {
      ...this.lastChanges(target),
      [to > from ? 'out' : 'in']: { time, from: baseline ?? from },
    });
  }

  /** Scales a target whose capacity is outside of its limits. */
  public keepWithinLimits(target: Target): void {
    const capacity = this.capacity(target);
    if (capacity === undefined) return;
    const { MinCapacity: min, MaxCapacity: max } = target;
    if (capacity < min) this.scale(target, min, `minimum capacity was set to ${min}`);
    if (capacity > max) this.scale(target, max, `maximum capacity was set to ${max}`);
  }

  /** The activities of a target, the newest last. */
  public activitiesOf(target: TargetId): Activity[] {
    return this.activities.get(keyOf(target)) ?? [];
  }

  /** Returns the reason if the resource rejects the capacity. */
  private write(target: Target, capacity: number): string | undefined {
    try {
      writeCapacity(this.call, target, capacity);
      return undefined;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return error.message;
    }
  }

  private activity(target: Target, capacity: number, Cause: string, failure: string | undefined): Activity {
    const noun = nounOf(target);
    const time = this.context.clock.now() / 1000;
    const { ResourceId, ScalableDimension, ServiceNamespace } = target;
    return {
      ActivityId: randomUUID(),
      ...{ ServiceNamespace, ResourceId, ScalableDimension, Cause },
      Description: `Setting ${noun} to ${capacity}.`,
      StartTime: time,
      EndTime: time,
      StatusCode: failure === undefined ? 'Successful' : 'Failed',
      StatusMessage:
        failure === undefined
          ? `Successfully set ${noun} to ${capacity}. Change successfully fulfilled by sagemaker.`
          : `Failed to set ${noun} to ${capacity}. Reason: ${failure}`,
    };
  }

  private newArn(): string {
    const id = randomUUID().replace(/-/g, '').slice(0, 28);
    return this.context.arn('application-autoscaling', `scalable-target/${id}`);
  }
}

function limitsOf(given: Registration, before: Target | undefined): Pick<Target, 'MinCapacity' | 'MaxCapacity'> {
  const { MinCapacity = before?.MinCapacity, MaxCapacity = before?.MaxCapacity } = given;
  if (MinCapacity === undefined || MaxCapacity === undefined) {
    throw validationError('MinCapacity and MaxCapacity are required to register a scalable target.');
  }
  if (MinCapacity > MaxCapacity) throw validationError('Maximum capacity cannot be less than minimum capacity');
  return { MinCapacity, MaxCapacity };
}

export function keyOf({ ResourceId, ScalableDimension }: TargetId): string {
  return `${ResourceId}|${ScalableDimension}|sagemaker`;
}
