import type { JobKind } from '../handlers/contract';
import type { ComparisonJob } from '../handlers/release-contract';
import type { RegisterInput, RunJobInput } from '../handlers/workflow-contract';
import { KINDS } from '../private/job-kinds';
import { type Resources, TemplateJson } from './template-json';

/** The noun in the name of the operation of a request: `Create<noun>`. */
export type Noun = 'TrainingJob' | 'HyperParameterTuningJob' | 'ProcessingJob' | 'TransformJob' | 'ModelPackage';

const NOUNS: Record<string, string | undefined> = Object.fromEntries(
  Object.values(KINDS).map(({ resourceType, apiNoun }) => [resourceType, apiNoun]),
);

/** The input of the step that reconciles a release, which runs the comparison of a shadow test. */
interface ReleaseInput {
  readonly Action?: undefined;
  readonly Release?: { readonly ShadowTest?: { readonly Comparison?: ComparisonJob } };
}

type Parameters = Partial<RunJobInput> | Partial<RegisterInput> | ReleaseInput;

interface State {
  readonly Parameters?: Parameters;
}

/** The members of a custom resource or of a step that create a job or a model version. */
interface RequestMembers {
  readonly Request?: unknown;
  readonly Tags?: unknown;
}

/** The requests in a template, as the resources of another template: the type is the noun, and the properties are the request. */
export function requestsOf(resources: Resources): Resources {
  const json = new TemplateJson(resources);
  return Object.fromEntries(
    Object.entries(resources).flatMap(([id, { Type, Properties = {} }]) => {
      if (Type === 'AWS::StepFunctions::StateMachine') return stepsOf(json, id, Properties.DefinitionString);
      const noun = NOUNS[Type];
      // A custom resource of another library can have the same type.
      return noun === undefined || Properties.Request === undefined
        ? []
        : [[id, requestOf(json, id, noun, Properties)]];
    }),
  );
}

/** The requests of the steps of a workflow: `<logical id of the state machine>.<name of the step>`. */
function stepsOf(json: TemplateJson, id: string, definition: unknown): [string, Resources[string]][] {
  const { States = {} } = (json.parse(definition) ?? {}) as { readonly States?: Record<string, State> };
  return Object.entries(States).flatMap(([name, { Parameters: parameters = {} }]): [string, Resources[string]][] => {
    const [noun, members] = creationOf(parameters) ?? [];
    const step = `${id}.${name}`;
    return noun === undefined ? [] : [[step, requestOf(json, step, noun, members ?? {})]];
  });
}

/** The noun and the request of what a step creates. Undefined if it creates nothing, or is not a step of a workflow of this library. */
function creationOf(parameters: Parameters): [string, RequestMembers] | undefined {
  if (parameters.Action === 'Register') return ['ModelPackage' satisfies Noun, { ...parameters }];
  if (parameters.Action === 'RunJob') {
    const kind = parameters.Job?.Kind;
    return isKind(kind) ? [KINDS[kind].apiNoun, { ...parameters }] : undefined;
  }
  const comparison = (parameters as ReleaseInput).Release?.ShadowTest?.Comparison;
  return comparison && [KINDS.processing.apiNoun, comparison];
}

function isKind(kind: JobKind | undefined): kind is JobKind {
  return kind !== undefined && Object.hasOwn(KINDS, kind);
}

/**
 * The request as the handler sends it, without the name.
 *
 * @throws an error if it is not known at synthesis: it would match every member that is expected to be absent
 */
function requestOf(json: TemplateJson, id: string, noun: string, { Request, Tags }: RequestMembers): Resources[string] {
  const tags = Tags === undefined ? undefined : json.restore(json.parse(Tags));
  const request = json.parse(Request);
  if (typeof request !== 'object' || request === null) {
    throw new Error(
      `The request of ${id} must be JSON text whose members are known at synthesis, got: ${JSON.stringify(Request)}. ` +
        'Use `addRequestOverride` instead of an override of the resource',
    );
  }
  return {
    Type: noun,
    Properties: { ...(json.restore(request) as object), ...(isFilled(tags) ? { Tags: tags } : {}) },
  };
}

function isFilled(tags: unknown): boolean {
  return Array.isArray(tags) && tags.length > 0;
}
