import { setTimeout as pause } from 'node:timers/promises';
import { coerceRequest } from '../../aws-model/request-validation';
import type { Caller } from '../access';
import type { Permissions, PolicyDocument, ResourcePolicies } from '../iam';
import {
  type ExistingResource,
  type ResourceRequest,
  type ResourceState,
  type ResourceType,
  type ResourceTypes,
  generatedName,
} from '../resource-type';
import type { ControlPlane } from './operations';
import { checkRequest } from './request-rules';

const POLL_MS = 100;

/** The resource types of SageMaker. The properties have the names of the API, so that they are passed to it unchanged. */
export function sageMakerResourceTypes(control: ControlPlane, permissions: Permissions): ResourceTypes {
  return {
    'AWS::SageMaker::Algorithm': algorithm(control),
    'AWS::SageMaker::ModelPackageGroup': group(control, permissions.resourcePolicies),
    'AWS::SageMaker::ModelPackage': modelPackage(control),
    'AWS::SageMaker::Model': model(control, permissions.administrator),
    'AWS::SageMaker::EndpointConfig': endpointConfig(control),
    'AWS::SageMaker::Endpoint': endpoint(control),
    'AWS::SageMaker::InferenceComponent': inferenceComponent(control),
  };
}

/** Deletes a resource. That it does not exist is not an error. */
function deleteIfExists(remove: () => void): Promise<void> {
  return Promise.resolve()
    .then(remove)
    .catch((error: Error) => {
      if (!/does not exist|Could not find/.test(error.message)) throw error;
    });
}

/** The input of the operation that creates a resource: the properties, the tags of the stack, and a name if they have none. */
function input<T>(operation: string, { properties, tags, stackId }: ResourceRequest, name: object = {}): T {
  const own = (properties.Tags ?? []) as { Key: string }[];
  const all = [...own, ...tags.filter(({ Key }) => !own.some((tag) => tag.Key === Key))];
  const given = coerceRequest(operation, { ...name, ...properties, ...(all.length > 0 ? { Tags: all } : {}) });
  const [, , , region] = stackId.split(':');
  checkRequest(operation, given, region);
  return given as T;
}

function algorithm({ algorithms }: ControlPlane): ResourceType {
  return {
    create: async (request) => {
      const { AlgorithmName, AlgorithmArn } = algorithms.create(input('CreateAlgorithm', request));
      request.onCreated(AlgorithmName);
      while (algorithms.existing(AlgorithmName).AlgorithmStatus === 'InProgress') await pause(POLL_MS);
      const { AlgorithmStatus, AlgorithmStatusDetails } = algorithms.existing(AlgorithmName);
      if (AlgorithmStatus === 'Failed') {
        throw new Error(`The validation of the algorithm failed: ${JSON.stringify(AlgorithmStatusDetails)}`);
      }
      return { physicalId: AlgorithmName, attributes: { AlgorithmArn, AlgorithmStatus } };
    },
    delete: ({ physicalId }) => deleteIfExists(() => algorithms.delete(physicalId)),
  };
}

function group({ packages }: ControlPlane, policies: ResourcePolicies): ResourceType {
  /** Puts the resource policy of a group, which also applies to its versions. */
  const putPolicy = (groupArn: string, document: unknown): void => {
    const arns = [groupArn, groupArn.replace(':model-package-group/', ':model-package/')];
    for (const arn of arns) {
      if (document === undefined) policies.delete(arn);
      else policies.put(arn, arn, document as PolicyDocument);
    }
  };
  return {
    create: (request) => {
      const { ModelPackageGroupPolicy, ...properties } = request.properties;
      const { ModelPackageGroupArn } = packages.createGroup(
        input('CreateModelPackageGroup', { ...request, properties }),
      );
      request.onCreated(ModelPackageGroupArn);
      putPolicy(ModelPackageGroupArn, ModelPackageGroupPolicy);
      return Promise.resolve({ physicalId: ModelPackageGroupArn, attributes: { ModelPackageGroupArn } });
    },
    update: ({ properties: before, physicalId, attributes }, { properties }) => {
      if (hasChanged(before, properties, ['ModelPackageGroupPolicy', 'Tags'])) return Promise.resolve(undefined);
      putPolicy(physicalId, properties.ModelPackageGroupPolicy);
      return Promise.resolve({ physicalId, attributes });
    },
    delete: async ({ physicalId }) => {
      await deleteIfExists(() => packages.deleteGroup(physicalId));
      putPolicy(physicalId, undefined);
    },
  };
}

/** Whether a property has changed that cannot be updated in place. */
function hasChanged(before: Record<string, unknown>, after: Record<string, unknown>, inPlace: string[]): boolean {
  const rest = (properties: Record<string, unknown>): string =>
    JSON.stringify(Object.entries(properties).filter(([name]) => !inPlace.includes(name)));
  return rest(before) !== rest(after);
}

