import type { Ecr } from '../ecr/operations';
import type { Logs } from '../logs/operations';
import type { Buckets } from '../s3/store';
import type { Context } from '../context';
import type { Operations } from '../wire/json';
import { Algorithms } from './algorithms';
import { EndpointConfigs } from './endpoint-configs';
import { Endpoints } from './endpoints';
import { ModelPackages } from './model-packages';
import { Models } from './models';
import { checkRequest } from '../../aws-model/request-validation';
import { Tags } from './tags';
import { TrainingJobs } from './training-jobs';
import { TransformJobs } from './transform-jobs';
import { TuningJobs } from './tuning-jobs';
import { Validation } from './validation';

/** SageMaker's control plane. */
export class Control {
  public readonly tags: Tags;
  public readonly algorithms: Algorithms;
  public readonly trainingJobs: TrainingJobs;
  public readonly packages: ModelPackages;
  public readonly models: Models;
  public readonly configs: EndpointConfigs;
  public readonly endpoints: Endpoints;
  public readonly transformJobs: TransformJobs;
  public readonly tuningJobs: TuningJobs;
  public readonly validation: Validation;
  public readonly operations: Operations;

  constructor(services: { readonly context: Context; readonly s3: Buckets; readonly ecr: Ecr; readonly logs: Logs }) {
    const { context } = services;
    this.tags = new Tags(context);
    this.algorithms = new Algorithms(context, this.tags);
    this.trainingJobs = new TrainingJobs({ ...services, tags: this.tags, algorithms: this.algorithms });
    this.packages = new ModelPackages(context, this.tags, this.algorithms);
    this.models = new Models(context, this.tags, this.packages);
    this.configs = new EndpointConfigs(context, this.tags, this.models);
    this.endpoints = new Endpoints({ ...services, tags: this.tags, models: this.models, configs: this.configs });
    this.transformJobs = new TransformJobs({ ...services, tags: this.tags, models: this.models });
    const { tags, algorithms, trainingJobs, transformJobs, models } = this;
    this.tuningJobs = new TuningJobs({ context, tags, algorithms, trainingJobs });
    this.validation = new Validation({ algorithms, trainingJobs, transformJobs, models });
    algorithms.onCreated = () => this.validation.advance();
    transformJobs.onEnd = () => this.validation.advance();
    trainingJobs.onEnd = () => {
      this.validation.advance();
      this.tuningJobs.advance();
    };
    const parts = [
      this.tuningJobs,
      this.transformJobs,
      this.tags,
      this.algorithms,
      this.trainingJobs,
      this.packages,
      this.models,
      this.configs,
      this.endpoints,
    ];
    const all = Object.assign({}, ...parts.map(({ operations }) => operations)) as Operations;
    this.operations = Object.fromEntries(
      Object.entries(all).map(([name, operation]) => [
        name,
        (input: never) => {
          checkRequest(name, input);
          return operation(input);
        },
      ]),
    );
  }

  /** Takes up what was under way when the service last ended. */
  public resume(): void {
    this.trainingJobs.resume();
    this.transformJobs.resume();
    this.tuningJobs.advance();
    this.validation.advance();
    this.endpoints.resume();
  }

  public async close(): Promise<void> {
    await Promise.all([this.trainingJobs.close(), this.transformJobs.close(), this.endpoints.close()]);
  }
}
