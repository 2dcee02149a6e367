import type { PutScheduledActionRequest, ScheduledAction } from '@aws-sdk/client-application-auto-scaling';
import { randomUUID } from 'node:crypto';
import { ServiceError, validationError } from '../../aws-model/service-error';
import type { Context } from '../context';
import { everyMinute, nextTime } from '../schedule';
import type { Store } from '../store';
import type { Wire } from '../wire/record';
import type { TargetId } from './dimensions';
import { type ScalableTargets, keyOf } from './targets';

/** The record of a scheduled action, as DescribeScheduledActions returns it. */
export type Action = Wire<ScheduledAction> &
  TargetId & { readonly ScheduledActionName: string; readonly Schedule: string };

const INTERVAL_MS = 60_000;

/** The scheduled actions, which change the limits of targets at their times. */
export class ScheduledActions {
  private readonly store: Store<Action>;
  private readonly closed = new AbortController();

  constructor(
    private readonly context: Context,
    private readonly targets: ScalableTargets,
  ) {
    this.store = context.store<Action>('scheduled-actions');
  }

  public list(): Action[] {
    return this.store.list();
  }

  /** Creates an action, or changes the given members of an existing one. */
  public put(input: Wire<PutScheduledActionRequest>): void {
    const { ResourceId = '', ScalableDimension = '', ScheduledActionName = '' } = input;
    const id = { ResourceId, ScalableDimension };
    this.targets.existing(id);
    const key = `${keyOf(id)}|${ScheduledActionName}`;
    const before = this.store.get(key);
    const { Schedule = before?.Schedule } = input;
    if (Schedule === undefined) throw validationError('Schedule is required for a new scheduled action.');
    const now = this.context.clock.now();
    const action = {
      ...before,
      ...input,
      ...{ ...id, ScalableDimension: input.ScalableDimension, ScheduledActionName, Schedule },
      ServiceNamespace: 'sagemaker' as const,
      ScheduledActionARN: before?.ScheduledActionARN ?? this.arnOf(ResourceId, ScheduledActionName),
      CreationTime: before?.CreationTime ?? now / 1000,
    } as Action;
    nextOf(action, now);
    this.store.put(key, action);
  }

  public delete(id: TargetId, name: string): void {
    const key = `${keyOf(id)}|${name}`;
    if (this.store.get(key) === undefined) {
      throw new ServiceError('ObjectNotFoundException', `No scheduled action found for name: ${name}`);
    }
    this.store.delete(key);
  }

  /** Deletes the actions of a target whose names are not in a list. */
  public deleteOthers(id: TargetId, kept: readonly string[] = []): void {
    for (const action of this.store.list().filter((one) => keyOf(one) === keyOf(id))) {
      if (!kept.includes(action.ScheduledActionName)) this.delete(id, action.ScheduledActionName);
    }
  }

  /** Carries out the actions at their times until the service is closed. */
  public async run(): Promise<void> {
    await everyMinute(this.context.clock, this.closed.signal, (time) => {
      for (const action of this.store.list()) {
        const due = nextOf(action, time - INTERVAL_MS);
        if (due !== undefined && due <= time && isWithinTimes(action, due)) this.apply(action);
      }
    });
  }

  public close(): void {
    this.closed.abort();
  }

  private apply(action: Action): void {
    const target = this.targets.find(action);
    if (target === undefined || target.SuspendedState?.ScheduledScalingSuspended === true) return;
    const { MinCapacity = target.MinCapacity, MaxCapacity = target.MaxCapacity } = action.ScalableTargetAction ?? {};
    const { ResourceId, ScalableDimension } = target;
    this.targets.register({ ResourceId, ScalableDimension, MinCapacity, MaxCapacity });
  }

  private arnOf(resource: string, name: string): string {
    const { region, account } = this.context;
    return `arn:aws:autoscaling:${region}:${account}:scheduledAction:${randomUUID()}:resource/sagemaker/${resource}:scheduledActionName/${name}`;
  }
}

function nextOf(
  { Schedule, Timezone = 'UTC', StartTime, CreationTime = 0 }: Action,
  after: number,
): number | undefined {
  return nextTime(Schedule, after, { start: (StartTime ?? CreationTime) * 1000, timezone: Timezone });
}

function isWithinTimes({ StartTime = 0, EndTime = Infinity }: Action, time: number): boolean {
  return time >= StartTime * 1000 && time <= EndTime * 1000;
}
