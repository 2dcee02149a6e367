import { type ResourceRequest, type ResourceState, type ResourceTypes, generatedName } from '../resource-type';
import type { StateMachines } from './store';

export function stepFunctionsResourceTypes(stateMachines: StateMachines): ResourceTypes {
  const put = (name: string, { properties }: ResourceRequest): ResourceState => {
    if (typeof properties.DefinitionString !== 'string') throw new Error('DefinitionString is required.');
    const arn = stateMachines.create(name, properties.DefinitionString, String(properties.RoleArn));
    return { physicalId: arn, attributes: { Arn: arn, Name: name } };
  };
  return {
    'AWS::StepFunctions::StateMachine': {
      create: (request) =>
        Promise.resolve(
          put((request.properties.StateMachineName as string | undefined) ?? generatedName(request, 80), request),
        ),
      update: (current, request) =>
        Promise.resolve(
          request.properties.StateMachineName === current.properties.StateMachineName
            ? put(String(current.attributes.Name), request)
            : undefined,
        ),
      delete: ({ physicalId }) => Promise.resolve(stateMachines.delete(physicalId)),
    },
  };
}
