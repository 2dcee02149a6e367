import { Assembly, type Resource, type RootStack } from '../check/app/assembly';
import type { ErrorAnnotation } from '../check/app/manifest';
import { endpointsOf } from './endpoints';
import { type Idle, alternative, idleOf, warmPools } from './idle';
import { type Change, type Item, stackOf, withChanges } from './item';
import { type Job, added, maxInstanceHours } from './jobs';
import { type Quota, quotasOf } from './quotas';
import { type Recurring, recurringOf } from './recurring';
import { type IdentifiedRun, type Run, runsOf } from './runs';

/** The runs, the idle costs and the quotas of an app, without a deployment. Values that are only decided at deployment are null. */
export interface Plan {
  readonly stacks: StackPlan[];
  readonly total: Total;

  /** The quotas of each environment. */
  readonly environments: { readonly environment: string; readonly quotas: Quota[] }[];
}

export interface StackPlan {
  readonly name: string;

  /** The construct path, with which those of its items begin. */
  readonly path: string;

  /** `aws://account/region`, each possibly unknown. */
  readonly environment: string;

  /** Undefined without a previous assembly. A stack that is gone stays deployed, with everything that it contains. */
  readonly change?: Exclude<Change, 'changed'>;

  /** The errors that keep the stack from being deployed. */
  readonly errors: ErrorAnnotation[];
  readonly runs: Run[];
  readonly recurring: Recurring[];
  readonly idle: Idle[];
}

/** The sum of all stacks. */
export interface Total {
  /** The number of runs that the deployment starts: all of them without a previous assembly. */
  readonly starts: number;

  /** The number of runs that the deployment reuses, and of jobs that it stops if they still run. */
  readonly reused: number;
  readonly stopped: number;

  /** The maximum time of the jobs that start, in hours of instances, by instance type. */
  readonly maxInstanceHours: Record<string, number>;

  /** The number of jobs that start whose time is unlimited, or only decided at deployment. They are not part of `maxInstanceHours`. */
  readonly unlimitedJobs: number;

  /** The number of state machines, pipelines and monitoring schedules. */
  readonly recurring: number;

  /** The instances that run while no one uses them, by instance type. */
  readonly idleInstances: Record<string, number>;

  /** The number of items under `idle` whose instances are only decided at deployment. They are not part of `idleInstances`. */
  readonly undecidedIdle: number;
}

/** The items of one stack. */
interface Contents {
  readonly root: RootStack;
  readonly runs: IdentifiedRun[];
  readonly recurring: Recurring[];
  readonly idle: Idle[];
}

/**
 * The plan of a synthesized app.
 *
 * @param directory the output directory of the app
 * @param previous the output directory of its last deployment
 */
