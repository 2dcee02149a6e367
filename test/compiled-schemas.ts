import { dirname } from 'node:path';

const { default: Ajv } = jest.requireActual<{ default: new (options: object) => object }>(
  require.resolve('ajv/dist/ajv', { paths: [dirname(require.resolve('asl-validator'))] }),
);
let shared: object | undefined;

/**
 * In place of the class `Ajv` of asl-validator, which compiles its schemas again for each state machine, in a quarter of a second. All
 * calls pass the same schemas, formats and keywords, so that one instance serves a file of tests.
 */
export default function SharedAjv(options: object): object {
  if (shared === undefined) return (shared = new Ajv(options));
  // A keyword can be added once.
  return Object.assign(shared, { addKeyword: () => shared });
}