/** Changes the tags of a resource if nothing else has changed; undefined if something else has. */
function retagged(
  { operations }: ControlPlane,
  { properties: before, physicalId, attributes }: ExistingResource,
  { properties }: Pick<ResourceRequest, 'properties'>,
): ResourceState | undefined {
  if (hasChanged(before, properties, ['Tags'])) return undefined;
  const keysOf = ({ Tags = [] }: { readonly Tags?: { readonly Key: string }[] }): string[] =>
    Tags.map(({ Key }) => Key);
  const TagKeys = keysOf(before).filter((key) => !keysOf(properties).includes(key));
  if (TagKeys.length > 0) operations.DeleteTags({ ResourceArn: physicalId, TagKeys } as never);
  operations.AddTags({ ResourceArn: physicalId, Tags: properties.Tags ?? [] } as never);
  return { physicalId, attributes };
}

const APPROVAL = ['ModelApprovalStatus', 'ApprovalDescription', 'CustomerMetadataProperties'];

function modelPackage({ packages }: ControlPlane): ResourceType {
  return {
    create: async (request) => {
      // ApprovalDescription is a member of UpdateModelPackage, and not of CreateModelPackage.
      const { ApprovalDescription, ...properties } = request.properties;
      const { Tags: tags, ...definition } = input<Record<string, unknown>>('CreateModelPackage', {
        ...request,
        properties,
      });
      // Versions must not have tags: those of the stack are not passed to them.
      const isVersion = definition.ModelPackageGroupName !== undefined && properties.Tags === undefined;
      const { ModelPackageArn } = packages.create(isVersion ? definition : { ...definition, Tags: tags });
      request.onCreated(ModelPackageArn);
      if (ApprovalDescription !== undefined) packages.update(ModelPackageArn, { ApprovalDescription } as never);
      while (packages.existing(ModelPackageArn).ModelPackageStatus === 'InProgress') await pause(POLL_MS);
      const { ModelPackageStatus, ModelPackageStatusDetails } = packages.existing(ModelPackageArn);
      if (ModelPackageStatus === 'Failed') {
        throw new Error(`The validation of the model package failed: ${JSON.stringify(ModelPackageStatusDetails)}`);
      }
      return { physicalId: ModelPackageArn, attributes: { ModelPackageArn, ModelPackageStatus } };
    },
    update: ({ properties: before, physicalId, attributes }, { properties }) => {
      if (hasChanged(before, properties, [...APPROVAL, 'Tags'])) return Promise.resolve(undefined);
      const { CustomerMetadataProperties: metadata = {} } = properties as { CustomerMetadataProperties?: object };
      const { CustomerMetadataProperties: old = {} } = before as { CustomerMetadataProperties?: object };
      packages.update(physicalId, {
        ModelApprovalStatus: properties.ModelApprovalStatus,
        ApprovalDescription: properties.ApprovalDescription,
        CustomerMetadataProperties: metadata,
        CustomerMetadataPropertiesToRemove: Object.keys(old).filter((key) => !(key in metadata)),
      } as never);
      return Promise.resolve({ physicalId, attributes });
    },
    delete: ({ physicalId }) => deleteIfExists(() => packages.delete(physicalId)),
  };
}

function model(control: ControlPlane, administrator: Caller): ResourceType {
  const { models, access } = control;
  return {
    create: (request) => {
      const given = input<never>('CreateModel', request, { ModelName: generatedName(request) });
      // The role of AWS CloudFormation has all permissions in this account: the account of a model package decides too.
      administrator.check(access.CreateModel(given));
      const { ModelName, ModelArn } = models.create(given);
      return Promise.resolve({ physicalId: ModelArn, attributes: { ModelArn, ModelName, Id: ModelArn } });
    },
    update: (current, request) => Promise.resolve(retagged(control, current, request)),
    delete: ({ attributes }) => deleteIfExists(() => models.delete(String(attributes.ModelName))),
  };
}

function endpointConfig(control: ControlPlane): ResourceType {
  const { configs } = control;
  return {
    create: (request) => {
      const name = { EndpointConfigName: generatedName(request) };
      const { EndpointConfigName, EndpointConfigArn } = configs.create(input('CreateEndpointConfig', request, name));
      const attributes = { EndpointConfigName, EndpointConfigArn, Id: EndpointConfigArn };
      return Promise.resolve({ physicalId: EndpointConfigArn, attributes });
    },
    update: (current, request) => Promise.resolve(retagged(control, current, request)),
    delete: ({ attributes }) => deleteIfExists(() => configs.delete(String(attributes.EndpointConfigName))),
  };
}

