import type { SearchRequest } from '@aws-sdk/client-sagemaker';
import type { AccessTable } from '../access';
import type { Alarms, Metrics } from '../cloudwatch';
import type { Context } from '../context';
import type { Repositories } from '../ecr';
import type { Permissions } from '../iam';
import type { Logs } from '../logs';
import type { Buckets } from '../s3';
import type { Notifications } from '../sns';
import type { Operations } from '../wire/json';
import type { Wire } from '../wire/record';
import { sageMakerAccess } from './access';
import { Algorithms } from './algorithm/algorithms';
import { EndpointConfigs } from './endpoint/endpoint-configs';
import { Endpoints } from './endpoint/endpoints';
import { InferenceComponents } from './inference-component/inference-components';
import { ModelPackages } from './model-packages';
import { Models } from './models';
import { ProcessingJobs } from './processing-job/processing-jobs';
import { checkRequest } from './request-rules';
import { type SearchedRecords, search } from './search';
import { Tags } from './tags';
import { TrainingJobs } from './training-job/training-jobs';
import { TransformJobs } from './transform-jobs';
import { TuningJobs } from './tuning-job/tuning-jobs';
import { Validation } from './validation';

export interface SageMakerServices {
  readonly context: Context;
  readonly s3: Buckets;
  readonly repositories: Repositories;
  readonly logs: Logs;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  readonly notifications: Notifications;
  readonly permissions: Permissions;
}

/** The control plane of SageMaker: all operations but those of SageMaker Runtime. */
export class ControlPlane {
  public readonly algorithms: Algorithms;
  public readonly trainingJobs: TrainingJobs;
  public readonly packages: ModelPackages;
  public readonly models: Models;
  public readonly configs: EndpointConfigs;
  public readonly endpoints: Endpoints;
  public readonly components: InferenceComponents;
  public readonly operations: Operations;
  public readonly access: AccessTable;
  private readonly transformJobs: TransformJobs;
  private readonly tuningJobs: TuningJobs;
  private readonly processingJobs: ProcessingJobs;
  private readonly validation: Validation;

  constructor(services: SageMakerServices) {
    const { context } = services;
    const tags = new Tags(context);
    this.algorithms = new Algorithms(context, tags);
    this.trainingJobs = new TrainingJobs({ ...services, tags, algorithms: this.algorithms });
    this.packages = new ModelPackages(context, tags, this.algorithms, services);
    this.models = new Models(context, tags, this.packages, services.permissions);
    this.configs = new EndpointConfigs(context, tags, this.models);
    const hasComponents = (endpoint: string): boolean => this.components.isUsed(endpoint);
    this.endpoints = new Endpoints({ ...services, tags, models: this.models, configs: this.configs, hasComponents });
    this.components = new InferenceComponents({ ...services, tags, models: this.models, endpoints: this.endpoints });
    this.transformJobs = new TransformJobs({ ...services, tags, models: this.models });
    const { algorithms, packages, trainingJobs, transformJobs, models } = this;
    this.validation = new Validation(context, { algorithms, packages, trainingJobs, transformJobs, models });
    this.processingJobs = new ProcessingJobs({ ...services, tags });
    this.tuningJobs = new TuningJobs({ context, tags, algorithms, trainingJobs });
    this.access = validated(context.region, sageMakerAccess(context, tags));
    this.operations = validated(context.region, {
      ...tags.operations,
      ...this.algorithms.operations,
      ...this.trainingJobs.operations,
      ...this.tuningJobs.operations,
      ...this.transformJobs.operations,
      ...this.processingJobs.operations,
      ...this.packages.operations,
      ...this.models.operations,
      ...this.configs.operations,
      ...this.endpoints.operations,
      ...this.components.operations,
      Search: (request: Wire<SearchRequest>) => search(this.searched(tags), request),
    });
  }

  /** Continues the work that was in progress when the service last stopped. */
  public resume(): void {
    this.trainingJobs.resume();
    this.transformJobs.resume();
    this.processingJobs.resume();
    this.tuningJobs.advance();
    this.validation.advance();
    this.endpoints.resume();
    this.components.resume();
  }

  private searched(tags: Tags): SearchedRecords {
    const { trainingJobs, tuningJobs, packages, endpoints } = this;
    const tagged = <T extends object>(records: T[], arnOf: (record: T) => string): object[] =>
      records.map((record) => ({ ...record, Tags: tags.of(arnOf(record)) }));
    return {
      TrainingJob: () => tagged(trainingJobs.list(), ({ TrainingJobArn }) => TrainingJobArn),
      HyperParameterTuningJob: () => tagged(tuningJobs.list(), (job) => job.HyperParameterTuningJobArn),
      ModelPackage: () => tagged(packages.list(), ({ ModelPackageArn }) => ModelPackageArn),
      ModelPackageGroup: () => tagged(packages.listGroups(), ({ ModelPackageGroupArn }) => ModelPackageGroupArn),
      Endpoint: () => tagged(endpoints.list(), ({ EndpointArn }) => EndpointArn),
    };
  }

  public async close(): Promise<void> {
    const { trainingJobs, transformJobs, processingJobs, endpoints, components } = this;
    const all = [trainingJobs, transformJobs, processingJobs, endpoints, components];
    await Promise.all(all.map((one) => one.close()));
  }
}

/** Functions of requests, which first validate them: also the permissions that a request requires are only known if it is valid. */
function validated<T>(
  region: string,
  functions: Record<string, (input: never) => T>,
): Record<string, (input: never) => T> {
  return Object.fromEntries(
    Object.entries(functions).map(([name, ofRequest]) => [
      name,
      (input: never) => {
        checkRequest(name, input, region);
        return ofRequest(input);
      },
    ]),
  );
}
