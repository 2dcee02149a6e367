// Lets esbuild remove what a handler does not use of the clients of AWS: the schemas of other operations, and classes of errors.
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** The schemas, whose keys are constants in brackets: esbuild must keep each of them, unless the keys are literals. */
function withLiteralKeys(code) {
  const values = new Map(Array.from(code.matchAll(/^const (\w+) = ("[^"]*");$/gm), ([, name, value]) => [name, value]));
  return code.replace(/\[(_\w+)\]:/g, (key, name) => (values.has(name) ? `${values.get(name)}:` : key));
}

/** An error of a service and its registration. */
const ERROR = new RegExp(
  String.raw`export var (?<name>\w+)\$ = \[-3, n0, \w+,\s*(?<traits>\{[^}]*\}|0),\s*\[(?<members>[^\]]*)\],\s*\[(?<types>[^\]]*)\](?:, \d+)?\s*\];\n` +
    String.raw`n0_registry\.registerError\(\k<name>\$, \k<name>\);\n`,
  'g',
);

/**
 * The schemas without those errors that the client reports in the same way without a schema: as an error with the name of its code, a
 * message, and the other members of the response, if these are strings. The codes of the query protocol can differ from the names.
 */
function withoutPlainErrors(code, hasQueryCodes) {
  return code.replace(ERROR, (text, ...rest) => {
    const { name, traits, types } = rest.at(-1);
    const queryCode = /"awsQueryError": \[`(\w+)`/.exec(traits)?.[1] ?? name;
    const isPlain = /^(0(, 0)*)?$/.test(types) && (queryCode === name || !hasQueryCodes);
    return isPlain ? '' : text;
  });
}

export const leanSdk = {
  name: 'lean-sdk',
  setup: ({ onLoad }) => {
    onLoad({ filter: /@aws-sdk\/client-[\w-]+\/dist-es\/schemas\/schemas_0\.js$/ }, async ({ path: file }) => {
      const client = path.join(path.dirname(file), '..', 'runtimeConfig.shared.js');
      const hasQueryCodes = /awsQueryCompatible|AwsQueryProtocol/.test(await readFile(client, 'utf8'));
      return { contents: withoutPlainErrors(withLiteralKeys(await readFile(file, 'utf8')), hasQueryCodes) };
    });
    // Of the description of a client, the version is part of its requests.
    onLoad({ filter: /@aws-sdk\/[\w-]+\/package\.json$/ }, async ({ path: file }) => {
      const { version } = JSON.parse(await readFile(file, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};
