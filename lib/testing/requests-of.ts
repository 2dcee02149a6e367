import type { RegisterInput, RunJobInput } from '../handlers/workflow-contract';
import { KINDS } from '../private/job-kinds';
import { type Resources, TemplateJson } from './template-json';

/** The noun in the name of the operation of a request: `Create<noun>`. */
export type Noun = 'TrainingJob' | 'HyperParameterTuningJob' | 'ProcessingJob' | 'TransformJob' | 'ModelPackage';

const NOUNS: Record<string, string | undefined> = Object.fromEntries(
  Object.values(KINDS).map(({ resourceType, apiNoun }) => [resourceType, apiNoun]),
);

interface State {
  readonly Parameters?: Partial<RunJobInput> | Partial<RegisterInput>;
}

/** The requests in a template, as the resources of another template: the type is the noun, and the properties are the request. */
export function requestsOf(resources: Resources): Resources {
  const json = new TemplateJson(resources);
  return Object.fromEntries(
    Object.entries(resources).flatMap(([id, { Type, Properties = {} }]) => {
      if (Type === 'AWS::StepFunctions::StateMachine') return stepsOf(json, id, Properties.DefinitionString);
      const noun = NOUNS[Type];
      return noun === undefined ? [] : [[id, requestOf(json, noun, Properties)]];
    }),
  );
}

/** The requests of the steps of a workflow: `<logical id of the state machine>.<name of the step>`. */
function stepsOf(json: TemplateJson, id: string, definition: unknown): [string, Resources[string]][] {
  const { States = {} } = (json.parse(definition) ?? {}) as { readonly States?: Record<string, State> };
  return Object.entries(States).flatMap(([name, { Parameters: parameters }]): [string, Resources[string]][] => {
    const noun = parameters === undefined ? undefined : nounOf(parameters);
    return noun === undefined ? [] : [[`${id}.${name}`, requestOf(json, noun, { ...parameters })]];
  });
}

/** Undefined if the step creates nothing, or is not a step of a workflow of this library. */
function nounOf(parameters: NonNullable<State['Parameters']>): string | undefined {
  if (parameters.Action === 'Register') return 'ModelPackage' satisfies Noun;
  const kind = parameters.Action === 'RunJob' ? parameters.Job?.Kind : undefined;
  return kind && KINDS[kind].apiNoun;
}

/** The request as the handler sends it, without the name. */
function requestOf(
  json: TemplateJson,
  noun: string,
  { Request, Tags }: { readonly Request?: unknown; readonly Tags?: unknown },
): Resources[string] {
  const tags = Tags === undefined ? undefined : json.restore(json.parse(Tags));
  const request = json.restore(json.parse(Request)) as Record<string, unknown>;
  return { Type: noun, Properties: { ...request, ...(isFilled(tags) ? { Tags: tags } : {}) } };
}

function isFilled(tags: unknown): boolean {
  return Array.isArray(tags) && tags.length > 0;
}
