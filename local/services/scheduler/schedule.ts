import { validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import { serviceOf } from '../events';
import { nextTime } from '../schedule';

export interface ScheduleTarget {
  readonly Arn: string;
  readonly RoleArn: string;
  readonly Input?: string;
}

/** The members of a schedule, with the names of the API. Dates are seconds since 1970. */
export interface ScheduleInput {
  readonly Name: string;
  readonly GroupName?: string;
  readonly Description?: string;
  readonly ScheduleExpression: string;
  readonly ScheduleExpressionTimezone?: string;
  readonly StartDate?: number;
  readonly EndDate?: number;
  readonly State?: 'ENABLED' | 'DISABLED';
  readonly ActionAfterCompletion?: 'NONE' | 'DELETE';
  readonly FlexibleTimeWindow: { readonly Mode: 'OFF' | 'FLEXIBLE'; readonly MaximumWindowInMinutes?: number };
  readonly Target: ScheduleTarget;
  readonly KmsKeyArn?: string;
}

/** The record of a schedule. */
export interface Schedule extends ScheduleInput {
  readonly Arn: string;
  readonly GroupName: string;
  readonly CreationDate: number;
  readonly LastModificationDate: number;

  /** The name in the template of its stack. */
  readonly logicalId?: string;

  /** The token with which it was created. */
  readonly clientToken?: string;

  /** The next time, in milliseconds since 1970; undefined if there is none. */
  readonly next?: number;
}

const MEMBERS = [
  ...['ActionAfterCompletion', 'ClientToken', 'Description', 'EndDate', 'FlexibleTimeWindow', 'GroupName', 'KmsKeyArn'],
  ...['Name', 'ScheduleExpression', 'ScheduleExpressionTimezone', 'StartDate', 'State', 'Target'],
];

/** Deliveries are not retried: RetryPolicy and DeadLetterConfig have no effect. */
const TARGET_MEMBERS = ['Arn', 'RoleArn', 'Input', 'RetryPolicy', 'DeadLetterConfig'];
const TARGET_SERVICES = ['lambda', 'states', 'sns'];
const NAME = /^[0-9a-zA-Z-_.]{1,64}$/;
const MAX_WINDOW_MINUTES = 1440;

/** Validates a schedule: all errors are reported together. */
export function checkSchedule(input: Partial<ScheduleInput>, now: number): void {
  const errors = [
    ...unsupportedIn(input),
    ...required(input),
    ...enumErrors(input),
    ...windowErrors(input),
    ...expressionErrors(input, now),
  ];
  if (errors.length > 0) throw validationError(errors.join(' '));
}

function unsupportedIn(input: Partial<ScheduleInput>): string[] {
  const { Target: target } = input;
  const members = Object.keys(input).filter((name) => !MEMBERS.includes(name));
  const ofTarget = Object.keys(target ?? {}).filter((name) => !TARGET_MEMBERS.includes(name));
  const arn = target?.Arn ?? '';
  const isSupported = arn === '' || TARGET_SERVICES.includes(serviceOf(arn));
  return [
    ...members.map((name) => notSupported('eventbridge-scheduler', `${name} of schedules`)),
    ...ofTarget.map((name) => notSupported('eventbridge-scheduler', `${name} of the targets of schedules`)),
    ...(isSupported ? [] : [notSupported('eventbridge-scheduler', `${arn} as the target of a schedule`)]),
  ];
}

function required({ Name = '', ScheduleExpression, FlexibleTimeWindow, Target }: Partial<ScheduleInput>): string[] {
  const missing = Object.entries({
    ...{ ScheduleExpression, FlexibleTimeWindow, Target },
    ...{
      'FlexibleTimeWindow.Mode': FlexibleTimeWindow?.Mode,
      'Target.Arn': Target?.Arn,
      'Target.RoleArn': Target?.RoleArn,
    },
  }).filter(([, value]) => value === undefined);
  const errors = missing.map(([name]) => `${name} is required.`);
  return NAME.test(Name) ? errors : [`Name must match ${NAME.source}, got: "${Name}".`, ...errors];
}

const ENUMS = { State: ['ENABLED', 'DISABLED'], ActionAfterCompletion: ['NONE', 'DELETE'] } as const;

function enumErrors(input: Partial<ScheduleInput>): string[] {
  return (Object.keys(ENUMS) as (keyof typeof ENUMS)[]).flatMap((name) => {
    const value = input[name];
    const isValid = value === undefined || (ENUMS[name] as readonly string[]).includes(value);
    return isValid ? [] : [`${name} must be one of ${ENUMS[name].join(', ')}, got: "${value}".`];
  });
}

function windowErrors({ FlexibleTimeWindow: window }: Partial<ScheduleInput>): string[] {
  const { Mode, MaximumWindowInMinutes: minutes } = window ?? {};
  if (Mode === undefined) return [];
  if (Mode === 'OFF') {
    return minutes === undefined
      ? []
      : ['MaximumWindowInMinutes must not be specified if the mode of FlexibleTimeWindow is OFF.'];
  }
  const isValid =
    Mode === 'FLEXIBLE' && Number.isInteger(minutes) && Number(minutes) >= 1 && Number(minutes) <= MAX_WINDOW_MINUTES;
  return isValid
    ? []
    : [
        `FlexibleTimeWindow must have the mode OFF, or FLEXIBLE and MaximumWindowInMinutes from 1 to ${MAX_WINDOW_MINUTES}.`,
      ];
}

function expressionErrors(input: Partial<ScheduleInput>, now: number): string[] {
  const { ScheduleExpression, ScheduleExpressionTimezone: timezone = 'UTC', StartDate, EndDate, Target } = input;
  const errors: string[] = [];
  if (!isTimezone(timezone)) errors.push(`Provided timezone ${timezone} is not supported.`);
  else if (ScheduleExpression !== undefined)
    errors.push(...invalid(() => nextTime(ScheduleExpression, now, { start: now, timezone })));
  if (EndDate !== undefined && EndDate * 1000 <= now) errors.push('The EndDate you specify must be in the future.');
  if (EndDate !== undefined && StartDate !== undefined && StartDate >= EndDate)
    errors.push('The StartDate must be before the EndDate.');
  if (Target?.Input !== undefined && serviceOf(Target.Arn ?? '') === 'states') {
    errors.push(
      ...invalid(() => JSON.parse(Target.Input ?? '') as unknown, 'Input of a state machine must be valid JSON: '),
    );
  }
  return errors;
}

function invalid(act: () => unknown, prefix = ''): string[] {
  try {
    act();
    return [];
  } catch (error) {
    return [`${prefix}${(error as Error).message}`];
  }
}

function isTimezone(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}

type Timed = Pick<
  Schedule,
  'ScheduleExpression' | 'ScheduleExpressionTimezone' | 'StartDate' | 'EndDate' | 'CreationDate'
>;

/** The first time of a schedule after a time; undefined if there is none. A rate without a start date begins at once. */
export function timeAfter(schedule: Timed, after: number): number | undefined {
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone = 'UTC' } = schedule;
  const { StartDate, EndDate = Infinity, CreationDate } = schedule;
  const start = (StartDate ?? CreationDate) * 1000;
  const isRate = expression.startsWith('rate(');
  const isOnce = expression.startsWith('at(');
  // A one-time schedule has neither a start nor an end.
  const from = StartDate === undefined || isOnce ? after : Math.max(after, start - 1);
  const time = isRate && from < start ? start : nextTime(expression, from, { start, timezone });
  return time === undefined || (!isOnce && time > EndDate * 1000) ? undefined : time;
}
