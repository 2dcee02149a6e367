import type { Assembly, Resource } from '../check/app/assembly';
import { at, isObject, list, parsed, raw, text } from '../check/app/values';
import { below, refersTo, stackOf } from './item';

export const UNDECIDED_SCHEDULE = 'schedule decided at deployment';

/** The schedules and rules whose target is a workflow, or a function that receives the workflow. */
export function triggersOf(assembly: Assembly, workflow: Resource): string[] {
  const schedules = assembly.ofType('AWS::Scheduler::Schedule').flatMap(({ properties }) => {
    const expression = expressionOf(properties);
    if (refersTo(at(properties.Target, 'Arn'), workflow)) return [expression];
    return refersTo(at(properties.Target, 'Input'), workflow) ? [`new data, searched at ${expression}`] : [];
  });
  const rules = assembly.ofType('AWS::Events::Rule').flatMap((rule) => {
    const { Targets, ScheduleExpression, EventPattern } = rule.properties;
    if (!list(Targets).some((target) => refersTo(at(target, 'Arn'), workflow))) return [];
    if (ScheduleExpression !== undefined) return [expressionOf(rule.properties)];
    return [`${eventsOf(assembly, rule, parsed(EventPattern) ?? EventPattern)}${stateOf(rule.properties)}`];
  });
  return [...schedules, ...rules].sort();
}

function expressionOf(properties: Record<string, unknown>): string {
  const { ScheduleExpression, ScheduleExpressionTimezone = 'Etc/UTC' } = properties;
  const expression = text(ScheduleExpression) ?? UNDECIDED_SCHEDULE;
  const zone = text(ScheduleExpressionTimezone) ?? 'time zone decided at deployment';
  // A rate has no time zone.
  const suffix = zone === 'Etc/UTC' || expression.startsWith('rate') ? '' : ` ${zone}`;
  return `${expression}${suffix}${stateOf(properties)}`;
}

function stateOf({ State }: Record<string, unknown>): string {
  return State === 'DISABLED' ? ' (disabled)' : '';
}

/** The events that an event pattern matches: those of alarms, or a detail type and a source. */
function eventsOf(assembly: Assembly, rule: Resource, pattern: unknown): string {
  if (!isObject(pattern)) return 'events decided at deployment';
  const [sources, types] = [pattern.source, pattern['detail-type']].map(list);
  const names = list(at(pattern, 'detail', 'alarmName')).map(valueOf);
  const alarms = names.length > 0 ? names : list(pattern.resources).map((arn) => alarmOf(assembly, rule, arn));
  if (sources.includes('aws.cloudwatch') && alarms.length > 0) return `alarm ${alarms.join(' or ')}`;
  return [
    types.length === 0 ? 'events' : `event ${types.map((type) => `"${valueOf(type)}"`).join(' or ')}`,
    ...(sources.length === 0 ? [] : [`of ${sources.map(valueOf).join(' or ')}`]),
  ].join(' ');
}

/** The name of an alarm; its construct path if CloudFormation generates the name. */
function alarmOf(assembly: Assembly, rule: Resource, arn: unknown): string {
  const alarm = assembly.referred(arn);
  if (alarm === undefined) return /:alarm:([^{}]+)$/.exec(raw(arn))?.[1] ?? 'decided at deployment';
  const stack = assembly.roots.find(({ name }) => name === stackOf(rule))?.path ?? '';
  return text(alarm.properties.AlarmName) ?? below(stack, alarm.path);
}

/** A value of an event pattern, or the JSON of a comparison such as `{"prefix":"aws."}`. */
function valueOf(value: unknown): string {
  return typeof value === 'string' ? (text(value) ?? '?') : JSON.stringify(value);
}
