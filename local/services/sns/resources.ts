import type { Context } from '../context';
import { type ResourceTypes, generatedName } from '../resource-type';
import type { Notifications } from './notifications';

interface SubscriptionProperties {
  readonly Protocol: string;
  readonly Endpoint: string;
  readonly TopicArn: string;
  readonly FilterPolicy?: object;
}

export function snsResourceTypes(context: Context, notifications: Notifications): ResourceTypes {
  const subscribe = (properties: unknown): string => {
    const { TopicArn, Protocol, Endpoint, FilterPolicy } = properties as SubscriptionProperties;
    if (FilterPolicy !== undefined)
      throw new Error('The local service does not support FilterPolicy of subscriptions.');
    return notifications.subscribe(TopicArn, Protocol, Endpoint);
  };
  return {
    'AWS::SNS::Topic': {
      create: (request) => {
        const { TopicName = generatedName(request), Subscription: inline } = request.properties;
        if (inline !== undefined) throw new Error('Use AWS::SNS::Subscription instead of Subscription of a topic.');
        const TopicArn = context.arn('sns', String(TopicName));
        return Promise.resolve({ physicalId: TopicArn, attributes: { TopicArn, TopicName } });
      },
      update: ({ physicalId, attributes, properties: before }, { properties }) =>
        Promise.resolve(properties.TopicName === before.TopicName ? { physicalId, attributes } : undefined),
      delete: ({ physicalId }) => Promise.resolve(notifications.deleteTopic(physicalId)),
    },
    'AWS::SNS::Subscription': {
      create: ({ properties }) => {
        const arn = subscribe(properties);
        return Promise.resolve({ physicalId: arn, attributes: { Arn: arn } });
      },
      delete: ({ physicalId }) => Promise.resolve(notifications.unsubscribe(physicalId)),
    },
  };
}
