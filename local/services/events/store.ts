import type { Caller } from '../access';
import type { Context } from '../context';
import type { Fireable } from '../fire';
import type { Permissions } from '../iam';
import type { Logs } from '../logs';
import { everyMinute, nextTime } from '../schedule';
import type { Store } from '../store';
import type { Delivery } from './delivery';
import { type TargetInput, inputOf } from './input';
import { matches } from './pattern';
import { type Event, KINDS, type SageMakerKind, eventFrom, eventOf } from './state-change';

/** A target of a rule, with the names of the API. */
export interface Target extends TargetInput {
  readonly Arn: string;

  /** The role with which the rule uses the target. Without one, the policy of the target has to allow it. */
  readonly RoleArn?: string;
}

export interface Rule {
  readonly name: string;
  readonly logicalId?: string;
  readonly isEnabled: boolean;
  readonly pattern?: Readonly<Record<string, unknown>>;
  readonly schedule?: string;

  /** The next time of the schedule, in milliseconds since 1970; undefined if there is none. */
  readonly next?: number;
  readonly targets: Target[];
}

const SERVICE = 'events.amazonaws.com';

interface Services {
  readonly context: Context;
  readonly delivery: Delivery;
  readonly logs: Logs;
  readonly permissions: Permissions;
}

/** The rules of the event bus, which deliver events to their targets. */
export class Rules {
  private readonly store: Store<Rule>;
  private readonly closed = new AbortController();

  constructor(private readonly services: Services) {
    const { context } = services;
    this.store = context.store<Rule>('rules');
    for (const kind of Object.keys(KINDS) as SageMakerKind[]) {
      context.events.subscribe(kind, (record) => this.deliver(eventOf(context, kind, record)));
    }
    context.events.subscribe('serviceEvent', (event) => this.deliver(eventFrom(context, event)));
  }

  public put(rule: Omit<Rule, 'next'>): void {
    const { schedule } = rule;
    const now = this.services.context.clock.now();
    const next = schedule === undefined ? undefined : nextTime(schedule, now, { start: now, timezone: 'UTC' });
    this.store.put(rule.name, { ...rule, next });
  }

  public delete(name: string): void {
    this.store.delete(name);
  }

  /** Delivers the events of schedules at their times until the service is closed. */
  public async run(): Promise<void> {
    await everyMinute(this.services.context.clock, this.closed.signal, (time) => {
      for (const rule of this.store.list()) {
        const { name, isEnabled, schedule, next } = rule;
        if (schedule === undefined || next === undefined || next > time) continue;
        this.store.update(name, { next: nextTime(schedule, time, { start: next, timezone: 'UTC' }) });
        if (isEnabled) this.sendInBackground(rule, this.scheduledEvent(rule, next));
      }
    });
  }

  public close(): void {
    this.closed.abort();
  }

  /** The rules that have a schedule. */
  public fireable(): Fireable[] {
    const scheduled = this.store.list().filter(({ schedule }) => schedule !== undefined);
    return scheduled.map((rule) => ({
      ...{ kind: 'rule', name: rule.name, logicalId: rule.logicalId },
      fire: () => this.send(rule, this.scheduledEvent(rule, this.services.context.clock.now())),
    }));
  }

  public deliver(event: Event): void {
    for (const rule of this.store.list()) {
      const { isEnabled, pattern } = rule;
      if (isEnabled && pattern !== undefined && matches(pattern, event)) this.sendInBackground(rule, event);
    }
  }

  /** Delivers an event to all targets of a rule, and returns the effects in words. Failures are also written to the log of the rule. */
  private async send({ name, targets }: Rule, event: Event): Promise<string[]> {
    const { delivery, logs } = this.services;
    const ruleArn = this.arnOf(name);
    return Promise.all(
      targets.map(async (target) => {
        try {
          return await delivery.send(this.callerFor(name, target.RoleArn), target.Arn, inputOf(target, event, ruleArn));
        } catch (error) {
          const text = `The event ${event.id} was not delivered to ${target.Arn}: ${(error as Error).message}`;
          if (!this.closed.signal.aborted) logs.write(`/aws/events/${name}`, event.id, text);
          throw new Error(text);
        }
      }),
    );
  }

  /** A failure is only in the log. */
  private sendInBackground(rule: Rule, event: Event): void {
    this.send(rule, event).catch(() => undefined);
  }

  private scheduledEvent({ name }: Rule, time: number): Event {
    const change = { source: 'aws.events', detailType: 'Scheduled Event', resources: [this.arnOf(name)], detail: {} };
    return eventFrom(this.services.context, change, time);
  }

  private callerFor(rule: string, roleArn: string | undefined): Caller {
    const { permissions } = this.services;
    const sourceArn = this.arnOf(rule);
    if (roleArn === undefined) return permissions.service(SERVICE, sourceArn);
    return permissions.assumedBy({ roleArn, service: SERVICE, sessionName: rule, sourceArn });
  }

  private arnOf(name: string): string {
    return this.services.context.arn('events', `rule/${name}`);
  }
}
