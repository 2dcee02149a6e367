import { notSupported } from '../../aws-model/not-supported';
import type { Context } from '../context';
import { type ResourceRequest, type ResourceState, type ResourceTypes, generatedName } from '../resource-type';
import { nextTime } from '../schedule';
import { serviceOf } from './delivery';
import { inputError } from './input';
import { isDefaultBus } from './operations';
import { patternError } from './pattern';
import type { Rules, Target } from './store';

interface Properties {
  readonly Name?: string;
  readonly EventBusName?: string;
  readonly EventPattern?: Record<string, unknown>;
  readonly ScheduleExpression?: string;
  readonly State?: string;
  readonly Targets?: Target[];
}

/** The role of a rule is that of targets on other event buses, which are not supported. */
const MEMBERS = [
  ...[
    'Description',
    'EventBusName',
    'EventPattern',
    'Name',
    'RoleArn',
    'ScheduleExpression',
    'State',
    'Tags',
    'Targets',
  ],
];

/** Deliveries are not retried: RetryPolicy has no effect. */
const TARGET_MEMBERS = ['Id', 'Arn', 'RoleArn', 'RetryPolicy', 'Input', 'InputPath', 'InputTransformer'];

/** The services whose resources are targets of rules. */
const TARGET_SERVICES = ['lambda', 'states', 'sns', 'logs'];

export function eventsResourceTypes(context: Context, rules: Rules): ResourceTypes {
  const put = (name: string, { logicalId, properties }: ResourceRequest): ResourceState => {
    check(context, properties);
    const {
      EventPattern: pattern,
      ScheduleExpression: schedule,
      State,
      Targets: targets = [],
    } = properties as Properties;
    rules.put({ name, logicalId, isEnabled: State !== 'DISABLED', pattern, schedule, targets });
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

function check(context: Context, properties: Record<string, unknown>): void {
  const { EventBusName: bus = 'default', EventPattern, ScheduleExpression, Targets = [] } = properties as Properties;
  const unsupported = [
    ...Object.keys(properties)
      .filter((member) => !MEMBERS.includes(member))
      .map((member) => `${member} of rules`),
    ...(isDefaultBus(context, bus) ? [] : [`the event bus ${bus}`]),
    ...Targets.flatMap(unsupportedIn),
  ];
  if (unsupported.length > 0) throw new Error(notSupported('eventbridge', unsupported.join(' and ')));
  if (EventPattern === undefined && ScheduleExpression === undefined) {
    throw new Error('Parameter(s) EventPattern or ScheduleExpression must be specified.');
  }
  const reason = EventPattern === undefined ? undefined : patternError(EventPattern);
  if (reason !== undefined) throw new Error(`Event pattern is not valid. Reason: ${reason}`);
  if (ScheduleExpression !== undefined) checkSchedule(ScheduleExpression);
  const invalid = Targets.map(inputError).find((error) => error !== undefined);
  if (invalid !== undefined) throw new Error(`Invalid input of a target: ${invalid}.`);
}

function checkSchedule(schedule: string): void {
  const isRecurring = schedule.startsWith('rate(') || schedule.startsWith('cron(');
  try {
    if (isRecurring) return void nextTime(schedule, 0, { start: 0, timezone: 'UTC' });
  } catch (error) {
    throw new Error(`Parameter ScheduleExpression is not valid. ${(error as Error).message}`);
  }
  throw new Error('Parameter ScheduleExpression is not valid.');
}

function unsupportedIn(target: Target): string[] {
  const members = Object.keys(target).filter((member) => !TARGET_MEMBERS.includes(member));
  const isSupported = TARGET_SERVICES.includes(serviceOf(target.Arn));
  return [
    ...members.map((member) => `${member} of the targets of rules`),
    ...(isSupported ? [] : [`${target.Arn} as the target of a rule`]),
  ];
}
