import type { ResourceRequest, ResourceState, ResourceTypes } from '../resource-type';
import type { ParameterStore } from './store';

export function ssmResourceTypes(parameters: ParameterStore): ResourceTypes {
  const put = ({ properties, logicalId, stackName }: ResourceRequest): ResourceState => {
    const name = (properties.Name as string | undefined) ?? `CFN-${stackName}-${logicalId}`;
    const { Value, Type } = parameters.put(name, String(properties.Value), properties.Type as string | undefined);
    return { physicalId: name, attributes: { Value, Type } };
  };
  return {
    'AWS::SSM::Parameter': {
      create: (request) => {
        const name = request.properties.Name as string | undefined;
        const exists = name !== undefined && parameters.value(name) !== undefined;
        return exists ? Promise.reject(new Error(`${name} already exists`)) : Promise.resolve(put(request));
      },
      update: (current, request) =>
        Promise.resolve(request.properties.Name === current.properties.Name ? put(request) : undefined),
      delete: ({ physicalId }) => Promise.resolve(parameters.delete(physicalId)),
    },
  };
}
