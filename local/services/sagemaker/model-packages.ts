import type {
  CreateModelPackageCommandInput,
  CreateModelPackageGroupCommandInput,
  UpdateModelPackageCommandInput,
} from '@aws-sdk/client-sagemaker';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import { ServiceError, validationError } from '../wire/service-error';
import type { Algorithms } from './algorithms';
import { page } from './page';
import type { Tags } from './tags';

type Group = Wire<CreateModelPackageGroupCommandInput> & {
  readonly ModelPackageGroupName: string;
  readonly ModelPackageGroupArn: string;
  readonly ModelPackageGroupStatus: string;
  readonly CreationTime: number;
};

export type ModelPackage = Wire<CreateModelPackageCommandInput> & {
  readonly ModelPackageArn: string;
  readonly ModelPackageVersion?: number;
  readonly ModelPackageStatus: string;
  readonly ApprovalDescription?: string;
  readonly LastModifiedTime?: number;
  readonly ModelPackageStatusDetails: object;
  readonly CreationTime: number;
};

/** The model registry: packages under names of their own, and versions in groups. */
export class ModelPackages {
  public readonly operations: Operations;
  private readonly groups: Store<Group>;
  private readonly packages: Store<ModelPackage>;

  constructor(
    private readonly context: Context,
    private readonly tags: Tags,
    private readonly algorithms: Algorithms,
  ) {
    this.groups = context.store<Group>('model-package-groups');
    this.packages = context.store<ModelPackage>('model-packages');
    this.operations = {
      CreateModelPackageGroup: (input: Wire<CreateModelPackageGroupCommandInput>) => ({
        ModelPackageGroupArn: this.createGroup(input).ModelPackageGroupArn,
      }),
      DescribeModelPackageGroup: ({ ModelPackageGroupName }: { ModelPackageGroupName: string }) =>
        this.group(ModelPackageGroupName),
      DeleteModelPackageGroup: ({ ModelPackageGroupName }: { ModelPackageGroupName: string }) =>
        this.deleteGroup(ModelPackageGroupName),
      ListModelPackageGroups: (query: object) => {
        const { items, NextToken } = page(
          this.groups.list(),
          query,
          ({ ModelPackageGroupName }) => ModelPackageGroupName,
        );
        return { ModelPackageGroupSummaryList: items, NextToken };
      },
      CreateModelPackage: (input: Wire<CreateModelPackageCommandInput>) => ({
        ModelPackageArn: this.create(input).ModelPackageArn,
      }),
      DescribeModelPackage: ({ ModelPackageName }: { ModelPackageName: string }) => this.existing(ModelPackageName),
      UpdateModelPackage: ({ ModelPackageArn, ...change }: Wire<UpdateModelPackageCommandInput>) => {
        this.update(ModelPackageArn ?? '', change);
        return { ModelPackageArn };
      },
      DeleteModelPackage: ({ ModelPackageName }: { ModelPackageName: string }) => this.delete(ModelPackageName),
      ListModelPackages: ({ ModelPackageGroupName, ...query }: { ModelPackageGroupName?: string }) => {
        const found = this.packages
          .list()
          .filter((one) => one.ModelPackageGroupName === this.nameOfGroup(ModelPackageGroupName));
        const { items, NextToken } = page(found, query, ({ ModelPackageArn }) => ModelPackageArn);
        return {
          ModelPackageSummaryList: items.map((one) => ({
            ModelPackageArn: one.ModelPackageArn,
            ModelPackageGroupName: one.ModelPackageGroupName,
            ModelPackageVersion: one.ModelPackageVersion,
            ModelPackageStatus: one.ModelPackageStatus,
            ModelApprovalStatus: one.ModelApprovalStatus,
            CreationTime: one.CreationTime,
          })),
          NextToken,
        };
      },
    };
  }

  public createGroup({ Tags: tags, ...input }: Wire<CreateModelPackageGroupCommandInput>): Group {
    const name = input.ModelPackageGroupName ?? '';
    if (this.groups.get(name) !== undefined) throw validationError(`Model Package Group already exists: ${name}`);
    const ModelPackageGroupArn = this.context.arn('sagemaker', `model-package-group/${name.toLowerCase()}`);
    this.tags.add(ModelPackageGroupArn, tags as never);
    return this.groups.put(name, {
      ...input,
      ModelPackageGroupName: name,
      ModelPackageGroupArn,
      ModelPackageGroupStatus: 'Completed',
      CreationTime: now(),
    });
  }

  public deleteGroup(nameOrArn: string): void {
    const { ModelPackageGroupName, ModelPackageGroupArn } = this.group(nameOrArn);
    if (this.packages.list().some((one) => one.ModelPackageGroupName === ModelPackageGroupName)) {
      throw new ServiceError(
        'ConflictException',
        `Model Package Group cannot be deleted because it still contains Model Packages: ${ModelPackageGroupName}`,
      );
    }
    this.groups.delete(ModelPackageGroupName);
    this.tags.forget(ModelPackageGroupArn);
  }

