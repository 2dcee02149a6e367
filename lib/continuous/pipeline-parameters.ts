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
  errors.checkMap(
    'parameters',
    { map: 'ParameterList', key: 'PipelineParameterName', value: 'String1024' },
    parameters,
  );
  for (const [name, value] of Object.entries(parameters)) {
    const isName = isKnown(name) && errorOf('PipelineParameterName', name) === undefined;
    errors.when(
      starter === 'rule' && isName && !NAME_IN_RULE.test(name),
      `\`parameters\` key "${name}" must start and end with a letter or digit, and must not contain underscores: EventBridge rules do not ` +
        'accept it. Rename the parameter of the pipeline, or start the pipeline by a schedule',
    );
    errors.when(
      starter === 'schedule' && isKnown(value) && value === '',
      `\`parameters["${name}"]\` must not be empty in a schedule, got: ${quote(value)}. Omit it if the default of the pipeline fits`,
    );
  }
}

/** The parameters as a list. Undefined if there are none. */
export function parameterList({
  parameters = {},
}: PipelineStartOptions): { readonly name: string; readonly value: string }[] | undefined {
  const list = Object.entries(parameters).map(([name, value]) => ({ name, value }));
  return list.length === 0 ? undefined : list;
}
