import type { InstanceType } from '../common/instance-type';
import type { ValidationErrors } from '../private/validation';

/**
 * The content types and instance types that inference with a trained model supports.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InferenceSpecification.html
 */
export interface InferenceSpecification {
  /** The supported MIME types of requests, for example `text/csv`. */
  readonly contentTypes: string[];

  /** The supported MIME types of responses, for example `application/json`. */
  readonly responseMimeTypes: string[];

  /**
   * The supported instance types for real-time inference.
   *
   * @default - no instance types; an algorithm requires them for real-time inference or batch transform
   */
  readonly realtimeInstanceTypes?: InstanceType[];

  /**
   * The supported instance types for batch transform.
   *
   * @default - no instance types; an algorithm requires them for real-time inference or batch transform
   */
  readonly transformInstanceTypes?: InstanceType[];

  /**
   * The environment variables of the inference container, at most 100.
   *
   * @default - no environment variables
   */
  readonly environment?: { [name: string]: string };
}

/** The properties that algorithms and model packages have in common. */
export interface RenderedInferenceSpecification {
  readonly supportedContentTypes: string[];
  readonly supportedResponseMimeTypes: string[];
  readonly supportedRealtimeInferenceInstanceTypes?: string[];
  readonly supportedTransformInstanceTypes?: string[];
}

/** The maximum size of the environment variables of all containers of a model, in bytes of keys and values. */
const MAX_ENVIRONMENT_BYTES = 32 * 1024;

export function renderInferenceSpecification(inference: InferenceSpecification): RenderedInferenceSpecification {
  const names = (types?: InstanceType[]): string[] | undefined => types?.map((type) => type.instanceTypeName);
  return {
    supportedContentTypes: inference.contentTypes,
    supportedResponseMimeTypes: inference.responseMimeTypes,
    supportedRealtimeInferenceInstanceTypes: names(inference.realtimeInstanceTypes),
    supportedTransformInstanceTypes: names(inference.transformInstanceTypes),
  };
}

export function checkInferenceSpecification(errors: ValidationErrors, inference: InferenceSpecification): void {
  errors.checkEach('inference.contentTypes', undefined, 'ContentType', inference.contentTypes);
  errors.checkEach('inference.responseMimeTypes', undefined, 'ResponseMIMEType', inference.responseMimeTypes);
  errors.check('inference.transformInstanceTypes', 'TransformInstanceTypes', inference.transformInstanceTypes);
  checkEnvironment(errors, 'inference.environment', inference.environment);
}

/** Validates the environment variables of an inference container. */
export function checkEnvironment(
  errors: ValidationErrors,
  property: string,
  environment: { [name: string]: string } = {},
): void {
  errors.checkMap(property, { map: 'EnvironmentMap', key: 'EnvironmentKey', value: 'EnvironmentValue' }, environment);
  const bytes = Buffer.byteLength(Object.entries(environment).flat().join(''));
  errors.when(
    bytes > MAX_ENVIRONMENT_BYTES,
    `\`${property}\` must have at most ${MAX_ENVIRONMENT_BYTES} bytes in total, got ${bytes}`,
  );
}
