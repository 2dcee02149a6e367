import { randomUUID } from 'node:crypto';
import { ServiceError, validationError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Delivery } from '../events';
import type { Fireable } from '../fire';
import type { Permissions } from '../iam';
import type { Logs } from '../logs';
import { everyMinute } from '../schedule';
import type { Store } from '../store';
import { type Schedule, type ScheduleInput, checkSchedule, timeAfter } from './schedule';

export interface ScheduleGroup {
  readonly Name: string;
  readonly Arn: string;
  readonly State: 'ACTIVE';

  /** Seconds since 1970. */
  readonly CreationDate: number;
  readonly LastModificationDate: number;
}

interface Services {
  readonly context: Context;
  readonly delivery: Delivery;
  readonly logs: Logs;
  readonly permissions: Permissions;
}

interface CreateOptions {
  readonly clientToken?: string;
  readonly logicalId?: string;
}

const SERVICE = 'scheduler.amazonaws.com';
const DEFAULT_GROUP = 'default';
const GROUP_NAME = /^(?!default$|aws)[0-9a-zA-Z-_.]{1,64}$/i;

/** The schedules and their groups. */
export class Schedules {
  private readonly store: Store<Schedule>;
  private readonly groups: Store<ScheduleGroup>;
  private readonly closed = new AbortController();

  constructor(private readonly services: Services) {
    this.store = services.context.store<Schedule>('schedules');
    this.groups = services.context.store<ScheduleGroup>('schedule-groups');
    if (this.groups.get(DEFAULT_GROUP) === undefined) this.putGroup(DEFAULT_GROUP);
  }

  public list(): Schedule[] {
    return this.store.list().sort((a, b) => (a.Arn < b.Arn ? -1 : 1));
  }

  public listGroups(): ScheduleGroup[] {
    return this.groups.list().sort((a, b) => (a.Name < b.Name ? -1 : 1));
  }

  public existing(name: string, group = DEFAULT_GROUP): Schedule {
    const schedule = this.store.get(keyOf(name, group));
    if (schedule === undefined) throw notFound(`Schedule ${name} does not exist.`);
    return schedule;
  }

  public existingGroup(name: string): ScheduleGroup {
    const group = this.groups.get(name);
    if (group === undefined) throw notFound(`Schedule group ${name} does not exist.`);
    return group;
  }

  /** Creates a schedule. The same client token again returns the existing one. */
  public create(input: ScheduleInput, { clientToken, logicalId }: CreateOptions = {}): Schedule {
    const { Name, GroupName = DEFAULT_GROUP } = input;
    const existing = this.store.get(keyOf(Name, GroupName));
    if (existing !== undefined && clientToken !== undefined && existing.clientToken === clientToken) return existing;
    if (existing !== undefined) throw new ServiceError('ConflictException', `Schedule ${Name} already exists.`, 409);
    return this.put(input, { CreationDate: this.seconds(), clientToken, logicalId });
  }

  /** Replaces all members of a schedule. */
  public update(input: ScheduleInput): Schedule {
    const { CreationDate, clientToken, logicalId } = this.existing(input.Name, input.GroupName);
    return this.put(input, { CreationDate, clientToken, logicalId });
  }

  public delete(name: string, group = DEFAULT_GROUP): void {
    this.existing(name, group);
    this.store.delete(keyOf(name, group));
  }

  public createGroup(name: string): ScheduleGroup {
    if (!GROUP_NAME.test(name)) throw validationError(`Invalid name of a schedule group: "${name}".`);
    if (this.groups.get(name) !== undefined) {
      throw new ServiceError('ConflictException', `Schedule group ${name} already exists.`, 409);
    }
    return this.putGroup(name);
  }

  /** Deletes a group with its schedules. */
  public deleteGroup(name: string): void {
    if (name === DEFAULT_GROUP) throw validationError('The default schedule group cannot be deleted.');
    this.existingGroup(name);
    for (const { Name, GroupName } of this.list()) if (GroupName === name) this.delete(Name, name);
    this.groups.delete(name);
  }