  public create({ Tags: tags, ...input }: Wire<CreateModelPackageCommandInput>): ModelPackage {
    const group = this.nameOfGroup(input.ModelPackageGroupName);
    if ((group === undefined) === (input.ModelPackageName === undefined)) {
      throw validationError('Exactly one of ModelPackageName and ModelPackageGroupName is required.');
    }
    if (group !== undefined && tags !== undefined) {
      throw validationError('Tags are not allowed on a model package that is a version of a group.');
    }
    if (input.ValidationSpecification !== undefined) {
      throw validationError('ValidationSpecification is not part of the local service: no jobs would be run for it.');
    }
    const InferenceSpecification = this.specificationOf(input);
    const version = group === undefined ? undefined : this.nextVersion(group);
    const resource = group === undefined ? (input.ModelPackageName ?? '') : `${group}/${version}`;
    const ModelPackageArn = this.context.arn('sagemaker', `model-package/${resource.toLowerCase()}`);
    if (this.packages.get(ModelPackageArn) !== undefined)
      throw validationError(`Model package already exists: ${resource}`);
    this.tags.add(ModelPackageArn, tags as never);
    return this.packages.put(ModelPackageArn, {
      ...input,
      InferenceSpecification,
      ModelPackageGroupName: group,
      ModelPackageArn,
      ModelPackageVersion: version,
      ModelApprovalStatus: group === undefined ? undefined : (input.ModelApprovalStatus ?? 'PendingManualApproval'),
      ModelPackageStatus: 'Completed',
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      CreationTime: now(),
    });
  }

  /** A package made of an algorithm hosts what the algorithm says, with the data of the package. */
  private specificationOf(input: Wire<CreateModelPackageCommandInput>): ModelPackage['InferenceSpecification'] {
    const source = input.SourceAlgorithmSpecification?.SourceAlgorithms?.[0];
    if (source === undefined) return input.InferenceSpecification;
    const { InferenceSpecification: given } = this.algorithms.existing(source.AlgorithmName ?? '');
    if (given === undefined) throw validationError(`Algorithm ${source.AlgorithmName} has no inference specification.`);
    const { ModelDataUrl, ModelDataSource } = source;
    const [first, ...rest] = given.Containers ?? [];
    return { ...given, Containers: [{ ...first, ModelDataUrl, ModelDataSource }, ...rest] };
  }

  /** Approves or rejects a version, and changes what is said of a package. */
  public update(nameOrArn: string, change: Omit<Wire<UpdateModelPackageCommandInput>, 'ModelPackageArn'>): void {
    const {
      ModelPackageArn,
      CustomerMetadataProperties: before,
      ModelPackageGroupName: group,
    } = this.existing(nameOrArn);
    const { CustomerMetadataProperties: added, CustomerMetadataPropertiesToRemove: removed, ...rest } = change;
    const { ModelApprovalStatus, ApprovalDescription, ...others } = rest;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw validationError(`${unknown} is not part of the local service yet.`);
    if (group === undefined && (ModelApprovalStatus ?? ApprovalDescription) !== undefined) {
      throw validationError('Only versions of a group are approved.');
    }
    const kept = Object.entries({ ...before, ...added }).filter(([key]) => !removed?.includes(key));
    this.packages.update(ModelPackageArn, {
      ...(ModelApprovalStatus && { ModelApprovalStatus }),
      ...(ApprovalDescription !== undefined && { ApprovalDescription }),
      CustomerMetadataProperties: kept.length > 0 ? Object.fromEntries(kept) : undefined,
      LastModifiedTime: now(),
    });
  }

  public delete(nameOrArn: string): void {
    const { ModelPackageArn } = this.existing(nameOrArn);
    this.packages.delete(ModelPackageArn);
    this.tags.forget(ModelPackageArn);
  }

  public existing(nameOrArn: string): ModelPackage {
    const found = this.packages
      .list()
      .find(({ ModelPackageArn, ModelPackageName }) => ModelPackageArn === nameOrArn || ModelPackageName === nameOrArn);
    if (found === undefined) throw validationError(`ModelPackage ${nameOrArn} does not exist.`);
    return found;
  }

  private group(nameOrArn: string): Group {
    const found = this.groups
      .list()
      .find((one) => one.ModelPackageGroupName === nameOrArn || one.ModelPackageGroupArn === nameOrArn);
    if (found === undefined) throw validationError(`ModelPackageGroup ${nameOrArn} does not exist.`);
    return found;
  }

  private nameOfGroup(nameOrArn?: string): string | undefined {
    return nameOrArn === undefined ? undefined : this.group(nameOrArn).ModelPackageGroupName;
  }

  /** Numbers of versions are never used again, even if the last one was deleted. */
  private nextVersion(group: string): number {
    const record = this.groups.get(group) as Group & { lastVersion?: number };
    const lastVersion = (record.lastVersion ?? 0) + 1;
    this.groups.put(group, { ...record, lastVersion } as Group);
    return lastVersion;
  }
}
