import { randomUUID } from 'node:crypto';
import type { Context } from '../context';
import type { Logs } from '../logs';

/** The messages that services publish to topics. */
export class Notifications {
  constructor(
    private readonly context: Pick<Context, 'region' | 'account'>,
    private readonly logs: Logs,
  ) {}

  /** Publishes a message to a topic: it is written to the log group in which SNS logs deliveries. */
  public publish(topicArn: string, message: string): void {
    const { region, account } = this.context;
    this.logs.write(`sns/${region}/${account}/${topicArn.split(':').pop()}`, randomUUID(), message);
  }
}
