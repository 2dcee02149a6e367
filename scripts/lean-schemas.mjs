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
 * @param config its configuration, which names its protocol
 * @param errors the classes of its errors
 * @param words the words in the code that uses the client
 */
export function leanSchemas({ code, config, errors, words }) {
  requireForm(count(code, /= \[-3, n0, /g) === count(code, ERROR), 'errors');
  requireForm(count(code, /= \[3, /g) === count(code, STRUCTURE), 'structures');
  const values = new Map(Array.from(code.matchAll(CONSTANT), ([, name, value]) => [name, value]));
  const lean = withoutPlainErrors(withLiteralKeys(code, values), config, errors);
  return withoutUnusedMembers(lean, values, words);
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
 * message, and the other members of the response, if these are strings. A class can mark an error as retryable. A client with query codes
 * finds an error also by its code, which can differ from the name, and be that of another error. The query protocol adds members to an error
 * with a schema.
 */
function withoutPlainErrors(code, config, errors) {
  if (config.includes('AwsQueryProtocol')) return code;
  const hasQueryCodes = config.includes('awsQueryCompatible');
  const codes = Array.from(code.matchAll(ERROR), ({ groups }) => queryCodeOf(groups));
  const retryable = errors.split('export class ').filter((text) => text.includes('$retryable'));
  return code.replace(ERROR, (text, ...rest) => {
    const { name, traits, types } = rest.at(-1);
    const isFoundByName =
      queryCodeOf({ name, traits }) === name && codes.filter((other) => other === name).length === 1;
    const isRetryable = retryable.some((one) => one.startsWith(`${name} `));
    const isPlain = /^(0(, 0)*)?$/.test(types) && !isRetryable && (isFoundByName || !hasQueryCodes);
    return isPlain ? '' : text;
  });
}

function queryCodeOf({ name, traits }) {
  return /"awsQueryError": \[`(\w+)`/.exec(traits)?.[1] ?? name;
}

/** The structures without the members that no code names: it can neither send nor read them. */
function withoutUnusedMembers(code, values, words) {
  return code.replace(STRUCTURE, (text, ...rest) => {
    const { head, members, schemas, required = 0 } = rest.at(-1);
    const names = elementsOf(members);
    const types = elementsOf(schemas);
    requireForm(names.length === types.length, 'members');
    const used = names.flatMap((name, index) => (words.has(JSON.parse(values.get(name))) ? [index] : []));
    const list = (elements) => `[${used.map((index) => elements[index]).join(', ')}]`;
    const stillRequired = used.filter((index) => index < required).length;
    return `${head}    ${list(names)},\n    ${list(types)}${stillRequired > 0 ? `, ${stillRequired}` : ''}\n];`;
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
