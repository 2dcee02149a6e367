import type { JobKind } from '../handlers/contract';

/** The properties in which the kinds of jobs differ in templates. */
export interface KindOfJob {
  /** The type of the custom resource. */
  readonly resourceType: string;

  /** The noun in the names of operations and their members: `Create<noun>`, `<noun>Name`. */
  readonly apiNoun: string;

  /** The verb of the operation that ends the job: `Stop<noun>`, `Delete<noun>`. */
  readonly endVerb: 'Stop' | 'Delete';

  /** The resource type in ARNs. */
  readonly arn: string;

  /** The name in the detail type of Amazon EventBridge events. */
  readonly eventName: string;
  readonly maxNameLength: number;
}

export const KINDS: Record<JobKind, KindOfJob> = {
  training: {
    resourceType: 'Custom::SageMakerTrainingJob',
    apiNoun: 'TrainingJob',
    endVerb: 'Stop',
    arn: 'training-job',
    eventName: 'Training Job',
    maxNameLength: 63,
  },
  tuning: {
    resourceType: 'Custom::SageMakerTuningJob',
    apiNoun: 'HyperParameterTuningJob',
    endVerb: 'Stop',
    arn: 'hyper-parameter-tuning-job',
    eventName: 'HyperParameter Tuning Job',
    maxNameLength: 32,
  },
  transform: {
    resourceType: 'Custom::SageMakerTransformJob',
    apiNoun: 'TransformJob',
    endVerb: 'Stop',
    arn: 'transform-job',
    eventName: 'Transform Job',
    maxNameLength: 63,
  },
  processing: {
    resourceType: 'Custom::SageMakerProcessingJob',
    apiNoun: 'ProcessingJob',
    endVerb: 'Stop',
    arn: 'processing-job',
    eventName: 'Processing Job',
    maxNameLength: 63,
  },
  algorithm: {
    resourceType: 'Custom::SageMakerAlgorithm',
    apiNoun: 'Algorithm',
    endVerb: 'Delete',
    arn: 'algorithm',
    eventName: 'Algorithm',
    maxNameLength: 63,
  },
};
