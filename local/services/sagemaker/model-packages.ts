import type {
  CreateModelPackageCommandInput,
  CreateModelPackageGroupCommandInput,
  UpdateModelPackageCommandInput,
} from '@aws-sdk/client-sagemaker';
import { ServiceError, validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import type { Context } from '../context';
import type { Repositories } from '../ecr';
import type { Buckets } from '../s3';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import type { Algorithms } from './algorithm/algorithms';
import { describe } from './descriptions';
import { list, pick } from './pages';
import type { Tags } from './tags';

type Group = Wire<CreateModelPackageGroupCommandInput> & {
  readonly ModelPackageGroupName: string;
  readonly ModelPackageGroupArn: string;
  readonly ModelPackageGroupStatus: string;
  readonly CreatedBy?: object;
  readonly CreationTime: number;

  /** The highest version so far: a version number is not used again after the version was deleted. */
  readonly lastVersion: number;
};

export type ModelPackage = Wire<CreateModelPackageCommandInput> & {
  readonly ModelPackageArn: string;
  readonly ModelPackageVersion?: number;
  readonly ModelPackageStatus: string;
  readonly ApprovalDescription?: string;
  readonly LastModifiedTime?: number;
  readonly ModelPackageStatusDetails: object;
  readonly CreatedBy?: object;
  readonly LastModifiedBy?: object;
  readonly CreationTime: number;

  /** The tokens of its updates: an update that is repeated with its token has no second effect. */
  readonly updateTokens?: string[];
};

/** The images and the objects to which the containers of a package refer. */
interface Stored {
  readonly repositories: Repositories;
  readonly s3: Buckets;
}

interface PackagesQuery {
  readonly ModelPackageGroupName?: string;
  readonly ModelPackageType?: string;
}

/** The kinds of the records. */
const GROUPS = 'model-package-groups';
const PACKAGES = 'model-packages';

/** The model registry: model packages with names, and versions in model package groups. */
export class ModelPackages {
  public readonly operations: Operations;
  private readonly groups: Store<Group>;
  private readonly packages: Store<ModelPackage>;

  constructor(
    private readonly context: Context,
    private readonly tags: Tags,
    private readonly algorithms: Algorithms,
    private readonly stored: Stored,
  ) {
    this.groups = context.store<Group>(GROUPS);
    this.packages = context.store<ModelPackage>(PACKAGES);
    this.operations = {
      CreateModelPackageGroup: (input: Wire<CreateModelPackageGroupCommandInput>) =>
        pick(this.createGroup(input), 'ModelPackageGroupArn'),
      DescribeModelPackageGroup: ({ ModelPackageGroupName }: { ModelPackageGroupName: string }) =>
        describe('DescribeModelPackageGroup', this.group(ModelPackageGroupName)),
      DeleteModelPackageGroup: ({ ModelPackageGroupName }: { ModelPackageGroupName: string }) =>
        this.deleteGroup(ModelPackageGroupName),
      ListModelPackageGroups: ({ CrossAccountFilterOption: option, ...query }: { CrossAccountFilterOption?: string }) =>
        list('ListModelPackageGroups', option === 'CrossAccount' ? [] : this.groups.list(), query),
      CreateModelPackage: (input: Wire<CreateModelPackageCommandInput>) => pick(this.create(input), 'ModelPackageArn'),
      DescribeModelPackage: ({ ModelPackageName }: { ModelPackageName: string }) =>
        describe('DescribeModelPackage', this.existing(ModelPackageName)),
      UpdateModelPackage: ({ ModelPackageArn, ...change }: Wire<UpdateModelPackageCommandInput>) => {
        this.update(ModelPackageArn ?? '', change);
        return { ModelPackageArn };
      },
      DeleteModelPackage: ({ ModelPackageName }: { ModelPackageName: string }) => this.delete(ModelPackageName),
      ListModelPackages: (query: PackagesQuery) => this.listPackages(query),
    };
  }

  private listPackages({ ModelPackageGroupName: nameOrArn, ModelPackageType: type, ...query }: PackagesQuery): object {
    const group = nameOrArn === undefined ? undefined : this.group(nameOrArn).ModelPackageGroupName;
    const types = type ?? (group === undefined ? 'Unversioned' : 'Versioned');
    const found = this.registryOf(nameOrArn)
      .packages.list()
      .filter(({ ModelPackageGroupName: own }) => {
        const isOfType = types === 'Both' || (own === undefined) === (types === 'Unversioned');
        return isOfType && (group === undefined || own === group);
      });
    return list('ListModelPackages', found, query);
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
      CreatedBy: this.caller(),
      CreationTime: now(),
      lastVersion: 0,
    });
  }

  public deleteGroup(nameOrArn: string): void {
    const { ModelPackageGroupName, ModelPackageGroupArn } = this.group(this.own(nameOrArn));
    if (this.packages.list().some((one) => one.ModelPackageGroupName === ModelPackageGroupName)) {
      throw new ServiceError(
        'ConflictException',
        `Model Package Group cannot be deleted because it still contains Model Packages: ${ModelPackageGroupName}`,
      );
    }
    this.groups.delete(ModelPackageGroupName);
    this.tags.remove(ModelPackageGroupArn);
  }

  public create(request: Wire<CreateModelPackageCommandInput>): ModelPackage {
    const repeated = this.createdBy(request);
    if (repeated !== undefined) return repeated;
    const { Tags: tags, ...input } = request;
    const group = this.nameOfGroup(input.ModelPackageGroupName);
    if ((group === undefined) === (input.ModelPackageName === undefined)) {
      throw validationError('Exactly one of ModelPackageName and ModelPackageGroupName is required.');
    }
    if (group !== undefined && tags !== undefined) {
      throw validationError('Tags are not allowed on a model package that is a version of a group.');
    }
    const InferenceSpecification = this.resolved(this.checkedSpecification(input));
    const version = group === undefined ? undefined : this.nextVersion(group);
    const resource = group === undefined ? (input.ModelPackageName ?? '') : `${group}/${version}`;
    const ModelPackageArn = this.context.arn('sagemaker', `model-package/${resource.toLowerCase()}`);
    if (this.packages.get(ModelPackageArn) !== undefined)
      throw validationError(`Model package already exists: ${resource}`);
    this.tags.add(ModelPackageArn, tags as never);
    const created = this.packages.put(ModelPackageArn, {
      ...input,
      InferenceSpecification,
      ModelPackageName: resource,
      ModelPackageGroupName: group,
      ModelPackageArn,
      ModelPackageVersion: version,
      ModelApprovalStatus: group === undefined ? undefined : (input.ModelApprovalStatus ?? 'PendingManualApproval'),
      ModelPackageStatus: isValidated(input) ? 'InProgress' : 'Completed',
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      CreatedBy: this.caller(),
      CreationTime: this.nextTime(),
    });
    this.context.events.publish('modelPackage', created);
    return this.packages.get(ModelPackageArn) ?? created;
  }

  /** The package that an earlier request with the same token has created. */
  private createdBy({ ClientToken, ...input }: Wire<CreateModelPackageCommandInput>): ModelPackage | undefined {
    if (ClientToken === undefined) return undefined;
    const found = this.packages.list().find((one) => one.ClientToken === ClientToken);
    const group = this.nameOfGroup(input.ModelPackageGroupName);
    const isSame =
      found?.ModelPackageGroupName === group &&
      (group !== undefined || found?.ModelPackageName === input.ModelPackageName);
    if (found !== undefined && !isSame) {
      throw validationError(`The ClientToken ${ClientToken} was used for another model package.`);
    }
    return found;
  }

  /** A time after that of all packages: the newest one can be found by its time, also if several are created within a millisecond. */
  private nextTime(): number {
    const times = this.packages.list().map(({ CreationTime }) => CreationTime);
    return Math.max(now(), ...times.map((time) => (Math.round(time * 1000) + 1) / 1000));
  }

  private checkedSpecification(input: Wire<CreateModelPackageCommandInput>): ModelPackage['InferenceSpecification'] {
    const specification = this.specificationOf(input);
    if ((specification ?? input.SourceUri ?? input.ModelCard) === undefined) {
      throw validationError('One of InferenceSpecification and SourceAlgorithmSpecification is required.');
    }
    if (isValidated(input) && specification === undefined) {
      throw validationError('The validation of a model package requires an InferenceSpecification.');
    }
    return specification;
  }

  /** The specification with the digests of its images and the ETags of its model data, which the service adds at the registration. */
  private resolved(specification: ModelPackage['InferenceSpecification']): ModelPackage['InferenceSpecification'] {
    const { repositories, s3 } = this.stored;
    return (
      specification && {
        ...specification,
        Containers: specification.Containers?.map((container) => ({
          ImageDigest: repositories.digestOf(container.Image ?? ''),
          ModelDataETag: s3.etagOf(container.ModelDataUrl ?? ''),
          ...container,
        })),
      }
    );
  }

  /** The inference specification; that of a source algorithm with the model data of the package. */
  private specificationOf(input: Wire<CreateModelPackageCommandInput>): ModelPackage['InferenceSpecification'] {
    const source = input.SourceAlgorithmSpecification?.SourceAlgorithms?.[0];
    if (source === undefined) return input.InferenceSpecification;
    const { InferenceSpecification: given } = this.algorithms.existing(source.AlgorithmName ?? '');
    if (given === undefined) throw validationError(`Algorithm ${source.AlgorithmName} has no inference specification.`);
    const { ModelDataUrl, ModelDataSource } = source;
    const [first, ...rest] = given.Containers ?? [];
    return { ...given, Containers: [{ ...first, ModelDataUrl, ModelDataSource }, ...rest] };
  }

  /** Changes the approval status and the metadata of a package. */
  public update(nameOrArn: string, change: Omit<Wire<UpdateModelPackageCommandInput>, 'ModelPackageArn'>): void {
    const before = this.existing(this.own(nameOrArn));
    const { updateTokens: tokens = [], ModelPackageGroupName: group } = before;
    const { ModelApprovalStatus, ApprovalDescription, ClientToken: token } = change;
    const unknown = Object.keys(change).find((member) => !UPDATED.includes(member));
    if (unknown !== undefined) throw validationError(notSupported('sagemaker', `changes of ${unknown}`));
    if (group === undefined && (ModelApprovalStatus ?? ApprovalDescription) !== undefined) {
      throw validationError('Only a version of a model package group has an approval status.');
    }
    if (token !== undefined && tokens.includes(token)) return;
    const updated = this.packages.update(before.ModelPackageArn, {
      ...(ModelApprovalStatus && { ModelApprovalStatus }),
      ...(ApprovalDescription !== undefined && { ApprovalDescription }),
      CustomerMetadataProperties: metadataAfter(before, change),
      LastModifiedTime: now(),
      LastModifiedBy: this.caller(),
      ...(token !== undefined && { updateTokens: [...tokens, token] }),
    });
    if (updated.ModelApprovalStatus !== before.ModelApprovalStatus) {
      this.context.events.publish('modelPackage', updated);
    }
  }

  public delete(nameOrArn: string): void {
    const { ModelPackageArn } = this.existing(this.own(nameOrArn));
    this.packages.delete(ModelPackageArn);
    this.tags.remove(ModelPackageArn);
  }

  /** A model package: of this account, or of another one by its ARN. */
  public existing(nameOrArn: string): ModelPackage {
    const found = this.registryOf(nameOrArn)
      .packages.list()
      .find(({ ModelPackageArn, ModelPackageName }) => ModelPackageArn === nameOrArn || ModelPackageName === nameOrArn);
    if (found === undefined) throw validationError(`ModelPackage ${nameOrArn} does not exist.`);
    return found;
  }

  /** The model packages whose validation is in progress. */
  public inProgress(): ModelPackage[] {
    return this.packages.list().filter(({ ModelPackageStatus }) => ModelPackageStatus === 'InProgress');
  }

  /** Records the progress of the validation. */
  public setValidation(arn: string, ModelPackageStatus: string, ValidationStatuses: object[]): void {
    const { ModelPackageStatus: before } = this.existing(arn);
    const ModelPackageStatusDetails = { ValidationStatuses, ImageScanStatuses: [] };
    const updated = this.packages.update(arn, { ModelPackageStatus, ModelPackageStatusDetails });
    if (ModelPackageStatus !== before) this.context.events.publish('modelPackage', updated);
  }

  public listGroups(): Group[] {
    return this.groups.list();
  }

  public list(): ModelPackage[] {
    return this.packages.list();
  }

  /** Every caller is the only user of the account. */
  private caller(): object {
    return { IamIdentity: { Arn: `arn:aws:iam::${this.context.account}:user/local`, PrincipalId: 'LOCAL' } };
  }

  private group(nameOrArn: string): Group {
    const found = this.registryOf(nameOrArn)
      .groups.list()
      .find((one) => one.ModelPackageGroupName === nameOrArn || one.ModelPackageGroupArn === nameOrArn);
    if (found === undefined) throw validationError(`ModelPackageGroup ${nameOrArn} does not exist.`);
    return found;
  }

  private nameOfGroup(nameOrArn?: string): string | undefined {
    return nameOrArn === undefined ? undefined : this.group(this.own(nameOrArn)).ModelPackageGroupName;
  }

  /** The registry of the account that an ARN names; a name is of this account. */
  private registryOf(nameOrArn = ''): { readonly groups: Store<Group>; readonly packages: Store<ModelPackage> } {
    const account = accountIn(nameOrArn) ?? this.context.account;
    if (account === this.context.account) return { groups: this.groups, packages: this.packages };
    const owner = this.context.existingAccount(account);
    return { groups: owner.store<Group>(GROUPS), packages: owner.store<ModelPackage>(PACKAGES) };
  }

  /** The name or ARN of a resource that is to be changed. */
  private own(nameOrArn: string): string {
    const account = accountIn(nameOrArn) ?? this.context.account;
    if (account === this.context.account) return nameOrArn;
    throw validationError(notSupported('sagemaker', `changes of resources of other accounts: ${nameOrArn}`));
  }

  private nextVersion(group: string): number {
    const { lastVersion } = this.group(group);
    return this.groups.update(group, { lastVersion: lastVersion + 1 }).lastVersion;
  }
}

