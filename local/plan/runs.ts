import type { Assembly, Resource } from '../check/app/assembly';
import { at, list, parsed } from '../check/app/values';
import { type Item, itemOf } from './item';
import { type Job, type JobKind, jobOf } from './jobs';

/** Something that a deployment runs once. */
export interface Run extends Item {
  readonly kind: JobKind | 'image verification' | 'smoke test' | 'model artifact';

  /** Undefined for the work of a function, which uses no instances. */
  readonly job?: Job;
}

/** A run, with the text that changes if a deployment starts it again. */
export interface IdentifiedRun extends Run {
  readonly identity: string;
}

export function runsOf(assembly: Assembly): [Resource, IdentifiedRun][] {
  return assembly.resources.flatMap((resource) =>
    (READERS[resource.type]?.(resource) ?? []).map((run): [Resource, IdentifiedRun] => [resource, run]),
  );
}

const READERS: Record<string, ((resource: Resource) => IdentifiedRun[]) | undefined> = {
  'Custom::SageMakerTrainingJob': customJob('training'),
  'Custom::SageMakerTuningJob': customJob('tuning'),
  'Custom::SageMakerTransformJob': customJob('transform'),
  'Custom::SageMakerProcessingJob': customJob('processing'),
  'Custom::SageMakerAlgorithm': (resource) =>
    validations(resource, at(parsed(resource.properties.Request), 'ValidationSpecification'), resource.id),
  'AWS::SageMaker::ModelPackage': (resource) => {
    const { InferenceSpecification, ValidationSpecification } = resource.properties;
    return validations(
      resource,
      ValidationSpecification,
      textOf(resource, [InferenceSpecification, ValidationSpecification]),
    );
  },
  'AWS::SageMaker::ProcessingJob': (resource) => [
    {
      ...itemOf(resource),
      kind: 'processing',
      job: jobOf('processing', resource.properties),
      identity: textOf(resource, resource.properties),
    },
  ],
  'Custom::SageMakerImage': functionWork('image verification'),
  'Custom::SageMakerSmokeTest': functionWork('smoke test'),
  'Custom::SageMakerModelArtifact': functionWork('model artifact'),
};

/** A job of this library. Its logical id contains the hash of its identity: another job is another resource. */
function customJob(kind: JobKind): (resource: Resource) => IdentifiedRun[] {
  return (resource) => [
    {
      ...itemOf(resource),
      kind,
      job: jobOf(kind, parsed(resource.properties.Request)),
      identity: resource.id,
    },
  ];
}

function functionWork(kind: Run['kind']): (resource: Resource) => IdentifiedRun[] {
  return (resource) => [{ ...itemOf(resource), kind, identity: textOf(resource, resource.properties) }];
}

/** The jobs that validate an algorithm or a model package when it is created. */
function validations(resource: Resource, specification: unknown, identity: string): IdentifiedRun[] {
  return list(at(specification, 'ValidationProfiles')).flatMap((profile, index) =>
    (['training', 'transform'] as const).flatMap((kind) => {
      const definition = at(profile, kind === 'training' ? 'TrainingJobDefinition' : 'TransformJobDefinition');
      if (definition === undefined) return [];
      return [{ ...itemOf(resource, ` (validation ${index + 1})`), kind, job: jobOf(kind, definition), identity }];
    }),
  );
}

function textOf({ id }: Resource, properties: unknown): string {
  return `${id} ${JSON.stringify(properties)}`;
}
