import type { InstanceType } from '../common/instance-type';
import { type ValidationErrors, isKnown } from '../private/validation';
import {
  type InferenceContainer,
  type InferenceContainerOptions,
  checkContainerOptions,
  checkEnvironmentSize,
  checkHostnames,
} from './inference-container';

/**
 * The content types and instance types that inference with a trained model supports, and the options of its container.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InferenceSpecification.html
 */
export interface InferenceSpecification extends InferenceContainerOptions {
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
   * The containers that follow the one of the inference image in an inference pipeline: at most 14. Each receives the response of the
   * one before it.
   *
   * @default - a single container
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/inference-pipelines.html
   */
  readonly followingContainers?: InferenceContainer[];
}

/** The instance types of an inference specification, and where they are defined. */
export interface SupportedInstanceTypes extends Pick<
  InferenceSpecification,
  'realtimeInstanceTypes' | 'transformInstanceTypes'
> {
  /** The resource with the specification, for example `model package App/Version`. */
  readonly subject: string;

  /** The property that contains the specification. */
  readonly definedIn: string;
}

/** The properties that algorithms and model packages have in common. */
export interface RenderedInferenceSpecification {
  readonly supportedContentTypes: string[];
  readonly supportedResponseMimeTypes: string[];
  readonly supportedRealtimeInferenceInstanceTypes?: string[];
  readonly supportedTransformInstanceTypes?: string[];
}

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
  const { followingContainers = [] } = inference;
  checkContainerOptions(errors, 'inference', inference);
  followingContainers.forEach((container, index) =>
    checkContainerOptions(errors, `inference.followingContainers[${index}]`, container),
  );
  errors.check('inference containers', 'ModelPackageContainerDefinitionList', [inference, ...followingContainers]);
  checkHostnames(errors, 'inference', [inference, ...followingContainers]);
  if (followingContainers.length > 0) {
    checkEnvironmentSize(errors, 'the environment variables of all inference containers', [
      inference,
      ...followingContainers,
    ]);
  }
}

const INFERENCE_KINDS = {
  realtimeInstanceTypes: 'real-time inference',
  transformInstanceTypes: 'batch transform',
} as const;

/** The reason why an inference specification does not support an instance type. Undefined if it does, or if that is unknown. */
export function unsupportedInstanceType(
  specification: SupportedInstanceTypes,
  property: keyof typeof INFERENCE_KINDS,
  { instanceTypeName }: InstanceType,
): string | undefined {
  const supported = (specification[property] ?? []).map((type) => type.instanceTypeName);
  // A specification without instance types does not restrict them.
  if (supported.length === 0 || supported.includes(instanceTypeName)) return undefined;
  if (![instanceTypeName, ...supported].every(isKnown)) return undefined;
  return (
    `${instanceTypeName} is not an instance type that ${specification.subject} supports for ${INFERENCE_KINDS[property]} ` +
    `(${supported.join(', ')}). Use one of these, or add it to \`${property}\` of ${specification.definedIn}`
  );
}
