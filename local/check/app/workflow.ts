import { fillText } from '../../contract';
import type { Resource } from './assembly';
import { at, isObject, list, parsed } from './values';

/** The path of the construct that contains the state machine of a workflow. */
export function workflowOf(resource: Resource): Resource {
  return { ...resource, path: resource.path.replace(/\/Workflow\/StateMachine$/, '') };
}

/** The tasks of a state machine by the names of their states, also those in branches and loops. */
export function tasksOf({ properties }: Resource): [string, unknown][] {
  return tasksIn(properties.Definition ?? parsed(properties.DefinitionString));
}

function tasksIn(definition: unknown): [string, unknown][] {
  const states = at(definition, 'States');
  return Object.entries(isObject(states) ? states : {}).flatMap(([name, state]): [string, unknown][] => [
    ...(at(state, 'Type') === 'Task' ? [[name, state] as [string, unknown]] : []),
    ...[at(state, 'Iterator'), at(state, 'ItemProcessor'), ...list(at(state, 'Branches'))].flatMap(tasksIn),
  ]);
}

/** The kind of the job that a task of a workflow of this library runs, and its request; undefined if that is only known at deployment. */
export function jobOfTask(state: unknown): { readonly kind: unknown; readonly request: unknown } | undefined {
  const parameters = at(state, 'Parameters') ?? at(state, 'Arguments');
  if (at(parameters, 'Action') !== 'RunJob') return undefined;
  const request = at(parameters, 'Request');
  // The handler fills the request. Its placeholders are only known when it runs.
  const text = typeof request === 'string' ? fillText(request, {}) : request;
  return { kind: at(parameters, 'Job', 'Kind'), request: parsed(text) };
}