/** The account in an ARN; undefined for a name. */
function accountIn(nameOrArn: string): string | undefined {
  return nameOrArn.startsWith('arn:') ? nameOrArn.split(':')[4] : undefined;
}

/** The members of UpdateModelPackage that are implemented. */
const UPDATED = [
  'ModelApprovalStatus',
  'ApprovalDescription',
  'CustomerMetadataProperties',
  'CustomerMetadataPropertiesToRemove',
  'ClientToken',
];
const MAX_METADATA = 50;

/** The metadata of a package after an update; undefined if there are none. */
function metadataAfter(
  { CustomerMetadataProperties: before }: ModelPackage,
  {
    CustomerMetadataProperties: added,
    CustomerMetadataPropertiesToRemove: removed = [],
  }: Pick<Wire<UpdateModelPackageCommandInput>, 'CustomerMetadataProperties' | 'CustomerMetadataPropertiesToRemove'>,
): ModelPackage['CustomerMetadataProperties'] {
  const kept = Object.entries({ ...before, ...added }).filter(([key]) => !removed.includes(key));
  if (kept.length > MAX_METADATA) {
    throw validationError(
      `A model package has at most ${MAX_METADATA} customer metadata properties, got ${kept.length}.`,
    );
  }
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}

function isValidated({ ValidationSpecification }: Wire<CreateModelPackageCommandInput>): boolean {
  return (ValidationSpecification?.ValidationProfiles ?? []).length > 0;
}
