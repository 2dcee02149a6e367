import { randomUUID } from 'node:crypto';
import { notSupported } from '../../aws-model/not-supported';
import type { Caller } from '../access';
import type { Functions } from '../lambda';
import type { Logs } from '../logs';
import type { Notifications } from '../sns';
import type { StateMachines } from '../step-functions';

export interface DeliveryServices {
  readonly functions: Functions;
  readonly stateMachines: StateMachines;
  readonly notifications: Notifications;
  readonly logs: Logs;
}

/** Delivers inputs to the targets of rules and schedules. */
export class Delivery {
  constructor(private readonly services: DeliveryServices) {}

  /** Delivers an input, and returns the effect in words. */
  public async send(caller: Caller, arn: string, input: unknown): Promise<string> {
    const { functions, stateMachines, notifications, logs } = this.services;
    const text = typeof input === 'string' ? input : JSON.stringify(input);
    switch (serviceOf(arn)) {
      case 'lambda':
        await functions.invoke(caller, arn, input);
        return `invoked ${arn}`;
      case 'states':
        caller.check([{ action: 'states:StartExecution', resource: arn }]);
        return `started ${stateMachines.start(arn, randomUUID(), JSON.stringify(input)).arn}`;
      case 'sns':
        notifications.publish(caller, arn, text);
        return `published to ${arn}`;
      case 'logs':
        logs.write(arn.split(':')[6], randomUUID(), text);
        return `written to ${arn}`;
      default:
        throw new Error(notSupported('eventbridge', `${arn} as a target`));
    }
  }
}

/** The service in an ARN. */
export function serviceOf(arn: string): string {
  return arn.split(':')[2] ?? '';
}
