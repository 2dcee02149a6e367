import type {
  AdditionalModelDataSource,
  ContainerDefinition,
  CreateModelCommandInput,
  ModelDataSource,
} from '@aws-sdk/client-sagemaker';
import { validationError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Permissions } from '../iam';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import type { ModelPackages } from './model-packages';
import { describe } from './descriptions';
import { checkExecutionRole } from './execution-role';
import { list, pick } from './pages';
import type { Tags } from './tags';

type Container = Wire<ContainerDefinition>;
export type Model = Wire<CreateModelCommandInput> & {
  readonly ModelName: string;
  readonly ModelArn: string;
  readonly CreationTime: number;
};

/** A container of a model. */
export interface HostedContainer {
  readonly hostname?: string;
  readonly image: string;
  readonly environment: Record<string, string>;

  /** The model data; none if the image contains the model. */
  readonly data?: ModelData;
  readonly additionalData: { readonly name: string; readonly data: ModelData }[];

  /** The data is a folder of archives, which are loaded when they are invoked. */
  readonly isMultiModel: boolean;

  /** The instance types that a model package supports; a container without a model package supports all types. */
  readonly instanceTypes?: { readonly realtime?: readonly string[]; readonly transform?: readonly string[] };
}

/** An archive, or a folder with the uncompressed model. */
export interface ModelData {
  readonly uri: string;
  readonly isFolder: boolean;
}

/** The containers of a model, with the data of model packages resolved. */
export interface HostedModel {
  readonly containers: HostedContainer[];

  /** Direct mode: the caller chooses the container. Otherwise they are a serial inference pipeline. */
  readonly isDirect: boolean;
  readonly networkIsolation: boolean;

  /** The ARN of the execution role. */
  readonly roleArn?: string;
  readonly isInVpc: boolean;
}

/** Models: images with model data, or model packages. */
export class Models {
  public readonly operations: Operations;
  private readonly store: Store<Model>;

  constructor(
    private readonly context: Context,
    private readonly tags: Tags,
    private readonly packages: ModelPackages,
    private readonly permissions: Permissions,
  ) {
    this.store = context.store<Model>('models');
    this.operations = {
      CreateModel: (input: Wire<CreateModelCommandInput>) => pick(this.create(input), 'ModelArn'),
      DescribeModel: ({ ModelName }: { ModelName: string }) => describe('DescribeModel', this.existing(ModelName)),
      DeleteModel: ({ ModelName }: { ModelName: string }) => this.delete(ModelName),
      ListModels: (query: object) => list('ListModels', this.store.list(), query),
    };
  }

  public create({ Tags: tags, ...input }: Wire<CreateModelCommandInput>): Model {
    const name = input.ModelName ?? '';
    if (this.store.get(name) !== undefined) throw validationError(`Cannot create already existing model "${name}".`);
    const ModelArn = this.context.arn('sagemaker', `model/${name.toLowerCase()}`);
    const model = { ...input, ModelName: name, ModelArn, CreationTime: now() };
    if (input.ExecutionRoleArn !== undefined) {
      checkExecutionRole(this.permissions, input.ExecutionRoleArn, ModelArn);
    }
    this.containersOf(model);
    this.tags.add(ModelArn, tags as never);
    return this.store.put(name, model);
  }

  public delete(name: string): void {
    const { ModelArn } = this.existing(name);
    this.store.delete(name);
    this.tags.remove(ModelArn);
  }

  /** Deletes a model if it exists. */
  public deleteIfExists(name: string): void {
    if (this.store.get(name) !== undefined) this.delete(name);
  }

  public existing(name: string): Model {
    const model = this.store.get(name);
    if (model === undefined) throw validationError(`Could not find model "${name}".`);
    return model;
  }

  public hosted(name: string): HostedModel {
    return this.containersOf(this.existing(name));
  }

  /** A model with one container that is not a resource of its own. */
  public inline(container: Container): HostedModel {
    return { containers: [this.containerOf(container)], isDirect: false, networkIsolation: false, isInVpc: false };
  }

