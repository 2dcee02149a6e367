import type {
  ContainerDefinition,
  CreateAlgorithmInput,
  CreateTransformJobRequest,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import type { ServingSpecification, TransformSpecification } from '../core/specification';
import type { Assembly, Resource } from './assembly';
import { type Parsed, requestOf } from './requests';
import type { ApiRequest, Target } from './target';

type InferenceSpecification = Parsed<CreateAlgorithmInput>['InferenceSpecification'];

/** A container of a model, merged with its model package. */
export interface Container {
  readonly model: Resource;
  readonly index: number;
  readonly isPipeline: boolean;
  readonly definition: Parsed<ContainerDefinition>;
  readonly image?: string;

  /** The S3 URI of the model data, or a reference. */
  readonly data?: unknown;
  readonly contentTypes?: string[];
  readonly accepts?: string[];
}

export function containersOf(assembly: Assembly, model: Resource): Container[] {
  const { PrimaryContainer, Containers = [] } = model.properties as {
    PrimaryContainer?: Parsed<ContainerDefinition>;
    Containers?: Parsed<ContainerDefinition>[];
  };
  const definitions = PrimaryContainer === undefined ? Containers : [PrimaryContainer];
  return definitions.map((definition, index) => {
    const { image, data, ...packaged } = interfaceOf(packageOf(assembly, definition));
    return {
      ...{ model, index, definition, isPipeline: definitions.length > 1, ...packaged },
      image: definition.Image ?? image,
      data: dataOf(definition) ?? data,
    };
  });
}

/** The inference specification of the model package that a container refers to. */
function packageOf(assembly: Assembly, { ModelPackageName }: Parsed<ContainerDefinition>): InferenceSpecification {
  const { InferenceSpecification } = assembly.referred(ModelPackageName)?.properties ?? {};
  return InferenceSpecification as InferenceSpecification;
}

/** The declarations of an inference specification about its first container. */
function interfaceOf(
  specification: InferenceSpecification,
): Pick<Container, 'image' | 'data' | 'contentTypes' | 'accepts'> {
  const [first] = specification?.Containers ?? [];
  return {
    image: first?.Image,
    data: dataOf(first ?? {}),
    contentTypes: specification?.SupportedContentTypes,
    accepts: specification?.SupportedResponseMIMETypes,
  };
}

function dataOf({
  ModelDataUrl,
  ModelDataSource,
}: Pick<ContainerDefinition, 'ModelDataUrl' | 'ModelDataSource'>): string | undefined {
  return ModelDataUrl ?? ModelDataSource?.S3DataSource?.S3Uri;
}

/** How a container of a model is served; without one, the container of an algorithm. */
export function servedBy(
  assembly: Assembly,
  algorithm: Parsed<CreateAlgorithmInput> | undefined,
  container?: Container,
): Pick<Target, 'servingImage' | 'serving' | 'servingInstances'> {
  const declared = interfaceOf(algorithm?.InferenceSpecification);
  const image = container?.image ?? declared.image;
  if (image === undefined) return { servingInstances: [] };
  const variants = variantsOf(assembly, container?.model);
  return {
    servingImage: image,
    servingInstances: variants.map(({ variant }) => variant.InstanceType).filter((type) => type !== undefined),
    serving: {
      environment: {},
      requests: [],
      contentTypes: container?.contentTypes ?? declared.contentTypes ?? [],
      accepts: container?.accepts ?? declared.accepts,
      ...endpointOf(variants),
      ...(container === undefined ? {} : modelOf(container)),
      transform: transformsOf(assembly, container?.model).map(transformOf)[0],
    },
  };
}

function modelOf({
  model,
  definition,
  isPipeline,
}: Container): Pick<ServingSpecification, 'environment' | 'isMultiModel' | 'isPipeline' | 'networkIsolation'> {
  return {
    environment: definition.Environment ?? {},
    isMultiModel: definition.Mode === 'MultiModel',
    isPipeline,
    networkIsolation: model.properties.EnableNetworkIsolation === true,
  };
}

interface Variant {
  readonly variant: Parsed<ProductionVariant>;
  readonly isAsync: boolean;
}

function endpointOf(variants: Variant[]): Pick<ServingSpecification, 'isServerless' | 'isAsync' | 'startUpSeconds'> {
  return {
    isServerless: variants.some(({ variant }) => variant.ServerlessConfig !== undefined),
    isAsync: variants.length > 0 && variants.every(({ isAsync }) => isAsync),
    startUpSeconds: variants.map(({ variant }) => variant.ContainerStartupHealthCheckTimeoutInSeconds).find(Boolean),
  };
}

function variantsOf(assembly: Assembly, model: Resource | undefined): Variant[] {
  return assembly
    .ofType('AWS::SageMaker::EndpointConfig')
    .flatMap(({ properties }) =>
      ((properties.ProductionVariants ?? []) as Parsed<ProductionVariant>[]).map((variant) => ({
        variant,
        isAsync: properties.AsyncInferenceConfig !== undefined,
      })),
    )
    .filter(({ variant }) => model !== undefined && assembly.referred(variant.ModelName)?.id === model.id);
}

/** The requests of the transform jobs that use a model. */
export function transformRequests(assembly: Assembly, model: Resource): ApiRequest[] {
  return transformsOf(assembly, model).map((input) => ({ operation: 'CreateTransformJob', input }));
}

function transformsOf(assembly: Assembly, model: Resource | undefined): Parsed<CreateTransformJobRequest>[] {
  return assembly
    .ofType('Custom::SageMakerTransformJob')
    .map((resource) => requestOf<CreateTransformJobRequest>(resource))
    .filter(({ ModelName }) => model !== undefined && assembly.referred(ModelName)?.id === model.id);
}

function transformOf(job: Parsed<CreateTransformJobRequest>): TransformSpecification {
  return {
    split: job.TransformInput?.SplitType ?? 'None',
    assembleWith: job.TransformOutput?.AssembleWith,
    contentType: job.TransformInput?.ContentType,
    accept: job.TransformOutput?.Accept,
    hasDataProcessing: job.DataProcessing !== undefined,
    batchStrategy: job.BatchStrategy,
    maxPayloadInMB: job.MaxPayloadInMB,
    maxConcurrentTransforms: job.MaxConcurrentTransforms,
  };
}
