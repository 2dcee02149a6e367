import { JSONPath } from 'jsonpath-plus';
import { randomUUID } from 'node:crypto';
import type { Context } from '../context';
import type { StateChanges } from '../event-bus';
import type { Caller } from '../access';
import type { Permissions } from '../iam';
import type { Functions } from '../lambda';
import type { Logs } from '../logs';
import type { Notifications } from '../sns';
import type { StateMachines } from '../step-functions';
import type { Store } from '../store';
import { matches } from './pattern';
import { type Event, KINDS, eventOf } from './state-change';

/** A target of a rule, with the names of the API. */
export interface Target {
  readonly Arn: string;

  /** The role with which the rule uses the target. Without one, the policy of the target has to allow it. */
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: { readonly InputPathsMap?: Record<string, string>; readonly InputTemplate: string };
}

export interface Rule {
  readonly name: string;
  readonly isEnabled: boolean;

  /** Undefined for a rule with a schedule, which is recorded only. */
  readonly pattern?: Readonly<Record<string, unknown>>;
  readonly targets: Target[];
}

const SERVICE = 'events.amazonaws.com';

interface Services {
  readonly context: Context;
  readonly functions: Functions;
  readonly stateMachines: StateMachines;
  readonly notifications: Notifications;
  readonly logs: Logs;
  readonly permissions: Permissions;
}

/** The rules of the event bus, which deliver the state changes of SageMaker to their targets. */
export class Rules {
  private readonly store: Store<Rule>;
  private isClosing = false;

  constructor(private readonly services: Services) {
    const { context } = services;
    this.store = context.store<Rule>('rules');
    for (const kind of Object.keys(KINDS) as (keyof StateChanges)[]) {
      context.events.subscribe(kind, (record) => this.deliver(eventOf(context, kind, record)));
    }
  }

  public put(rule: Rule): void {
    this.store.put(rule.name, rule);
  }

  public delete(name: string): void {
    this.store.delete(name);
  }

  public close(): void {
    this.isClosing = true;
  }

  private deliver(event: Event): void {
    for (const { name, isEnabled, pattern, targets } of this.store.list()) {
      if (!isEnabled || pattern === undefined || !matches(pattern, event)) continue;
      for (const target of targets) {
        this.send(name, target, inputOf(target, event)).catch((error: Error) => {
          if (this.isClosing) return;
          const text = `The event ${event.id} was not delivered to ${target.Arn}: ${error.message}`;
          this.services.logs.write(`/aws/events/${name}`, event.id, text);
        });
      }
    }
  }

  private async send(rule: string, { Arn, RoleArn }: Target, input: unknown): Promise<void> {
    const { functions, stateMachines, notifications, logs } = this.services;
    const caller = this.callerFor(rule, RoleArn);
    const text = typeof input === 'string' ? input : JSON.stringify(input);
    switch (Arn.split(':')[2]) {
      case 'lambda':
        return void (await functions.invoke(caller, Arn, input));
      case 'states':
        caller.check([{ action: 'states:StartExecution', resource: Arn }]);
        return void stateMachines.start(Arn, randomUUID(), JSON.stringify(input));
      case 'sns':
        return notifications.publish(caller, Arn, text);
      default:
        return logs.write(Arn.split(':')[6], randomUUID(), text);
    }
  }

  private callerFor(rule: string, roleArn: string | undefined): Caller {
    const { context, permissions } = this.services;
    const sourceArn = context.arn('events', `rule/${rule}`);
    if (roleArn === undefined) return permissions.service(SERVICE, sourceArn);
    return permissions.assumedBy({ roleArn, service: SERVICE, sessionName: rule, sourceArn });
  }
}

/** The services whose resources are targets of rules. */
export const TARGET_SERVICES = ['lambda', 'states', 'sns', 'logs'];

/** The input of a target: the event, a part of it, or a text in which parts of it are inserted. */
function inputOf({ Input, InputPath, InputTransformer }: Target, event: Event): unknown {
  if (Input !== undefined) return JSON.parse(Input) as unknown;
  if (InputPath !== undefined) return at(event, InputPath);
  if (InputTransformer === undefined) return event;
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  const isText = InputTemplate.startsWith('"');
  const filled = InputTemplate.replace(/<([\w.-]+)>/g, (placeholder, name: string) => {
    if (InputPathsMap[name] === undefined) return placeholder;
    const value = at(event, InputPathsMap[name]);
    return typeof value === 'string' && isText ? value : JSON.stringify(value);
  });
  return parsed(filled);
}

function at(event: Event, path: string): unknown {
  return JSONPath<unknown>({ path, json: event, wrap: false });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
