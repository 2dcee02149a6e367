import type { ProcessingInput } from '../../container';
import type {
  ChannelSpecification,
  ProcessingSpecification,
  ServingSpecification,
  TrainingSpecification,
} from '../core/specification';

/** Resources of an app that are checked together: a training job with the model it trains, one of both alone, or a processing job. */
export interface Target {
  /** The construct path. */
  readonly path: string;
  readonly trainingImage?: string;
  readonly servingImage?: string;
  readonly training?: Omit<TrainingSpecification, 'image' | 'channels'> & { readonly channels: TargetChannel[] };
  readonly serving?: Omit<ServingSpecification, 'image'> & { readonly contentTypes: string[] };

  readonly processingImage?: string;
  readonly processing?: Omit<ProcessingSpecification, 'image' | 'inputs'> & { readonly inputs: TargetInput[] };
  readonly processingInstances?: string[];

  /** The S3 URI of the model that is served, unless it is the model artifact of the training job. */
  readonly modelUri?: string;
  readonly trainingInstances: string[];
  readonly servingInstances: string[];

  /** The API requests that create the resources. */
  readonly requests: ApiRequest[];
}

/** A channel whose data may not be part of the app. */
export interface TargetChannel extends Omit<ChannelSpecification, 'directory'> {
  readonly uri?: string;
  readonly isRequired: boolean;
}

/** An input of a processing job, whose data may not be part of the app. */
export interface TargetInput extends Omit<ProcessingInput, 'directory'> {
  readonly uri?: string;
}

export interface ApiRequest {
  readonly operation: string;
  readonly input: unknown;
}
