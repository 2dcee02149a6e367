/** The arguments and the channels of `train.py`, as far as its text shows them. */
export interface TrainingScript {
  /** The names of the arguments that have a value, with their default values. */
  readonly hyperparameters: ReadonlyMap<string, string | undefined>;

  /** The names of the arguments that have no value: `store_true` and `store_false`. */
  readonly switches: string[];

  /** The required arguments without a name, which SageMaker cannot pass. */
  readonly positional: string[];

  /** The channels; `train` if it names none. */
  readonly channels: string[];
}

/** Reads the text of `train.py`. */
export function readScript(text: string): TrainingScript {
  const tokens = tokensOf(text);
  const names = tokens.flatMap((token) => [...token.matchAll(/SM_CHANNEL_([A-Z0-9_]+)/g)].map(([, name]) => name));
  const calls = callsOf(tokens, 'add_argument');
  return {
    hyperparameters: new Map(calls.flatMap(hyperparameterOf)),
    switches: calls.flatMap(switchOf),
    positional: calls.flatMap(positionalOf),
    channels: names.length === 0 ? ['train'] : [...new Set(names.map((name) => name.toLowerCase()))],
  };
}

/** The strings, comments, words and other characters of Python. Text in strings and comments is not code. */
const TOKEN =
  /[bfru]{0,2}(?:"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*')|#.*|\w+|\s+|[^]/gi;

/** The tokens without comments and white space. */
function tokensOf(text: string): string[] {
  return [...text.matchAll(TOKEN)].flatMap(([token]) => (/^[#\s]/.test(token) ? [] : token));
}

/** The arguments of the calls of a function, each as tokens. */
function callsOf(tokens: string[], name: string): string[][][] {
  return tokens.flatMap((token, index) =>
    token === name && tokens[index + 1] === '(' ? [argumentsFrom(tokens, index + 2)] : [],
  );
}

function argumentsFrom(tokens: string[], start: number): string[][] {
  const found: string[][] = [[]];
  let depth = 0;
  for (let index = start; index < tokens.length && depth >= 0; index++) {
    const token = tokens[index];
    if (/^[([{]$/.test(token)) depth++;
    if (/^[)\]}]$/.test(token)) depth--;
    if (token === ',' && depth === 0) found.push([]);
    else if (depth >= 0) found.at(-1)?.push(token);
  }
  return found;
}

/** An argument of argparse, except for paths, which have environment variables, and those that have no value. */
function hyperparameterOf(args: string[][]): [string, string | undefined][] {
  const name = nameOf(args);
  const value = valueOf('default', args);
  const isPath = /environ|getenv/.test(value.join(''));
  const hasNoValue = /store_|BooleanOptional|count|version|help/.test(valueOf('action', args).join(''));
  return name === undefined || isPath || hasNoValue ? [] : [[name, textOf(value) ?? numberOf(value)]];
}

/** An argument of argparse that sets a boolean. */
function switchOf(args: string[][]): string[] {
  const isSwitch = /^store_(true|false)$/.test(textOf(valueOf('action', args)) ?? '');
  const name = nameOf(args);
  return isSwitch && name !== undefined ? [name] : [];
}

/** An argument of argparse that has a position instead of a name, unless it can be omitted. */
function positionalOf(args: string[][]): string[] {
  const name = textOf(args[0]);
  const isOptional = /^(['"])[?*]\1$|REMAINDER/.test(valueOf('nargs', args).join(''));
  return name === undefined || name.startsWith('-') || isOptional ? [] : [name];
}

function nameOf(args: string[][]): string | undefined {
  const options = args.flatMap((tokens) => textOf(tokens) ?? []);
  return options.find((text) => /^--\w[\w.-]*$/.test(text))?.slice(2);
}

/** The tokens of the value of a keyword argument. */
function valueOf(keyword: string, args: string[][]): string[] {
  return args.find(([name, sign]) => name === keyword && sign === '=')?.slice(2) ?? [];
}

/** The value of a string literal; undefined for an expression, and for escapes and line breaks, which hyperparameters do not need. */
function textOf(tokens: string[]): string | undefined {
  const [, raw, , body] = (tokens.length === 1 && /^(?:(r)|u)?("""|'''|"|')([^]*)\2$/i.exec(tokens[0])) || [];
  if (body === undefined || /[\r\n\uFFFD]/.test(body)) return undefined;
  if (raw !== undefined || !body.includes('\\')) return body;
  return /^(?:[^\\]|\\['"\\])*$/.test(body) ? body.replace(/\\(.)/g, '$1') : undefined;
}

/** The value of a number literal; undefined for an expression. */
function numberOf(tokens: string[]): string | undefined {
  const text = tokens.join('').replace(/(?<=\d)_(?=\d)/g, '');
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? text : undefined;
}
