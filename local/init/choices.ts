/** The choices of a new project; the first one of each is the default. */
export const CHOICES = {
  language: ['python', 'node', 'go', 'rust', 'r'],
  framework: ['plain', 'scikit-learn', 'pytorch', 'xgboost'],
  layout: ['combined', 'split'],
  app: ['typescript', 'python', 'none'],
  serving: ['realtime', 'serverless', 'async', 'batch', 'multi-model'],
} as const;

export type Choice = keyof typeof CHOICES;
export type Value<C extends Choice> = (typeof CHOICES)[C][number];

/** The choices of the user so far, as text. */
export type Given = { readonly [C in Choice]?: string };

/** A complete choice. A project in a language other than Python has no framework. */
export interface Choices {
  readonly language: Value<'language'>;
  readonly framework?: Value<'framework'>;
  readonly layout: Value<'layout'>;
  readonly app: Value<'app'>;
  readonly serving: Value<'serving'>;
}

/** The errors of the options, each with the option, the rule and the value. */
export function choiceErrors(given: Given): string[] {
  const { language = CHOICES.language[0], framework, app, serving } = given;
  const unknown = (Object.keys(CHOICES) as Choice[]).flatMap((choice) => {
    const value = given[choice];
    const isKnown = value === undefined || (CHOICES[choice] as readonly string[]).includes(value);
    return isKnown ? [] : [`--${choice} must be one of ${CHOICES[choice].join(', ')}, got: "${value}"`];
  });
  const isPython = language === 'python';
  return [
    ...unknown,
    ...(framework !== undefined && !isPython
      ? [`--framework requires --language python, got: --language ${language}. Omit --framework`]
      : []),
    ...(serving === 'multi-model' && !isPython
      ? [
          `--serving multi-model requires --language python, since only its server loads several models, got: --language ${language}`,
        ]
      : []),
    ...(serving === 'async' && app === 'none'
      ? [
          '--serving async requires a CDK app, since only the endpoint differs from that of --serving realtime, got: --app none. Use --serving realtime',
        ]
      : []),
  ];
}

/** The choices, with the defaults for what is not given. */
export function withDefaults(given: Given): Choices {
  const chosen = <C extends Choice>(choice: C): Value<C> => (given[choice] ?? CHOICES[choice][0]) as Value<C>;
  const language = chosen('language');
  return {
    language,
    framework: language === 'python' ? chosen('framework') : undefined,
    layout: chosen('layout'),
    app: chosen('app'),
    serving: chosen('serving'),
  };
}

const MAX_NAME = 63;

/** The error of the name of a project; undefined for a valid one. */
export function nameError(name: string): string | undefined {
  if (/^[a-z][a-z0-9-]*$/.test(name) && name.length <= MAX_NAME) return undefined;
  return (
    `NAME must start with a lowercase letter and consist of at most ${MAX_NAME} lowercase letters, digits and hyphens, since the directory, ` +
    `the npm package and the stack have this name, got: "${name}". Choose a name such as "my-algorithm"`
  );
}