function endpoint(control: ControlPlane): ResourceType {
  const { endpoints } = control;
  const stateOf = (name: string): ResourceState => {
    const { EndpointArn } = endpoints.existing(name);
    return { physicalId: EndpointArn, attributes: { EndpointName: name, EndpointArn, Id: EndpointArn } };
  };
  const untilSettled = async (name: string): Promise<string | undefined> => {
    for (;;) {
      const { EndpointStatus, FailureReason } = endpoints.existing(name);
      if (EndpointStatus === 'InService' || EndpointStatus === 'Failed') return FailureReason;
      await pause(POLL_MS);
    }
  };
  return {
    create: async (request) => {
      const properties = withoutUpdateOptions(request.properties);
      const name = { EndpointName: generatedName(request) };
      const { EndpointName, EndpointArn } = endpoints.create(input('CreateEndpoint', { ...request, properties }, name));
      // An endpoint whose containers do not become healthy exists too: a rollback deletes it.
      request.onCreated(EndpointArn);
      const failure = await untilSettled(EndpointName);
      if (failure !== undefined) throw new Error(failure);
      return stateOf(EndpointName);
    },
    update: async (current, { properties }) => {
      const name = nameOf(current.physicalId);
      if (properties.EndpointName !== current.properties.EndpointName) return undefined;
      const unchanged = retagged(control, current, { properties });
      if (unchanged !== undefined) return unchanged;
      await untilSettled(name);
      const EndpointConfigName = nameOf(String(properties.EndpointConfigName));
      const { EndpointConfigName: active, FailureReason } = endpoints.existing(name);
      // The endpoint has rolled back its last update itself.
      if (FailureReason !== undefined && EndpointConfigName === active) return stateOf(name);
      endpoints.update(coerceRequest('UpdateEndpoint', { ...properties, EndpointName: name, EndpointConfigName }));
      const failure = await untilSettled(name);
      if (failure !== undefined) throw new Error(failure);
      return stateOf(name);
    },
    delete: async ({ physicalId }) => {
      const name = endpoints.nameOf(physicalId);
      if (name === undefined) return;
      await deleteIfExists(() => endpoints.delete(name));
      while (endpoints.nameOf(physicalId) !== undefined) await pause(POLL_MS);
    },
  };

  /** References are ARNs, in which the names are in lower case: looks up the name of the endpoint. */
  function nameOf(nameOrArn: string): string {
    return endpoints.nameOf(nameOrArn) ?? nameOrArn;
  }
}

function inferenceComponent({ components }: ControlPlane): ResourceType {
  const settled = async (name: string): Promise<ResourceState> => {
    for (;;) {
      const component = components.existing(name);
      const { InferenceComponentStatus: status, InferenceComponentArn, FailureReason } = component;
      if (status !== 'InService' && status !== 'Failed') await pause(POLL_MS);
      else if (FailureReason !== undefined) throw new Error(FailureReason);
      else {
        const attributes = {
          InferenceComponentArn,
          InferenceComponentStatus: status,
          EndpointArn: component.EndpointArn,
        };
        return { physicalId: InferenceComponentArn, attributes };
      }
    }
  };
  return {
    create: async (request) => {
      const { DeploymentConfig, EndpointArn, ...properties } = request.properties;
      void [DeploymentConfig, EndpointArn];
      const name = { InferenceComponentName: generatedName(request) };
      const created = components.create(input('CreateInferenceComponent', { ...request, properties }, name));
      request.onCreated(created.InferenceComponentArn);
      return settled(created.InferenceComponentName);
    },
    update: async ({ physicalId, properties: before }, { properties }) => {
      const name = components.nameOf(physicalId);
      if (name === undefined || hasChanged(before, properties, COMPONENT_UPDATES)) return undefined;
      const { Specification, RuntimeConfig, DeploymentConfig } = properties;
      const change = { InferenceComponentName: name, Specification, RuntimeConfig, DeploymentConfig };
      components.update(coerceRequest('UpdateInferenceComponent', change) as never);
      return settled(name);
    },
    delete: async ({ physicalId }) => {
      const name = components.nameOf(physicalId);
      if (name === undefined) return;
      await deleteIfExists(() => components.delete(name));
      while (components.nameOf(physicalId) !== undefined) await pause(POLL_MS);
    },
  };
}

const COMPONENT_UPDATES = ['Specification', 'RuntimeConfig', 'DeploymentConfig', 'Tags'];

/** The properties without those that only apply to updates. */
function withoutUpdateOptions(properties: Record<string, unknown>): Record<string, unknown> {
  const { RetainAllVariantProperties, ExcludeRetainedVariantProperties, RetainDeploymentConfig, ...own } = properties;
  void [RetainAllVariantProperties, ExcludeRetainedVariantProperties, RetainDeploymentConfig];
  return own;
}
