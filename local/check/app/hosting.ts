import type {
  ContainerDefinition,
  CreateAlgorithmInput,
  CreateTransformJobRequest,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import type { ServingSpecification } from '../core/specification';
import type { Assembly, Resource } from './assembly';
import { type Parsed, requestOf } from './requests';
import type { Target } from './targets';

/** A container of a model, with what its package knows. */
export interface Container {
  readonly model: Resource;
  readonly index: number;
  readonly isPipeline: boolean;
  readonly definition: Parsed<ContainerDefinition>;
  readonly image?: string;
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
    const known = assembly.referred(definition.ModelPackageName)?.properties as
      { InferenceSpecification?: Parsed<CreateAlgorithmInput>['InferenceSpecification'] } | undefined;
    const packaged = known?.InferenceSpecification;
    const [first] = packaged?.Containers ?? [];
    const source = definition.ModelDataSource?.S3DataSource?.S3Uri;
    return {
      ...{ model, index, definition, isPipeline: definitions.length > 1 },
      image: definition.Image ?? first?.Image,
      data: definition.ModelDataUrl ?? source ?? first?.ModelDataUrl ?? first?.ModelDataSource?.S3DataSource?.S3Uri,
      contentTypes: packaged?.SupportedContentTypes,
      accepts: packaged?.SupportedResponseMIMETypes,
    };
  });
}

export function servedBy(
  assembly: Assembly,
  algorithm: Parsed<CreateAlgorithmInput> | undefined,
  container?: Container,
): Pick<Target, 'servingImage' | 'serving' | 'servingInstances'> {
  const inference = algorithm?.InferenceSpecification;
  const image = container?.image ?? inference?.Containers?.[0]?.Image;
  if (image === undefined) return { servingInstances: [] };
  const { model, definition } = container ?? {};
  const variants = variantsOf(assembly, model);
  return {
    servingImage: image,
    servingInstances: variants.map(({ variant }) => variant.InstanceType).filter((type) => type !== undefined),
    serving: {
      environment: definition?.Environment ?? {},
      requests: [],
      contentTypes: container?.contentTypes ?? inference?.SupportedContentTypes ?? [],
      accepts: container?.accepts ?? inference?.SupportedResponseMIMETypes,
      isServerless: variants.some(({ variant }) => variant.ServerlessConfig !== undefined),
      isAsync: variants.length > 0 && variants.every(({ isAsync }) => isAsync),
      isMultiModel: definition?.Mode === 'MultiModel',
      isPipeline: container?.isPipeline === true,
      networkIsolation: model?.properties.EnableNetworkIsolation === true,
      startUpSeconds: variants.map(({ variant }) => variant.ContainerStartupHealthCheckTimeoutInSeconds).find(Boolean),
      transform: transformsOf(assembly, model).map(transformation)[0],
    },
  };
}

function variantsOf(
  assembly: Assembly,
  model: Resource | undefined,
): { variant: Parsed<ProductionVariant>; isAsync: boolean }[] {
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

export function transformsOf(assembly: Assembly, model: Resource | undefined): Parsed<CreateTransformJobRequest>[] {
  return assembly
    .ofType('Custom::SageMakerTransformJob')
    .map((resource) => requestOf<CreateTransformJobRequest>(resource))
    .filter(({ ModelName }) => model !== undefined && assembly.referred(ModelName)?.id === model.id);
}

export const requestOfTransform = (input: Parsed<CreateTransformJobRequest>): Target['requests'][number] => ({
  operation: 'CreateTransformJob',
  input,
});

function transformation(job: Parsed<CreateTransformJobRequest>): ServingSpecification['transform'] {
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
