import { validateRequest } from '../../aws-model/request-validation';
import { validationError } from '../../aws-model/service-error';
import { hasLocalStorage, partsOfUri } from '../../contract';

/** A structure in a request. */
type Structure = Record<string, unknown>;

/** Throws an error if two members of a structure do not fit together, or a member does not fit to the region. */
type Rule = (structure: Structure, region: string) => void;

/** The first part of an image name that is a registry: it contains a dot or a port, as Docker defines it. */
const REGISTRY = /^[^/]*[.:][^/]*\//;

const IMAGES = ['Image', 'TrainingImage', 'ImageUri'];
const ARNS = ['AlgorithmName', 'ModelPackageName', 'ModelPackageGroupName'];

/** The members that list the alternatives or the groups of instances. */
const INSTANCE_LISTS = ['InstanceGroups', 'InstanceConfigs', 'InstancePreferences'];

/** All structures of all requests have the same rules: a member has the same meaning wherever it is. */
const RULES: readonly Rule[] = [imageIsInRegion, resourceIsInRegion, keyFitsStorage, warmPoolFits, spotWaits];

/**
 * Validates a request: each member alone with the service model, and then the rules for which several members, or a member and the
 * region, must be known together.
 */
export function checkRequest(operation: string, input: object, region: string): void {
  validateRequest(operation, input);
  visit(input, (structure) => RULES.forEach((rule) => rule(structure, region)));
}

function visit(value: unknown, visitor: (structure: Structure) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) visitor(value as Structure);
  Object.values(value).forEach((member) => visit(member, visitor));
}

function imageIsInRegion(structure: Structure, region: string): void {
  const { ImageConfig, TrainingImageConfig } = structure as Record<string, Structure | undefined>;
  // An image in a private registry is read through the VPC of the model or the job.
  if (ImageConfig?.RepositoryAccessMode === 'Vpc') return;
  if (TrainingImageConfig?.TrainingRepositoryAccessMode === 'Vpc') return;
  for (const image of stringsOf(structure, IMAGES)) {
    const { region: imageRegion } = partsOfUri(image);
    if (imageRegion !== undefined && imageRegion !== region) {
      throw validationError(
        `Region of "${image}" does not match expected region of ${region}. Cross region ECR image pulls are not allowed.`,
      );
    }
    if (imageRegion === undefined && REGISTRY.test(image)) {
      throw validationError(
        `Invalid image URI ${image}. Please provide a valid Amazon Elastic Container Registry path of the Docker image to run.`,
      );
    }
  }
}

function resourceIsInRegion(structure: Structure, region: string): void {
  for (const arn of stringsOf(structure, ARNS)) {
    const [prefix, , service, arnRegion] = arn.split(':');
    if (prefix !== 'arn' || service !== 'sagemaker' || arnRegion === region) continue;
    throw validationError(`The resource ${arn} is in the region ${arnRegion}, and the request in ${region}.`);
  }
}

function keyFitsStorage(structure: Structure): void {
  if (structure.VolumeKmsKeyId === undefined) return;
  const types = [structure, ...INSTANCE_LISTS.flatMap((name) => structuresOf(structure[name]))];
  const local = types.map(({ InstanceType }) => InstanceType).find(hasLocalStorageType);
  if (local !== undefined) {
    throw validationError(
      `VolumeKmsKeyId is not supported for ${local}, whose local storage is encrypted by the hardware.`,
    );
  }
}

/** Instances of a warm pool are kept alive. */
function warmPoolFits({ ResourceConfig, EnableManagedSpotTraining }: Structure): void {
  const { KeepAlivePeriodInSeconds: keepAlive, InstanceGroups } = (ResourceConfig ?? {}) as Structure;
  if (keepAlive === undefined || keepAlive === 0) return;
  if (EnableManagedSpotTraining === true)
    throw validationError('KeepAlivePeriodInSeconds is not supported with EnableManagedSpotTraining.');
  if (InstanceGroups !== undefined)
    throw validationError('KeepAlivePeriodInSeconds is not supported for heterogeneous clusters.');
}

function spotWaits({ StoppingCondition, EnableManagedSpotTraining: isSpot }: Structure): void {
  if (StoppingCondition === undefined) return;
  const { MaxRuntimeInSeconds = 86_400, MaxWaitTimeInSeconds: wait } = StoppingCondition as Record<string, number>;
  if (isSpot === true && !(wait >= MaxRuntimeInSeconds)) {
    throw validationError(
      'Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds',
    );
  }
  if (isSpot !== true && wait !== undefined) {
    throw validationError(
      'Invalid MaxWaitTimeInSeconds. It is supported only when EnableManagedSpotTraining is set to true',
    );
  }
}

export function hasLocalStorageType(instanceType: unknown): instanceType is string {
  return typeof instanceType === 'string' && hasLocalStorage(instanceType);
}

function stringsOf(structure: Structure, names: readonly string[]): string[] {
  return names.map((name) => structure[name]).filter((value) => typeof value === 'string');
}

function structuresOf(value: unknown): Structure[] {
  return Array.isArray(value) ? (value as Structure[]) : [];
}