  private containersOf(model: Model): HostedModel {
    const { PrimaryContainer: primary, Containers, InferenceExecutionConfig: execution } = model;
    if ((primary === undefined) === (Containers === undefined)) {
      throw validationError('Exactly one of PrimaryContainer and Containers is required.');
    }
    const isDirect = execution?.Mode === 'Direct';
    const containers = Containers ?? [primary as Container];
    if (isDirect && containers.some(({ ContainerHostname }) => ContainerHostname === undefined)) {
      throw validationError('Every container of a model in Direct mode requires a ContainerHostname.');
    }
    return {
      containers: containers.map((container) => this.containerOf(container)),
      isDirect,
      networkIsolation: model.EnableNetworkIsolation ?? false,
      roleArn: model.ExecutionRoleArn,
      isInVpc: model.VpcConfig !== undefined,
    };
  }

  private containerOf(container: Container): HostedContainer {
    const { ContainerHostname: hostname, Image, ModelDataUrl, ModelPackageName, Environment = {} } = container;
    const { Mode, ModelDataSource, AdditionalModelDataSources = [] } = container;
    const isMultiModel = Mode === 'MultiModel';
    const own = { hostname, isMultiModel, additionalData: AdditionalModelDataSources.map(additionalDataOf) };
    if (ModelPackageName !== undefined) {
      const packaged = this.packaged(ModelPackageName, container.InferenceSpecificationName);
      return { ...own, ...packaged, environment: { ...packaged.environment, ...Environment } };
    }
    if (Image === undefined) throw validationError('One of Image and ModelPackageName is required.');
    const data = ModelDataSource === undefined ? dataOf(ModelDataUrl) : sourceOf(ModelDataSource);
    if (isMultiModel && data === undefined) throw validationError('A multi-model container requires ModelDataUrl.');
    return { ...own, image: Image, data, environment: Environment };
  }

  private packaged(
    name: string,
    specificationName?: string,
  ): Pick<HostedContainer, 'image' | 'data' | 'environment' | 'instanceTypes'> {
    const found = this.packages.existing(name);
    const { ModelApprovalStatus: status = 'Approved', ModelPackageStatus } = found;
    if (ModelPackageStatus !== 'Completed') {
      throw validationError(`ModelPackage ${name} cannot be deployed; its status is ${ModelPackageStatus}.`);
    }
    if (status !== 'Approved') {
      throw validationError(`ModelPackage ${name} must be approved to be deployed; its status is ${status}.`);
    }
    const specification =
      specificationName === undefined
        ? found.InferenceSpecification
        : found.AdditionalInferenceSpecifications?.find(({ Name }) => Name === specificationName);
    const container = specification?.Containers?.[0];
    if (container?.Image === undefined) {
      const which = specificationName === undefined ? '' : ` under "${specificationName}"`;
      throw validationError(`ModelPackage ${name} has no inference image${which}.`);
    }
    const { Image: image, ModelDataUrl, ModelDataSource } = container;
    return {
      image,
      data: ModelDataSource === undefined ? dataOf(ModelDataUrl) : sourceOf(ModelDataSource),
      environment: container.Environment ?? {},
      instanceTypes: {
        realtime: specification?.SupportedRealtimeInferenceInstanceTypes,
        transform: specification?.SupportedTransformInstanceTypes,
      },
    };
  }
}

function dataOf(uri: string | undefined): ModelData | undefined {
  return uri === undefined ? undefined : { uri, isFolder: false };
}

function sourceOf({ S3DataSource: source }: Wire<ModelDataSource>): ModelData {
  if (source === undefined) throw validationError('ModelDataSource requires S3DataSource.');
  return { uri: source.S3Uri ?? '', isFolder: source.S3DataType === 'S3Prefix' };
}

function additionalDataOf(source: Wire<AdditionalModelDataSource>): { name: string; data: ModelData } {
  return { name: source.ChannelName ?? '', data: sourceOf(source) };
}