  /** Uses the targets of schedules at their times until the service is closed. */
  public async run(): Promise<void> {
    await everyMinute(this.services.context.clock, this.closed.signal, (time) => {
      for (const schedule of this.list()) {
        const { next } = schedule;
        if (next === undefined || next > time) continue;
        this.proceed(schedule, time);
        if (schedule.State !== 'DISABLED') this.send(schedule, next).catch(() => undefined);
      }
    });
  }

  public close(): void {
    this.closed.abort();
  }

  public fireable(): Fireable[] {
    return this.list().map((schedule) => ({
      ...{ kind: 'schedule', name: schedule.Name, logicalId: schedule.logicalId },
      fire: async () => [await this.send(schedule, this.services.context.clock.now())],
    }));
  }

  /** Sets the next time of a schedule, or deletes it if it is complete. */
  private proceed(schedule: Schedule, time: number): void {
    const next = timeAfter(schedule, time);
    const isComplete =
      next === undefined && schedule.ActionAfterCompletion === 'DELETE' && schedule.State !== 'DISABLED';
    if (isComplete) this.delete(schedule.Name, schedule.GroupName);
    else this.store.put(keyOf(schedule.Name, schedule.GroupName), { ...schedule, next });
  }

  /** Uses the target of a schedule. A failure is also written to the log of the schedule. Returns the effect in words. */
  private async send({ Arn: scheduleArn, Name, GroupName, Target }: Schedule, time: number): Promise<string> {
    const { delivery, logs, permissions } = this.services;
    const id = randomUUID();
    try {
      const session = {
        roleArn: Target.RoleArn,
        service: SERVICE,
        sessionName: Name,
        sourceArn: this.sourceArn(GroupName),
      };
      return await delivery.send(
        permissions.assumedBy(session),
        Target.Arn,
        inputOf(Target.Input, { scheduleArn, time, id }),
      );
    } catch (error) {
      const text = `The target ${Target.Arn} was not invoked: ${(error as Error).message}`;
      if (!this.closed.signal.aborted) logs.write(`/aws/scheduler/${Name}`, id, text);
      throw new Error(text);
    }
  }

  private put(input: ScheduleInput, kept: Pick<Schedule, 'CreationDate' | 'clientToken' | 'logicalId'>): Schedule {
    const { Name, GroupName = DEFAULT_GROUP, Target } = input;
    const { context, permissions } = this.services;
    const now = context.clock.now();
    checkSchedule(input, now);
    this.existingGroup(GroupName);
    const Arn = context.arn('scheduler', `schedule/${GroupName}/${Name}`);
    if (!permissions.isTrusting({ roleArn: Target.RoleArn, service: SERVICE, sourceArn: this.sourceArn(GroupName) })) {
      throw validationError('The execution role you provide must allow AWS EventBridge Scheduler to assume the role.');
    }
    const defaults = { State: 'ENABLED', ScheduleExpressionTimezone: 'UTC', ActionAfterCompletion: 'NONE' } as const;
    const schedule = { ...defaults, ...input, ...kept, GroupName, Arn, LastModificationDate: now / 1000 };
    return this.store.put(keyOf(Name, GroupName), { ...schedule, next: timeAfter(schedule, now - 1) });
  }

  /** The source of a request in the trust policy of a role: the group of the schedule. */
  private sourceArn(group: string): string {
    return this.services.context.arn('scheduler', `schedule-group/${group}`);
  }

  private putGroup(Name: string): ScheduleGroup {
    const date = this.seconds();
    const Arn = this.sourceArn(Name);
    return this.groups.put(Name, { Name, Arn, State: 'ACTIVE', CreationDate: date, LastModificationDate: date });
  }

  private seconds(): number {
    return this.services.context.clock.now() / 1000;
  }
}

function keyOf(name: string, group: string): string {
  return `${group}/${name}`;
}

function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message, 404);
}

/** The input of a target, in which the attributes of the context are inserted. A text that is not JSON is passed as a text. */
function inputOf(input = '{}', { scheduleArn, time, id }: { scheduleArn: string; time: number; id: string }): unknown {
  const attributes: Record<string, string> = {
    'schedule-arn': scheduleArn,
    'scheduled-time': new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
    'execution-id': id,
    'attempt-number': '1',
  };
  const text = input.replace(
    /<aws\.scheduler\.([a-z-]+)>/g,
    (placeholder, name: string) => attributes[name] ?? placeholder,
  );
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
