import type { Assembly, Resource } from '../check/app/assembly';
import { at, list, parsed, raw, text } from '../check/app/values';
import { jobOfTask, tasksOf, workflowOf } from '../check/app/workflow';
import { type Item, itemOf } from './item';
import { type Job, type JobKind, jobOf } from './jobs';
import { UNDECIDED_SCHEDULE, triggersOf } from './triggers';

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
    return [[resource, { ...itemOf(workflowOf(resource)), type, triggers: triggersOf(assembly, resource), jobs }]];
  });
}

function jobsOfStateMachine(resource: Resource): NamedJob[] {
  return tasksOf(resource).flatMap(([name, state]) => namedJobOf(name, state) ?? []);
}

const KINDS: Record<string, JobKind | undefined> = {
  TrainingJob: 'training',
  HyperParameterTuningJob: 'tuning',
  TransformJob: 'transform',
  ProcessingJob: 'processing',
};

/** The job of a task: of a workflow of this library, or of the integration of Step Functions with SageMaker. */
function namedJobOf(name: string, state: unknown): NamedJob | undefined {
  const job = jobOfTask(state);
  if (isKind(job?.kind)) return { name, ...jobOf(job.kind, job.request) };
  const [, noun = ''] = /:states:::sagemaker:create(\w+)/.exec(raw(at(state, 'Resource'))) ?? [];
  const integrated = KINDS[noun];
  if (integrated === undefined) return undefined;
  return { name, ...jobOf(integrated, at(state, 'Parameters') ?? at(state, 'Arguments')) };
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
