import type { InstanceType } from '../common/instance-type';
import type { ValidationErrors } from '../private/validation';

/**
 * How trained models answer: what they are sent, what they return, and where they run.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InferenceSpecification.html
 */
export interface InferenceSpecification {
  /** The MIME types of requests, for example `text/csv`. */
  readonly contentTypes: string[];

  /** The MIME types of responses, for example `application/json`. */
  readonly responseMimeTypes: string[];

  /**
   * The instance types that endpoints may use.
   *
   * @default - not declared; an algorithm must declare them
   */
  readonly realtimeInstanceTypes?: InstanceType[];

  /**
   * The instance types that batch transform may use.
   *
   * @default - not declared; an algorithm must declare them
   */
  readonly transformInstanceTypes?: InstanceType[];

  /**
   * Environment variables of the inference container, at most 100.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
}

/** The members that are alike in algorithms and model packages. */
export interface RenderedInferenceSpecification {
  readonly supportedContentTypes: string[];
  readonly supportedResponseMimeTypes: string[];
  readonly supportedRealtimeInferenceInstanceTypes?: string[];
  readonly supportedTransformInstanceTypes?: string[];
}

/** The environment of all containers of a model together, in bytes of keys and values. */
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

/** The environment of an inference container. */
export function checkEnvironment(
  errors: ValidationErrors,
  property: string,
  environment: { [name: string]: string } = {},
): void {
  errors.checkMap(property, { map: 'EnvironmentMap', key: 'EnvironmentKey', value: 'EnvironmentValue' }, environment);
  const bytes = Buffer.byteLength(Object.entries(environment).flat().join(''));
  errors.when(
    bytes > MAX_ENVIRONMENT_BYTES,
    `\`${property}\` must have at most ${MAX_ENVIRONMENT_BYTES} bytes in all, got ${bytes}`,
  );
}
