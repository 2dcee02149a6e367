import type { Ecr } from '../aws/ecr';
import type { Logs } from '../aws/logs';
import type { S3 } from '../aws/s3';
import type { Context } from '../context';
import type { Operations } from '../wire/json';
import { Algorithms } from './algorithms';
import { EndpointConfigs } from './endpoint-configs';
import { Endpoints } from './endpoints';
import { ModelPackages } from './model-packages';
import { Models } from './models';
import { checkRequest } from './request-validation';
import { Tags } from './tags';
import { TrainingJobs } from './training-jobs';
import { TransformJobs } from './transform-jobs';

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
  public readonly operations: Operations;

  constructor(services: { readonly context: Context; readonly s3: S3; readonly ecr: Ecr; readonly logs: Logs }) {
    const { context } = services;
    this.tags = new Tags(context);
    this.algorithms = new Algorithms(context, this.tags);
    this.trainingJobs = new TrainingJobs({ ...services, tags: this.tags, algorithms: this.algorithms });
    this.packages = new ModelPackages(context, this.tags);
    this.models = new Models(context, this.tags, this.packages, this.algorithms);
    this.configs = new EndpointConfigs(context, this.tags, this.models);
    this.endpoints = new Endpoints({ ...services, tags: this.tags, models: this.models, configs: this.configs });
    this.transformJobs = new TransformJobs({ ...services, tags: this.tags, models: this.models });
    const parts = [
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
}
