import type { Assembly, Resource } from '../check/app/assembly';
import { type Item, itemOf } from './item';
import { type Job, type JobKind, jobOf } from './jobs';
import { UNDECIDED_SCHEDULE, triggersOf } from './triggers';
import { at, isObject, list, parsed, raw, text } from './values';

/** Work that runs again and again after the deployment. */
export interface Recurring extends Item {
  readonly type: 'state machine' | 'pipeline' | 'monitoring schedule';

  /** The schedules, the new data, the alarms and the events that start it. Empty if nothing in these stacks starts it. */
  readonly triggers: string[];
  readonly jobs: NamedJob[];
}

/** A job of a state machine, a pipeline or a monitoring schedule. */
export interface NamedJob extends Job {
  /** The state or the step. */
  readonly name: string;
}

export function recurringOf(assembly: Assembly): [Resource, Recurring][] {
  return [
    ...workflows(assembly, 'AWS::StepFunctions::StateMachine', 'state machine', jobsOfStateMachine),
    ...workflows(assembly, 'AWS::SageMaker::Pipeline', 'pipeline', jobsOfPipeline),
    ...assembly.ofType('AWS::SageMaker::MonitoringSchedule').map((resource) => monitoring(assembly, resource)),
  ];
}

/** The workflows of a type that contain jobs. */
function workflows(
  assembly: Assembly,
  cfnType: string,
  type: Recurring['type'],
  jobsOf: (resource: Resource) => NamedJob[],
): [Resource, Recurring][] {
  return assembly.ofType(cfnType).flatMap((resource): [Resource, Recurring][] => {
    const jobs = jobsOf(resource);
    if (jobs.length === 0) return [];
    return [[resource, { ...itemOf(withoutResource(resource)), type, triggers: triggersOf(assembly, resource), jobs }]];
  });
}

/** The path of the construct that contains the state machine of a workflow. */
function withoutResource(resource: Resource): Resource {
  return { ...resource, path: resource.path.replace(/\/Workflow\/StateMachine$/, '') };
}

function jobsOfStateMachine({ properties }: Resource): NamedJob[] {
  const definition = properties.Definition ?? parsed(properties.DefinitionString);
  return tasksIn(definition).flatMap(([name, state]) => jobOfTask(name, state) ?? []);
}

/** All tasks, also those in branches and loops. */
function tasksIn(definition: unknown): [string, unknown][] {
  const states = at(definition, 'States');
  return Object.entries(isObject(states) ? states : {}).flatMap(([name, state]): [string, unknown][] => [
    ...(at(state, 'Type') === 'Task' ? [[name, state] as [string, unknown]] : []),
    ...[at(state, 'Iterator'), at(state, 'ItemProcessor'), ...list(at(state, 'Branches'))].flatMap(tasksIn),
  ]);
}

const KINDS: Record<string, JobKind | undefined> = {
  TrainingJob: 'training',
  HyperParameterTuningJob: 'tuning',
  TransformJob: 'transform',
  ProcessingJob: 'processing',
};

/** The job of a task: of a workflow of this library, or of the integration of Step Functions with SageMaker. */
function jobOfTask(name: string, state: unknown): NamedJob | undefined {
  const parameters = at(state, 'Parameters') ?? at(state, 'Arguments');
  const kind = at(parameters, 'Job', 'Kind');
  if (at(parameters, 'Action') === 'RunJob' && isKind(kind)) {
    return { name, ...jobOf(kind, parsed(at(parameters, 'Request'))) };
  }
  const [, noun = ''] = /:states:::sagemaker:create(\w+)/.exec(raw(at(state, 'Resource'))) ?? [];
  const integrated = KINDS[noun];
  return integrated === undefined ? undefined : { name, ...jobOf(integrated, parameters) };
}

function isKind(kind: unknown): kind is JobKind {
  return Object.values(KINDS).includes(kind as JobKind);
}

const STEPS: Record<string, JobKind | undefined> = {
  Training: 'training',
  Tuning: 'tuning',
  Transform: 'transform',
  Processing: 'processing',
};

function jobsOfPipeline({ properties }: Resource): NamedJob[] {
  const { PipelineDefinition } = properties;
  return stepsIn(parsed(at(PipelineDefinition, 'PipelineDefinitionBody')) ?? PipelineDefinition);
}

/** The jobs of all steps, also those in conditions. */
function stepsIn(definition: unknown): NamedJob[] {
  return list(at(definition, 'Steps')).flatMap((step) => {
    const kind = STEPS[raw(at(step, 'Type'))];
    const branches = ['IfSteps', 'ElseSteps'].map((branch) => ({ Steps: at(step, 'Arguments', branch) }));
    const own = kind === undefined ? [] : [{ name: raw(at(step, 'Name')), ...jobOf(kind, at(step, 'Arguments')) }];
    return [...own, ...branches.flatMap(stepsIn)];
  });
}

function monitoring(assembly: Assembly, resource: Resource): [Resource, Recurring] {
  const config = resource.properties.MonitoringScheduleConfig;
  const expression = at(config, 'ScheduleConfig', 'ScheduleExpression');
  const definition =
    at(config, 'MonitoringJobDefinition') ?? assembly.referred(at(config, 'MonitoringJobDefinitionName'))?.properties;
  return [
    resource,
    {
      ...itemOf(resource),
      type: 'monitoring schedule',
      triggers: [text(expression) ?? UNDECIDED_SCHEDULE],
      jobs: [{ name: 'Monitor', ...jobOf('processing', definition) }],
    },
  ];
}
