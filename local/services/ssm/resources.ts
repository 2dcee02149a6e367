import { notSupported } from '../../aws-model/not-supported';
import type { ResourceRequest, ResourceState, ResourceTypes } from '../resource-type';
import type { ParameterStore } from './store';

const IMPLEMENTED = ['Name', 'Type', 'Value', 'Description', 'AllowedPattern', 'Tier', 'Tags'];

export function ssmResourceTypes(parameters: ParameterStore): ResourceTypes {
  const put = ({ properties, logicalId, stackName }: ResourceRequest): ResourceState => {
    const { Tags, ...given } = properties;
    void Tags;
    const Name = nameIn(properties) ?? `CFN-${stackName}-${logicalId}`;
    const { Value, Type } = parameters.put({ ...given, Name, Value: String(given.Value) });
    return { physicalId: Name, attributes: { Value, Type } };
  };
  return {
    'AWS::SSM::Parameter': {
      create: (request) =>
        Promise.resolve().then(() => {
          checkProperties(request.properties);
          const name = nameIn(request.properties);
          if (name !== undefined && parameters.value(name) !== undefined) throw new Error(`${name} already exists`);
          return put(request);
        }),
      update: (current, request) =>
        Promise.resolve().then(() => {
          checkProperties(request.properties);
          return nameIn(request.properties) === nameIn(current.properties) ? put(request) : undefined;
        }),
      // CloudFormation writes the value of the template back, also if it was changed in the meantime.
      updateTags: (_current, request) => Promise.resolve(void put(request)),
      delete: ({ physicalId }) => Promise.resolve(parameters.delete(physicalId)),
    },
  };
}

function nameIn({ Name }: Record<string, unknown>): string | undefined {
  return Name as string | undefined;
}

function checkProperties(properties: Record<string, unknown>): void {
  const isDefault = (name: string): boolean => name === 'DataType' && properties[name] === 'text';
  const unknown = Object.keys(properties).find((name) => !IMPLEMENTED.includes(name) && !isDefault(name));
  if (unknown !== undefined) throw new Error(notSupported('ssm', `${unknown} of a parameter`));
}
