import type { Context } from '../context';
import { type ResourceRequest, type ResourceState, type ResourceTypes, generatedName } from '../resource-type';
import { unsupportedOperators } from './pattern';
import { type Rules, TARGET_SERVICES, type Target } from './store';

interface Properties {
  readonly Name?: string;
  readonly EventPattern?: Record<string, unknown>;
  readonly State?: string;
  readonly Targets?: Target[];
}

export function eventsResourceTypes(context: Context, rules: Rules): ResourceTypes {
  const put = (name: string, { properties }: Pick<ResourceRequest, 'properties'>): ResourceState => {
    const { EventPattern: pattern, State = 'ENABLED', Targets: targets = [] } = properties as Properties;
    const unsupported = [
      ...unsupportedOperators(pattern).map((operator) => `the operator "${operator}" of event patterns`),
      ...targets.flatMap(unsupportedIn),
    ];
    if (unsupported.length > 0) throw new Error(`The local service does not support ${unsupported.join(' and ')}.`);
    rules.put({ name, isEnabled: State !== 'DISABLED', pattern, targets });
    return { physicalId: name, attributes: { Arn: context.arn('events', `rule/${name}`) } };
  };
  const nameIn = (properties: Record<string, unknown>): unknown => properties.Name;
  return {
    'AWS::Events::Rule': {
      create: (request) =>
        Promise.resolve().then(() =>
          put((nameIn(request.properties) as string | undefined) ?? generatedName(request), request),
        ),
      update: (current, request) =>
        Promise.resolve().then(() =>
          nameIn(current.properties) === nameIn(request.properties) ? put(current.physicalId, request) : undefined,
        ),
      delete: ({ physicalId }) => Promise.resolve(rules.delete(physicalId)),
    },
  };
}

/** Deliveries are not retried: RetryPolicy has no effect. */
const TARGET_MEMBERS = ['Id', 'Arn', 'RoleArn', 'RetryPolicy', 'Input', 'InputPath', 'InputTransformer'];

function unsupportedIn(target: Target): string[] {
  const members = Object.keys(target).filter((member) => !TARGET_MEMBERS.includes(member));
  const isSupported = TARGET_SERVICES.includes(target.Arn.split(':')[2]);
  return [
    ...members.map((member) => `${member} of the targets of rules`),
    ...(isSupported ? [] : [`${target.Arn} as the target of a rule`]),
  ];
}
