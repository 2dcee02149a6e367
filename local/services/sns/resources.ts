import { notSupported } from '../../aws-model/not-supported';
import type { Context } from '../context';
import type { PolicyDocument, ResourcePolicies } from '../iam';
import { type ResourceType, type ResourceTypes, generatedName } from '../resource-type';
import type { Notifications } from './notifications';

interface SubscriptionProperties {
  readonly Protocol: string;
  readonly Endpoint: string;
  readonly TopicArn: string;
  readonly FilterPolicy?: object;
}

interface TopicPolicyProperties {
  readonly PolicyDocument: PolicyDocument;
  readonly Topics: string[];
}

export function snsResourceTypes(
  context: Context,
  notifications: Notifications,
  policies: ResourcePolicies,
): ResourceTypes {
  const setDefault = (topicArn: string): void => policies.put(topicArn, topicArn, defaultPolicy(context, topicArn));
  const subscribe = (properties: unknown): string => {
    const { TopicArn, Protocol, Endpoint, FilterPolicy } = properties as SubscriptionProperties;
    if (FilterPolicy !== undefined) throw new Error(notSupported('sns', 'FilterPolicy of subscriptions'));
    return notifications.subscribe(TopicArn, Protocol, Endpoint);
  };
  return {
    'AWS::SNS::Topic': {
      create: (request) => {
        const { TopicName = generatedName(request), Subscription: inline } = request.properties;
        if (inline !== undefined) throw new Error('Use AWS::SNS::Subscription instead of Subscription of a topic.');
        const TopicArn = context.arn('sns', String(TopicName));
        setDefault(TopicArn);
        return Promise.resolve({ physicalId: TopicArn, attributes: { TopicArn, TopicName } });
      },
      update: ({ physicalId, attributes, properties: before }, { properties }) =>
        Promise.resolve(properties.TopicName === before.TopicName ? { physicalId, attributes } : undefined),
      delete: ({ physicalId }) => {
        notifications.deleteTopic(physicalId);
        policies.delete(physicalId);
        return Promise.resolve();
      },
    },
    'AWS::SNS::TopicPolicy': topicPolicy(policies, setDefault),
    'AWS::SNS::Subscription': {
      create: ({ properties }) => {
        const arn = subscribe(properties);
        return Promise.resolve({ physicalId: arn, attributes: { Arn: arn } });
      },
      delete: ({ physicalId }) => Promise.resolve(notifications.unsubscribe(physicalId)),
    },
  };
}

/** The policy of topics: it replaces the one that they have by default. */
function topicPolicy(policies: ResourcePolicies, setDefault: (topicArn: string) => void): ResourceType {
  const topicsIn = (properties: unknown): string[] => (properties as TopicPolicyProperties).Topics;
  const put = (properties: unknown): void =>
    topicsIn(properties).forEach((arn) => policies.put(arn, arn, (properties as TopicPolicyProperties).PolicyDocument));
  return {
    create: (request) => {
      put(request.properties);
      return Promise.resolve({ physicalId: generatedName(request) });
    },
    update: ({ physicalId, properties }, request) => {
      topicsIn(properties).forEach(setDefault);
      put(request.properties);
      return Promise.resolve({ physicalId });
    },
    delete: ({ properties }) => Promise.resolve(topicsIn(properties).forEach(setDefault)),
  };
}

/** Alarms of the account may publish to a topic without a policy of its own. The policies of roles decide about other publishers. */
function defaultPolicy({ account }: Context, topicArn: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: topicArn,
      Condition: { StringEquals: { 'aws:SourceAccount': account } },
    },
  };
}
