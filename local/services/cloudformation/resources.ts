import type { Context } from '../context';
import type { ResourceType, ResourceTypes } from '../resource-type';
import type { CustomResources } from './custom-resources';
import { recordedType } from './recorded';
import type { WaitConditions } from './wait-conditions';

interface OwnResources {
  readonly customResources: CustomResources;
  readonly waitConditions: WaitConditions;
}

/** Finds a resource type by its name: a custom resource, a type that a service emulates, or one that is only recorded. */
export function resourceTypeFinder(
  context: Context,
  { customResources, waitConditions }: OwnResources,
  emulated: readonly ResourceTypes[],
): (name: string) => ResourceType | undefined {
  const types: ResourceTypes = {
    ...(Object.assign({}, ...emulated) as ResourceTypes),
    'AWS::CloudFormation::CustomResource': customResources.type,
    'AWS::CloudFormation::WaitConditionHandle': waitConditions.handle,
    'AWS::CloudFormation::WaitCondition': waitConditions.condition,
  };
  return (name) => {
    if (Object.hasOwn(types, name)) return types[name];
    return name.startsWith('Custom::') ? customResources.type : recordedType(name, context);
  };
}
