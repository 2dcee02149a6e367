import * as path from 'node:path';
import type { Value } from './choices';
import type { ChannelData } from './channel-data';
import type { Existing } from './existing';
import type { Values } from './files';

/** How a language of the CDK writes a call, and a member of an object. */
interface Syntax {
  readonly indentation: string;
  readonly text: (value: string) => string;
  readonly call: (className: string, method: string, ...args: string[]) => string;
  readonly defaultValue: (value: string) => string;

  /** The options of a hyperparameter that is a boolean. */
  readonly boolean: string;
  readonly member: (name: string, value: string) => string;
}

const SYNTAX: Record<Exclude<Value<'app'>, 'none'>, Syntax> = {
  typescript: {
    indentation: '  ',
    text: singleQuoted,
    call: (className, method, ...args) => `sagemaker.${className}.${method}(${args.join(', ')})`,
    defaultValue: (value) => `{ defaultValue: ${value} }`,
    boolean: `{ values: ['false', 'true'], defaultValue: 'false' }`,
    member: (name, value) => `${/^[a-z_]/i.test(name) ? name : singleQuoted(name)}: ${value}`,
  },
  python: {
    indentation: '    ',
    text: JSON.stringify,
    call: (className, method, ...args) => `sagemaker.${className}.${snakeCase(method)}(${args.join(', ')})`,
    defaultValue: (value) => `default_value=${value}`,
    boolean: 'values=["false", "true"], default_value="false"',
    member: (name, value) => `"${name}": ${value}`,
  },
};

function singleQuoted(value: string): string {
  const escaped = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"');
  return `'${escaped.replaceAll("'", "\\'")}'`;
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The code that defines the hyperparameters, the channels and the inputs of an existing algorithm. */
export function definitionCode(
  app: keyof typeof SYNTAX,
  { dockerfile, hyperparameters, switches }: Pick<Existing, 'dockerfile' | 'hyperparameters' | 'switches'>,
  data: ChannelData[],
): Values {
  const { indentation, text, call, defaultValue, boolean, member } = SYNTAX[app];
  const list = (items: string[]): string =>
    items.length === 0 ? '' : `\n${items.map((item) => `${indentation.repeat(2)}${item},\n`).join('')}${indentation}`;
  // Ranges are unknown. Text accepts all values.
  const freeText = ([name, value]: [string, string | undefined]): string =>
    call('Hyperparameter', 'freeText', text(name), ...(value === undefined ? [] : [defaultValue(text(value))]));
  // The new program `train` passes the argument if the hyperparameter is "true". Another one would pass a value too.
  const booleans = (dockerfile === undefined ? switches : []).map((name) =>
    call('Hyperparameter', 'categorical', text(name), boolean),
  );
  return {
    hyperparameters: list([...[...hyperparameters].map(freeText), ...booleans]),
    channels: list(data.map(({ channel }) => call('Channel', 'file', text(channel)))),
    inputs: list(data.map(({ channel, file }) => member(channel, call('TrainingInput', 'fromAsset', text(file))))),
    checkedChannels: data
      .map(({ channel, file }) => `{ name: ${text(channel)}, directory: ${text(path.posix.dirname(file))} }`)
      .join(', '),
  };
}
