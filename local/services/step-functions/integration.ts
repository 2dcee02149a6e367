/** A kind of resource that a task can call. */
export interface Integration {
  readonly kind: 'function' | 'invoke' | 'startExecution';

  /** The names of the resource in the events of the history. */
  readonly resourceType: string;
  readonly resource: string;

  /** The parameters that are supported, and the one that is required; undefined if the input is passed as it is. */
  readonly members?: readonly string[];

  /** Parameters of AWS that the local service does not have. */
  readonly unsupported?: readonly string[];
  readonly required: string;
}

const INVOKE: Integration = {
  kind: 'invoke',
  resourceType: 'lambda',
  resource: 'invoke',
  members: ['FunctionName', 'Payload', 'InvocationType', 'LogType'],
  unsupported: ['ClientContext', 'Qualifier'],
  required: 'FunctionName',
};

const START_EXECUTION: Omit<Integration, 'resource'> = {
  kind: 'startExecution',
  resourceType: 'states',
  members: ['StateMachineArn', 'Input', 'Name', 'TraceHeader'],
  required: 'StateMachineArn',
};

const FUNCTION = /^arn:[\w-]+:lambda:[^:]*:[^:]*:function:[^:]+(:[^:]+)?$/;
const SERVICE = /^arn:[\w-]+:states:[^:]*:[^:]*:(lambda:invoke|states:startExecution(\.sync(:2)?)?)$/;

/** The integration of the resource of a task; undefined if it is not supported. */
export function integrationOf(resource: string): Integration | undefined {
  if (FUNCTION.test(resource)) return { kind: 'function', resourceType: 'lambda', resource, required: '' };
  const [, name] = SERVICE.exec(resource) ?? [];
  if (name === 'lambda:invoke') return INVOKE;
  return name === undefined ? undefined : { ...START_EXECUTION, resource: name.replace('states:', '') };
}