export function planOf(directory: string, previous?: string): Plan {
  const assembly = readAssembly(directory);
  const before = previous === undefined ? undefined : readAssembly(previous);
  if (before !== undefined) checkSameApp(assembly, before, directory, previous ?? '');
  const now = contentsIn(assembly);
  const then = before && contentsIn(before);
  const stacks = [
    ...assembly.roots.map((root) => stackPlanOf(root, now, then)),
    ...(then === undefined ? [] : goneStacks(assembly.roots, then)),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { stacks, total: totalOf(stacks), environments: environmentsOf(assembly, stacks) };
}

function readAssembly(directory: string): Assembly {
  try {
    return new Assembly(directory, { assumesDefaults: false });
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(
      reason.includes('pass the output directory') ? reason : `"${directory}" is not a valid cloud assembly: ${reason}`,
    );
  }
}

/** A comparison with another app would call everything new. */
function checkSameApp(assembly: Assembly, before: Assembly, directory: string, previous: string): void {
  const isShared = ({ name, id }: RootStack): boolean => before.roots.some((one) => one.name === name || one.id === id);
  if (assembly.roots.some(isShared)) return;
  const names = ({ roots }: Assembly): string => roots.map(({ name }) => `"${name}"`).join(', ') || 'none';
  throw new Error(
    `--previous must be an assembly of the same app, got: "${previous}" with the stacks ${names(before)}, while "${directory}" has ` +
      `${names(assembly)}. If all stacks were renamed, everything is new: omit --previous.`,
  );
}

/** The contents of the stacks of an assembly, by the name of the stack. */
function contentsIn(assembly: Assembly): Map<string, Contents> {
  const [runs, recurring, idle] = [runsOf(assembly), recurringOf(assembly), idleOf(assembly)];
  const inStack = <T>(items: [Resource, T][], name: string): T[] =>
    items.filter(([resource]) => stackOf(resource) === name).map(([, item]) => item);
  const contentsOf = (root: RootStack): Contents => {
    const own = { root, runs: inStack(runs, root.name), recurring: inStack(recurring, root.name) };
    return { ...own, idle: [...inStack(idle, root.name), ...warmPools([...own.runs, ...own.recurring])] };
  };
  return new Map(assembly.roots.map((root) => [root.name, contentsOf(root)]));
}

const NOTHING = { runs: [], recurring: [], idle: [] };

function stackPlanOf(
  { name, path, environment, errors }: RootStack,
  now: Map<string, Contents>,
  then?: Map<string, Contents>,
): StackPlan {
  const { runs, recurring, idle } = now.get(name) ?? NOTHING;
  const before = then && (then.get(name) ?? NOTHING);
  const changed = withChanges(
    runs,
    before?.runs,
    (run) => `${run.path} ${run.kind}`,
    ({ identity }) => identity,
  );
  const keyOf = (item: Item & { readonly type: string }): string => `${item.path} ${item.type}`;
  return {
    name,
    path,
    environment,
    errors,
    ...(then === undefined ? {} : { change: then.has(name) ? 'unchanged' : 'new' }),
    runs: changed.map(({ identity: _, ...run }) => run),
    recurring: withChanges(recurring, before?.recurring, keyOf, itself),
    idle: withChanges(idle, before?.idle, keyOf, itself),
  };
}

const itself = (item: Item): Item => item;

/** `cdk deploy` does not delete a stack that the app does not contain any more. */
function goneStacks(current: RootStack[], then: Map<string, Contents>): StackPlan[] {
  const gone = [...then.values()].filter(({ root }) => !current.some(({ name }) => name === root.name));
  return gone.map(({ root }) => ({ ...stackPlanOf(root, then, then), errors: [], change: 'gone' }));
}

const isStarted = ({ change }: Item): boolean => change === undefined || change === 'new' || change === 'changed';

function totalOf(stacks: StackPlan[]): Total {
  // A deployment of the app does not include a stack that is gone.
  const deployed = stacks.filter(({ change }) => change !== 'gone');
  const runs = deployed.flatMap((stack) => stack.runs);
  const started = runs.filter(isStarted);
  const hours = started.flatMap(({ job }) => (job === undefined ? [] : [maxInstanceHours(job)]));
  const present = <T extends Item>(items: T[]): T[] => items.filter(({ change }) => change !== 'gone');
  const capacities = present(stacks.flatMap((stack) => stack.idle)).flatMap(({ instances }) => instances ?? []);
  const idle = capacities.flatMap(({ types, count }): [string, number][] => {
    const type = alternative(types);
    return type === null || count === null ? [] : [[type, count]];
  });
  return {
    starts: started.length,
    reused: runs.filter(({ change }) => change === 'unchanged').length,
    // The work of a function is not stopped.
    stopped: runs.filter(({ change, job }) => change === 'gone' && job !== undefined).length,
    maxInstanceHours: added(hours.flatMap((one) => Object.entries(one ?? {}))),
    unlimitedJobs: hours.filter((one) => one === undefined).length,
    recurring: present(stacks.flatMap(({ recurring }) => recurring)).length,
    idleInstances: added(idle),
    undecidedIdle: capacities.length - idle.length,
  };
}

/** The quotas that the stacks of each environment need, without jobs that are not started again. */
function environmentsOf(assembly: Assembly, stacks: StackPlan[]): Plan['environments'] {
  const current = stacks.filter(({ change }) => change !== 'gone');
  const environments = [...new Set(current.map(({ environment }) => environment))].sort();
  return environments.map((environment) => {
    const own = current.filter((stack) => stack.environment === environment);
    const names = own.map(({ name }) => name);
    const jobs: Job[] = own.flatMap(({ runs, recurring }) => [
      ...runs.filter(isStarted).flatMap(({ job }) => job ?? []),
      ...recurring.filter(({ change }) => change !== 'gone').flatMap((one) => one.jobs),
    ]);
    const endpoints = endpointsOf(assembly).filter(({ endpoint }) => names.includes(stackOf(endpoint)));
    const others = assembly.resources.filter((resource) => names.includes(stackOf(resource)));
    return { environment, quotas: quotasOf(jobs, endpoints, others) };
  });
}
