import type { Known } from '../check/app/values';
import { DECIDED, type Idle, amountOf, duration } from './idle';
import { type Item, below } from './item';
import type { Job } from './jobs';
import type { Plan, StackPlan, Total } from './plan';
import type { Quota } from './quotas';
import type { Recurring } from './recurring';
import { paragraph, table } from './table';

/** The report of a plan, in the format of the option. */
export type PlanFormat = keyof typeof FORMATS;

const FORMATS = { text, json } satisfies Record<string, (plan: Plan) => string>;

export function planReport(format: PlanFormat, plan: Plan): string {
  return FORMATS[format](plan);
}

function json(plan: Plan): string {
  return JSON.stringify(plan, undefined, 2);
}

function text({ stacks, total, environments }: Plan): string {
  const isCompared = stacks.some(({ change }) => change !== undefined);
  const items = stacks.flatMap((stack) => [...stack.runs, ...stack.recurring, ...stack.idle]);
  const isConditional = items.some((item) => item.isConditional === true);
  const needed = environments.filter(({ quotas }) => quotas.length > 0);
  return [
    ...stacks.map(stackText),
    totalText(total, isCompared),
    ...needed.map(quotasText),
    ...(needed.length === 0 ? [] : [explanationOf(needed.flatMap(({ quotas }) => quotas))]),
    ...(isConditional ? [`* exists only if a condition holds that is ${DECIDED}`] : []),
  ].join('\n\n');
}

function stackText(stack: StackPlan): string {
  const { name, path, environment, change, runs, recurring, idle } = stack;
  const isNothing = runs.length + recurring.length + idle.length === 0;
  const runRows = runs.map((run) => [...label(run, path), run.kind, ...(run.job ? jobText(run.job) : ['', ''])]);
  return [
    ...paragraph(`Stack ${name} (${environment})${change === undefined ? '' : STACK_CHANGES[change]}`, 0),
    ...section('Runs', table(runRows, 4)),
    ...section(
      'Recurring',
      recurring.flatMap((one) => recurringText(one, path)),
    ),
    ...section('Idle', table(idleRows(idle, path), 4)),
    ...(isNothing ? ['  no runs, no recurring jobs, and no resources of the types under Idle'] : []),
  ].join('\n');
}

const STACK_CHANGES = { new: ', new', unchanged: '', gone: ', not in the app: it stays deployed until `cdk destroy`' };

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines];
}

/** The change of an item, and its path in its stack. */
function label({ path, change, isConditional }: Item, stack: string): string[] {
  return [...(change === undefined ? [] : [change]), `${below(stack, path)}${isConditional === true ? ' *' : ''}`];
}

/** The resources of a job, and its maximum time. */
function jobText(job: Job): [string, string] {
  const { instances, isOneOf = false, trainingJobs, maxRuntimeSeconds } = job;
  const all = instances
    .map(({ count, type, usesSpot = false }) => `${amountOf(count, type)}${usesSpot ? ' spot' : ''}`)
    .join(isOneOf ? ' or ' : ' + ');
  const each = trainingJobs === undefined ? '' : ' each';
  const jobs = trainingJobs && `${shown(trainingJobs.max)} jobs, ${shown(trainingJobs.parallel)} at a time, `;
  return [all, `${jobs ?? ''}${timeText(maxRuntimeSeconds)}${each}`];
}

function timeText(seconds: Known<number> | undefined): string {
  if (seconds === undefined) return 'no time limit';
  return seconds === null ? `time limit ${DECIDED}` : `≤ ${duration(seconds)}`;
}

const shown = (value: Known<number>): string => (value === null ? '?' : String(value));

/** A workflow with its triggers, and its jobs below it. */
function recurringText(recurring: Recurring, stack: string): string[] {
  const { type, triggers, jobs } = recurring;
  const started = triggers.length === 0 ? 'nothing in these stacks starts it' : triggers.join(', ');
  const title = `${label(recurring, stack).join('  ')}  ${type}: ${started}`;
  const rows = jobs.map((job) => [job.name, job.kind, ...jobText(job)]);
  return [...paragraph(title, 4), ...table(rows, 6)];
}

/** Items of the same type, without instances, are one row. */
function idleRows(idle: Idle[], stack: string): string[][] {
  const groups = new Map<string, Idle[]>();
  for (const item of idle) {
    const isAlone = ALONE.includes(item.type);
    const key = JSON.stringify([
      isAlone ? item.path : '',
      item.type,
      item.billed,
      item.until,
      item.change,
      item.isConditional,
    ]);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].map(([item, ...others]) => {
    const path = others.length === 0 ? item.path : `${others.length + 1} ${item.type}s`;
    return [
      ...label({ ...item, path }, stack),
      others.length === 0 ? item.type : '',
      item.endpoint === undefined ? item.billed : `${item.billed} on the instances of ${below(stack, item.endpoint)}`,
      `until ${item.until}`,
    ];
  });
}

/** The types whose items have a row each. */
const ALONE = ['endpoint', 'serverless endpoint', 'inference component', 'notebook instance', 'cluster', 'warm pool'];

function totalText(total: Total, isCompared: boolean): string {
  const { starts, reused, stopped, maxInstanceHours, unlimitedJobs, recurring, idleInstances, undecidedIdle } = total;
  const hours = Object.entries(maxInstanceHours).map(([type, amount]) => `${rounded(amount)} h of ${type}`);
  const unlimited = unlimitedJobs === 0 ? [] : [`${unlimitedJobs} without a known time limit`];
  const undecided = undecidedIdle === 0 ? [] : [`${undecidedIdle} with instances ${DECIDED}`];
  const idle = [...Object.entries(idleInstances).map(([type, count]) => `${count} × ${type}`), ...undecided];
  const compared = isCompared ? `, ${reused} reused, ${stopped} stopped if still running` : '';
  const rows = [
    ['Runs', `${starts} start${starts === 1 ? 's' : ''}${isCompared ? '' : ' in a first deployment'}${compared}`],
    ['', hours.length + unlimited.length === 0 ? 'no instances' : `at most ${[...hours, ...unlimited].join(', ')}`],
    ['Recurring', String(recurring)],
    ['Idle', idle.join(', ') || 'no instances'],
  ];
  return ['Sum of all stacks', ...table(rows, 2)].join('\n');
}

const rounded = (hours: number): string => String(Math.round(hours * 100) / 100);

function quotasText({ environment, quotas }: Plan['environments'][number]): string {
  const rows = quotas.map(({ name, code = '', atLeast, atMost }: Quota) => [shown(atLeast), shown(atMost), name, code]);
  return [
    ...paragraph(`Quotas in ${environment}`, 0),
    ...table([['at least', 'at most', 'quota', 'code'], ...rows], 2),
  ].join('\n');
}

/** The meaning of the amounts, and the way to the values, of all environments. */
function explanationOf(quotas: Quota[]): string {
  const isUnknown = quotas.some(({ code }) => code === undefined);
  return [
    ...paragraph(AMOUNTS, 2),
    ...(isUnknown ? ['', '  The values in an account and its region, and the codes:', LOOK_UP] : []),
  ].join('\n');
}

const AMOUNTS =
  'At least: for the largest job, and for the endpoints after the deployment. At most: if all jobs run at the same time, and all endpoints ' +
  'are updated while they have their maximum capacity.';

const LOOK_UP = [
  'aws service-quotas list-service-quotas --service-code sagemaker \\',
  `  --query "Quotas[?QuotaName=='NAME'].[QuotaCode,Value]" --output text`,
]
  .map((line) => `    ${line}`)
  .join('\n');
