import { setTimeout as pause } from 'node:timers/promises';
import type { Control } from './operations';
import { checkRequest, coerced } from '../../aws-model/request-validation';
import { type Made, type Provider, type ProviderRequest, generatedName } from '../cloudformation/provider';

const POLL_MS = 100;

/** The resources of SageMaker. Names of properties are the API's, so that they are passed on as they are. */
export function sagemaker(control: Control): Record<string, Provider> {
  return {
    'AWS::SageMaker::Algorithm': algorithm(control),
    'AWS::SageMaker::ModelPackageGroup': group(control),
    'AWS::SageMaker::ModelPackage': modelPackage(control),
    'AWS::SageMaker::Model': model(control),
    'AWS::SageMaker::EndpointConfig': endpointConfig(control),
    'AWS::SageMaker::Endpoint': endpoint(control),
  };
}

/** What is gone already is no error. */
function gone(remove: () => void): Promise<void> {
  return Promise.resolve()
    .then(remove)
    .catch((error: Error) => {
      if (!/does not exist|Could not find/.test(error.message)) throw error;
    });
}

/**
 * The properties with the tags of the stack, as the operation takes them; what the API would refuse is refused here too. A
 * name is generated where the template has none.
 */
function input<T>(operation: string, { properties, tags }: ProviderRequest, name: object = {}): T {
  const own = (properties.Tags ?? []) as { Key: string }[];
  const all = [...own, ...tags.filter(({ Key }) => !own.some((tag) => tag.Key === Key))];
  const given = coerced(operation, { ...name, ...properties, ...(all.length > 0 ? { Tags: all } : {}) });
  checkRequest(operation, given);
  return given as T;
}

function algorithm({ algorithms }: Control): Provider {
  return {
    create: async (request) => {
      const { AlgorithmName, AlgorithmArn } = algorithms.create(input('CreateAlgorithm', request));
      request.made(AlgorithmName);
      while (algorithms.existing(AlgorithmName).AlgorithmStatus === 'InProgress') await pause(POLL_MS);
      const { AlgorithmStatus, AlgorithmStatusDetails } = algorithms.existing(AlgorithmName);
      if (AlgorithmStatus === 'Failed') {
        throw new Error(`The validation of the algorithm failed: ${JSON.stringify(AlgorithmStatusDetails)}`);
      }
      return { physicalId: AlgorithmName, attributes: { AlgorithmArn, AlgorithmStatus } };
    },
    delete: ({ physicalId }) => gone(() => algorithms.delete(physicalId)),
  };
}

function group({ packages }: Control): Provider {
  /** Whom the group lets in has no effect on this machine: nobody of another account is there. */
  const withoutPolicy = ({ ModelPackageGroupPolicy, ...own }: Record<string, unknown>): Record<string, unknown> => {
    void ModelPackageGroupPolicy;
    return own;
  };
  return {
    create: (request) => {
      const properties = withoutPolicy(request.properties);
      const { ModelPackageGroupArn } = packages.createGroup(
        input('CreateModelPackageGroup', { ...request, properties }),
      );
      return Promise.resolve({ physicalId: ModelPackageGroupArn, attributes: { ModelPackageGroupArn } });
    },
    update: (current, { properties }) =>
      Promise.resolve(
        hasChanged(current.properties, properties, ['ModelPackageGroupPolicy', 'Tags'])
          ? undefined
          : { physicalId: current.physicalId, attributes: current.attributes },
      ),
    delete: ({ physicalId }) => gone(() => packages.deleteGroup(physicalId)),
  };
}

/** Whether more has changed than what can be changed in place. */
function hasChanged(before: Record<string, unknown>, after: Record<string, unknown>, inPlace: string[]): boolean {
  const rest = (properties: Record<string, unknown>): string =>
    JSON.stringify(Object.entries(properties).filter(([name]) => !inPlace.includes(name)));
  return rest(before) !== rest(after);
}

const APPROVAL = ['ModelApprovalStatus', 'ApprovalDescription', 'CustomerMetadataProperties'];

function modelPackage({ packages }: Control): Provider {
  return {
    create: (request) => {
      // The reason comes after the package: only the operation that changes it knows it.
      const { ApprovalDescription, ...properties } = request.properties;
      const { Tags: tags, ...definition } = input<Record<string, unknown>>('CreateModelPackage', {
        ...request,
        properties,
      });
      // The service refuses tags on versions; the stack's own are not passed on to them either.
      const isVersion = definition.ModelPackageGroupName !== undefined && properties.Tags === undefined;
      const made = packages.create(isVersion ? definition : { ...definition, Tags: tags });
      const { ModelPackageArn, ModelPackageStatus } = made;
      if (ApprovalDescription !== undefined) packages.update(ModelPackageArn, { ApprovalDescription } as never);
      return Promise.resolve({ physicalId: ModelPackageArn, attributes: { ModelPackageArn, ModelPackageStatus } });
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
    delete: ({ physicalId }) => gone(() => packages.delete(physicalId)),
  };
}

function model({ models }: Control): Provider {
  return {
    create: (request) => {
      const name = { ModelName: generatedName(request) };
      const { ModelName, ModelArn } = models.create(input('CreateModel', request, name));
      return Promise.resolve({ physicalId: ModelArn, attributes: { ModelArn, ModelName, Id: ModelArn } });
    },
    delete: ({ attributes }) => gone(() => models.delete(String(attributes.ModelName))),
  };
}

function endpointConfig({ configs }: Control): Provider {
  return {
    create: (request) => {
      const name = { EndpointConfigName: generatedName(request) };
      const made = configs.create(input('CreateEndpointConfig', request, name));
      const { EndpointConfigName, EndpointConfigArn } = made;
      const attributes = { EndpointConfigName, EndpointConfigArn, Id: EndpointConfigArn };
      return Promise.resolve({ physicalId: EndpointConfigArn, attributes });
    },
    delete: ({ attributes }) => gone(() => configs.delete(String(attributes.EndpointConfigName))),
  };
}

function endpoint({ endpoints }: Control): Provider {
  const made = (name: string): Made => {
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
      // An endpoint whose containers never get healthy is there all the same, and is deleted by the rollback.
      request.made(EndpointArn);
      const fault = await untilSettled(EndpointName);
      if (fault !== undefined) throw new Error(fault);
      return made(EndpointName);
    },
    update: async (current, { properties }) => {
      const name = nameOf(current.physicalId);
      if (properties.EndpointName !== current.properties.EndpointName) return undefined;
      await untilSettled(name);
      endpoints.update({
        ...properties,
        EndpointName: name,
        EndpointConfigName: nameOf(String(properties.EndpointConfigName)),
      });
      const fault = await untilSettled(name);
      if (fault !== undefined) throw new Error(fault);
      return made(name);
    },
    delete: async ({ physicalId }) => {
      const name = endpoints.nameOf(physicalId);
      if (name === undefined) return;
      await gone(() => endpoints.delete(name));
      while (endpoints.nameOf(physicalId) !== undefined) await pause(POLL_MS);
    },
  };

  /** References stand for ARNs, whose names are in lower case: the record knows the name as it was given. */
  function nameOf(nameOrArn: string): string {
    return endpoints.nameOf(nameOrArn) ?? nameOrArn;
  }
}

/** The type has members that only say how a later update goes. */
function withoutUpdateOptions(properties: Record<string, unknown>): Record<string, unknown> {
  const { RetainAllVariantProperties, ExcludeRetainedVariantProperties, RetainDeploymentConfig, ...own } = properties;
  void [RetainAllVariantProperties, ExcludeRetainedVariantProperties, RetainDeploymentConfig];
  return own;
}
