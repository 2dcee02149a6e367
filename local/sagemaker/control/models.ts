import type { CreateModelCommandInput } from '@aws-sdk/client-sagemaker';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import { validationError } from '../wire/service-error';
import type { Algorithms } from './algorithms';
import type { ModelPackages } from './model-packages';
import { page } from './page';
import type { Tags } from './tags';

export type Model = Wire<CreateModelCommandInput> & {
  readonly ModelName: string;
  readonly ModelArn: string;
  readonly CreationTime: number;
};

/** What a container of a model is made of. */
export interface Hosted {
  readonly image: string;
  readonly modelDataUrl?: string;
  readonly environment: Record<string, string>;
}

/** Models: images with their data, or packages of both. */
export class Models {
  public readonly operations: Operations;
  private readonly store: Store<Model>;

  constructor(
    private readonly context: Context,
    private readonly tags: Tags,
    private readonly packages: ModelPackages,
    private readonly algorithms: Algorithms,
  ) {
    this.store = context.store<Model>('models');
    this.operations = {
      CreateModel: (input: Wire<CreateModelCommandInput>) => ({ ModelArn: this.create(input).ModelArn }),
      DescribeModel: ({ ModelName }: { ModelName: string }) => this.existing(ModelName),
      DeleteModel: ({ ModelName }: { ModelName: string }) => this.delete(ModelName),
      ListModels: (query: object) => {
        const { items, NextToken } = page(this.store.list(), query, ({ ModelName }) => ModelName);
        return {
          Models: items.map(({ ModelName, ModelArn, CreationTime }) => ({ ModelName, ModelArn, CreationTime })),
          NextToken,
        };
      },
    };
  }

  public create({ Tags: tags, ...input }: Wire<CreateModelCommandInput>): Model {
    const name = input.ModelName ?? '';
    if (this.store.get(name) !== undefined) throw validationError(`Cannot create already existing model "${name}".`);
    if (input.Containers !== undefined)
      throw validationError('Containers (several in one model) are not part of the local service.');
    const ModelArn = this.context.arn('sagemaker', `model/${name.toLowerCase()}`);
    const model = { ...input, ModelName: name, ModelArn, CreationTime: now() };
    this.hostedBy(model);
    this.tags.add(ModelArn, tags as never);
    return this.store.put(name, model);
  }

  public delete(name: string): void {
    const { ModelArn } = this.existing(name);
    this.store.delete(name);
    this.tags.forget(ModelArn);
  }

  public existing(name: string): Model {
    const model = this.store.get(name);
    if (model === undefined) throw validationError(`Could not find model "${name}".`);
    return model;
  }

  public hosted(name: string): Hosted {
    return this.hostedBy(this.existing(name));
  }

  private hostedBy({ PrimaryContainer: container }: Model): Hosted {
    if (container === undefined) throw validationError('PrimaryContainer is required.');
    const { Image, ModelDataUrl, ModelPackageName, Environment = {}, Mode, ModelDataSource } = container;
    if (Mode === 'MultiModel' || ModelDataSource !== undefined) {
      throw validationError('Multi-model containers and ModelDataSource are not part of the local service.');
    }
    if (ModelPackageName === undefined) {
      if (Image === undefined) throw validationError('One of Image and ModelPackageName is required.');
      return { image: Image, modelDataUrl: ModelDataUrl, environment: Environment };
    }
    const { image, modelDataUrl, environment } = this.packaged(ModelPackageName);
    return { image, modelDataUrl, environment: { ...environment, ...Environment } };
  }

  private packaged(name: string): Hosted {
    const { InferenceSpecification, SourceAlgorithmSpecification, ModelApprovalStatus } = this.packages.existing(name);
    if (ModelApprovalStatus === 'Rejected') throw validationError(`ModelPackage ${name} is rejected.`);
    const source = SourceAlgorithmSpecification?.SourceAlgorithms?.[0];
    const specification =
      source === undefined
        ? InferenceSpecification
        : this.algorithms.existing(source.AlgorithmName ?? '').InferenceSpecification;
    const container = specification?.Containers?.[0];
    if (container?.Image === undefined) throw validationError(`ModelPackage ${name} has no inference image.`);
    return {
      image: container.Image,
      modelDataUrl: source?.ModelDataUrl ?? container.ModelDataUrl,
      environment: container.Environment ?? {},
    };
  }
}
