import { notSupported } from '../../aws-model/not-supported';
import { type ResourceRequest, type ResourceState, type ResourceTypes, generatedName } from '../resource-type';
import type { StateMachines } from './store';

interface Properties {
  readonly Definition?: object;
  readonly DefinitionString?: string;
  readonly DefinitionSubstitutions?: Record<string, string | number | boolean>;
  readonly RoleArn: string;
  readonly StateMachineName?: string;
  readonly StateMachineType?: string;
}

/** Logs, traces and encryption have no effect on a local machine. */
const MEMBERS = [
  ...['Definition', 'DefinitionString', 'DefinitionSubstitutions', 'EncryptionConfiguration', 'LoggingConfiguration'],
  ...['RoleArn', 'StateMachineName', 'StateMachineType', 'Tags', 'TracingConfiguration'],
];

export function stepFunctionsResourceTypes(stateMachines: StateMachines): ResourceTypes {
  const put = (name: string, { properties }: ResourceRequest): ResourceState => {
    checkMembers(properties);
    const { RoleArn, ...rest } = properties as unknown as Properties;
    const arn = stateMachines.put(name, definitionOf(rest), RoleArn);
    const { revisionId } = stateMachines.existing(arn);
    return { physicalId: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: revisionId } };
  };
  return {
    'AWS::StepFunctions::StateMachine': {
      create: (request) =>
        Promise.resolve().then(() =>
          put((request.properties.StateMachineName as string | undefined) ?? generatedName(request, 80), request),
        ),
      update: (current, request) =>
        Promise.resolve().then(() =>
          request.properties.StateMachineName === current.properties.StateMachineName
            ? put(String(current.attributes.Name), request)
            : undefined,
        ),
      delete: ({ physicalId }) => Promise.resolve(stateMachines.delete(physicalId)),
    },
  };
}

function checkMembers(properties: Record<string, unknown>): void {
  const unknown = Object.keys(properties).filter((name) => !MEMBERS.includes(name));
  if (unknown.length > 0) {
    throw new Error(notSupported('step-functions', `${unknown.join(' and ')} of state machines`));
  }
  const {
    StateMachineType: type = 'STANDARD',
    Definition,
    DefinitionString,
    RoleArn,
  } = properties as Partial<Properties>;
  if (type !== 'STANDARD') throw new Error(notSupported('step-functions', `state machines of type ${type}`));
  if (typeof RoleArn !== 'string') throw new Error('RoleArn is required.');
  if ((Definition === undefined) === (DefinitionString === undefined)) {
    throw new Error('Exactly one of Definition and DefinitionString is required.');
  }
}

/** The definition with its substitutions: `${name}` is replaced in all texts. */
function definitionOf({
  Definition,
  DefinitionString,
  DefinitionSubstitutions = {},
}: Omit<Properties, 'RoleArn'>): string {
  const text = DefinitionString ?? JSON.stringify(Definition);
  return text.replace(/\$\{([A-Za-z0-9_.-]+)\}/g, (placeholder, name: string) => {
    if (!Object.hasOwn(DefinitionSubstitutions, name)) return placeholder;
    return JSON.stringify(String(DefinitionSubstitutions[name])).slice(1, -1);
  });
}
