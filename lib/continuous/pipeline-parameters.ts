import { Tokenization, aws_events as events } from 'aws-cdk-lib';
import { sortedEntries } from '../private/sorted-entries';
import { type ValidationErrors, errorOf, isKnown, quote } from '../private/validation';

/** Options for the start of a SageMaker pipeline. */
export interface PipelineStartOptions {
  /**
   * The values of parameters of the pipeline by their names, at most 200. An event rule can use a value of its event:
   * `events.EventField.fromPath('$.detail.ModelPackageArn')`.
   *
   * @default - the default values of the pipeline
   */
  readonly parameters?: { [name: string]: string };
}

/** The resource that starts the pipeline. Its service has limits in addition to those of SageMaker. */
export type PipelineStarter = 'rule' | 'schedule';

/** The names that EventBridge accepts. SageMaker and EventBridge Scheduler also accept underscores. */
const NAME_IN_RULE = /^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/;

/** Validates the parameters with which a rule or a schedule starts a pipeline. */
export function checkParameters(
  errors: ValidationErrors,
  starter: PipelineStarter,
  { parameters = {} }: PipelineStartOptions,
): void {
  const shapes = { map: 'ParameterList', key: 'PipelineParameterName', value: 'String1024' } as const;
  errors.checkMap('parameters', shapes, parameters);
  for (const [name, value] of Object.entries(parameters)) {
    if (starter === 'rule') checkInRule(errors, name, value);
    else checkInSchedule(errors, name, value);
  }
}

function checkInRule(errors: ValidationErrors, name: string, value: string): void {
  const isName = isKnown(name) && errorOf('PipelineParameterName', name) === undefined;
  errors.when(
    isName && !NAME_IN_RULE.test(name),
    `\`parameters\` key "${name}" must start and end with a letter or digit, and must not contain underscores: EventBridge rules do not ` +
      'accept it. Rename the parameter of the pipeline, or start the pipeline on a schedule',
  );
  errors.when(
    hasEventField(value) && Tokenization.reverseString(value).length > 1,
    `\`parameters["${name}"]\` must not contain other text than the field of the event, which EventBridge would not replace`,
  );
}

function checkInSchedule(errors: ValidationErrors, name: string, value: string): void {
  errors.when(
    value === '',
    `\`parameters["${name}"]\` must not be empty in a schedule, got: ${quote(value)}. Omit it if the default of the pipeline fits`,
  );
  errors.when(
    hasEventField(value),
    `\`parameters["${name}"]\` must not be the field of an event, which a schedule does not have`,
  );
}

function hasEventField(value: string): boolean {
  return Tokenization.reverseString(value).tokens.some((token) => token instanceof events.EventField);
}

/** The parameters as a list. Undefined if there are none. */
export function parameterList({
  parameters = {},
}: PipelineStartOptions): { readonly name: string; readonly value: string }[] | undefined {
  const list = sortedEntries(parameters).map(([name, value]) => ({ name, value }));
  return list.length === 0 ? undefined : list;
}
