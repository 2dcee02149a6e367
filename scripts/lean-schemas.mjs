// Lets esbuild remove what a handler does not use of the schemas of a client: those of other operations, members and errors.

/** The constants that contain the names of members and traits. */
const CONSTANT = /^const (\w+) = ("[^"]*");$/gm;

/** An error of a service and its registration. */
const ERROR = new RegExp(
  String.raw`export var (?<name>\w+)\$ = \[-3, n0, \w+,\s*(?<traits>\{[^}]*\}|0),\s*\[(?<members>[^\]]*)\],\s*\[(?<types>[^\]]*)\](?:, \d+)?\s*\];\n` +
    String.raw`n0_registry\.registerError\(\k<name>\$, \k<name>\);\n`,
  'g',
);

/** A structure: its names and traits, its members and their schemas, and how many of the members are required: the first ones. */
const STRUCTURE =
  /^(?<head>export var \w+\$ = \[3, \w+, \w+,\n.*,\n) {4}\[(?<members>.*)\],\n {4}\[(?<schemas>.*)\](?:, (?<required>\d+))?\n\];$/gm;

/**
 * @param code the schemas of a client
 * @param config the configuration of the client, which names its protocol
 * @param words the words in the code of the handlers
 */
export function leanSchemas(code, config, words) {
  const [, protocol] = /protocol: config\?\.protocol \?\? (\w+),/.exec(config) ?? [];
  requireForm(protocol !== undefined, 'a protocol');
  requireForm(count(code, /= \[-3, n0, /g) === count(code, ERROR), 'errors');
  requireForm(count(code, /= \[3, /g) === count(code, STRUCTURE), 'structures');
  const values = new Map(Array.from(code.matchAll(CONSTANT), ([, name, value]) => [name, value]));
  const hasQueryCodes = /awsQueryCompatible|AwsQueryProtocol/.test(config);
  const lean = withoutPlainErrors(withLiteralKeys(code, values), hasQueryCodes);
  // The middlewares of Amazon S3 use members that the handlers do not name.
  return protocol === 'S3RestXmlProtocol' ? lean : withoutUnusedMembers(lean, values, words);
}

function requireForm(isExpected, what) {
  if (!isExpected) throw new Error(`scripts/lean-schemas.mjs: the schemas of the SDK have ${what} of another form`);
}

function count(text, expression) {
  return Array.from(text.matchAll(expression)).length;
}

/** The schemas, whose keys are constants in brackets: esbuild must keep each of them, unless the keys are literals. */
function withLiteralKeys(code, values) {
  return code.replace(/\[(_\w+)\]:/g, (key, name) => (values.has(name) ? `${values.get(name)}:` : key));
}

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

/** The structures without the members that no handler names: it can neither send nor read them. */
function withoutUnusedMembers(code, values, words) {
  return code.replace(STRUCTURE, (text, ...rest) => {
    const { head, members, schemas, required = 0 } = rest.at(-1);
    const names = elementsOf(members);
    const types = elementsOf(schemas);
    requireForm(names.length === types.length, 'members');
    const used = names.flatMap((name, index) => (words.has(JSON.parse(values.get(name))) ? [index] : []));
    const list = (elements) => `[${used.map((index) => elements[index]).join(', ')}]`;
    return `${head}    ${list(names)},\n    ${list(types)}, ${used.filter((index) => index < required).length}\n];`;
  });
}

/** The elements of the text of an array. */
function elementsOf(text) {
  const elements = [''];
  let depth = 0;
  for (const character of text) {
    if ('[{('.includes(character)) depth++;
    if (']})'.includes(character)) depth--;
    if (character === ',' && depth === 0) elements.push('');
    else elements[elements.length - 1] += character;
  }
  return elements.map((element) => element.trim()).filter((element) => element !== '');
}
