import { randomUUID } from 'node:crypto';
import type { Caller } from '../access';
import type { Context } from '../context';
import type { Permissions } from '../iam';
import type { Functions } from '../lambda';
import type { Logs } from '../logs';
import type { Store } from '../store';

interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;

  /** For the protocol `lambda`, the ARN of the function. */
  readonly endpoint: string;
}

interface Services {
  readonly context: Context;
  readonly logs: Logs;
  readonly functions: Functions;
  readonly permissions: Permissions;
}

/** The messages that services publish to topics, and the subscriptions of the topics. */
export class Notifications {
  private readonly subscriptions: Store<Subscription>;

  constructor(private readonly services: Services) {
    this.subscriptions = services.context.store<Subscription>('subscriptions');
  }

  /** Returns the ARN of the subscription. */
  public subscribe(topicArn: string, protocol: string, endpoint: string): string {
    const arn = `${topicArn}:${randomUUID()}`;
    this.subscriptions.put(arn, { arn, topicArn, protocol, endpoint });
    return arn;
  }

  public unsubscribe(arn: string): void {
    this.subscriptions.delete(arn);
  }

  /** Removes all subscriptions of a topic. */
  public deleteTopic(topicArn: string): void {
    for (const subscription of this.subscriptions.list()) {
      if (subscription.topicArn === topicArn) this.unsubscribe(subscription.arn);
    }
  }

  /** Publishes a message: it is written to the log group in which SNS logs deliveries, and the subscribed functions are invoked. */
  public publish(publisher: Caller, topicArn: string, message: string, subject?: string): void {
    publisher.check([{ action: 'sns:Publish', resource: topicArn }]);
    const { context, logs, functions, permissions } = this.services;
    const { region, account, clock } = context;
    const group = `sns/${region}/${account}/${topicArn.split(':').pop()}`;
    const id = randomUUID();
    logs.write(group, id, message);
    const Sns = {
      Type: 'Notification',
      MessageId: id,
      TopicArn: topicArn,
      Subject: subject ?? null,
      Message: message,
      Timestamp: new Date(clock.now()).toISOString(),
      MessageAttributes: {},
    };
    const sender = permissions.service('sns.amazonaws.com', topicArn);
    const subscribed = this.subscriptions.list().filter((one) => one.topicArn === topicArn);
    for (const { arn, endpoint } of subscribed.filter(({ protocol }) => protocol === 'lambda')) {
      const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: arn, Sns };
      functions.invoke(sender, endpoint, { Records: [record] }).catch((error: Error) => {
        logs.write(`${group}/Failure`, id, `${endpoint}: ${error.message}`);
      });
    }
  }
}
