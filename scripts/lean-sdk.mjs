// Removes from the bundles of the handlers what no handler uses of the clients of AWS. The build fails if the SDK has another form than expected here.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { leanSchemas } from './lean-schemas.mjs';

const unreachable = (name) => `export const ${name} = () => { throw new Error('${name}: scripts/lean-sdk.mjs'); };`;

/** The files of the SDK that are replaced. esbuild reports exports that are missing. */
const REPLACED = [
  // The handlers pass no extensions, without which the configuration of a client stays as it is.
  {
    file: /@aws-sdk\/client-[\w-]+\/dist-es\/runtimeExtensions\.js$/,
    contents: 'export const resolveRuntimeExtensions = (config) => config;',
  },
  // Node.js has these hashes, so that the SDK does not use its own.
  { file: /\/checksum\/sha256\/Sha256Js\.js$/, contents: 'export const Sha256Js = undefined;' },
  { file: /\/checksum\/md5\/Md5Js\.js$/, contents: 'export const Md5Js = undefined;' },
  { file: /\/sha\/sha1\/Sha1Js\.js$/, contents: 'export const Sha1Js = undefined;' },
  // The bodies of requests and responses are streams of Node.js.
  { file: /\/util-stream\/sdk-stream-mixin\.browser\.js$/, contents: unreachable('sdkStreamMixin') },
  {
    file: /\/util-stream\/checksum\/createChecksumStream\.browser\.js$/,
    contents: unreachable('createChecksumStream'),
  },
  {
    file: /\/util-stream\/getAwsChunkedEncodingStream\.browser\.js$/,
    contents: unreachable('getAwsChunkedEncodingStream'),
  },
  // Lambda has no configuration files, and provides the region in the environment.
  {
    file: /\/node-config-provider\/fromSharedConfigFiles\.js$/,
    contents: `
      import { CredentialsProviderError } from '../property-provider/CredentialsProviderError';
      export const fromSharedConfigFiles = () => async () => {
        throw new CredentialsProviderError('Not found: a function has no configuration files');
      };`,
  },
  {
    file: /\/regionConfig\/getInstanceMetadataRegion\.js$/,
    contents: 'export const getInstanceMetadataRegion = async () => undefined;',
  },
  // DynamoDB does not require that its endpoints are discovered.
  {
    file: /@aws-sdk\/middleware-endpoint-discovery\/dist-es\/index\.js$/,
    contents: `
      export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = { environmentVariableSelector: () => false };
      export const resolveEndpointDiscoveryConfig = (config) => config;`,
  },
];

const SCHEMAS = /@aws-sdk\/client-[\w-]+\/dist-es\/schemas\/schemas_0\.js$/;

/** The packages of the SDK that name members of requests and responses: they sign, add checksums, and upload parts. */
const MIDDLEWARES = ['middleware-sdk-s3', 'checksums', 'lib-storage'];

/** The words in the code of files and directories. */
function wordsOf(...entries) {
  const files = entries.flatMap((entry) =>
    statSync(entry).isFile() ? [entry] : readdirSync(entry, { recursive: true }).map((name) => path.join(entry, name)),
  );
  const code = files.filter((file) => /\.[jt]s$/.test(file)).map((file) => readFileSync(file, 'utf8'));
  return new Set(code.flatMap((text) => text.match(/\w+/g) ?? []));
}

/** The words in the code of the SDK that can name members of requests and responses: the commands of a client, and the middlewares. */
function wordsOfSdk(client) {
  const middlewares = MIDDLEWARES.map((name) => path.join(client, '..', name, 'dist-es'));
  return wordsOf(
    path.join(client, 'dist-es', 'commands'),
    path.join(client, 'dist-es', 'commandBuilder.js'),
    ...middlewares,
  );
}

/**
 * The plugin of esbuild.
 *
 * @param handlers the directory with the code of the handlers
 */
export function leanSdk(handlers) {
  const words = wordsOf(handlers);
  const unused = new Set(REPLACED);
  return {
    plugin: {
      name: 'lean-sdk',
      setup: ({ onLoad }) => {
        for (const replaced of REPLACED)
          onLoad({ filter: replaced.file }, ({ path: file }) => {
            unused.delete(replaced);
            return { contents: replaced.contents, resolveDir: path.dirname(file) };
          });
        onLoad({ filter: SCHEMAS }, async ({ path: file }) => {
          const client = path.join(path.dirname(file), '..', '..');
          const read = (name) => readFile(path.join(client, 'dist-es', name), 'utf8');
          const [code, config, errors] = await Promise.all(
            ['schemas/schemas_0.js', 'runtimeConfig.shared.js', 'models/errors.js'].map(read),
          );
          return { contents: leanSchemas({ code, config, errors, words: new Set([...words, ...wordsOfSdk(client)]) }) };
        });
        // Of the description of a client, the version is part of its requests.
        onLoad({ filter: /@aws-sdk\/[\w-]+\/package\.json$/ }, async ({ path: file }) => {
          const { version } = JSON.parse(await readFile(file, 'utf8'));
          return { contents: JSON.stringify({ version }), loader: 'json' };
        });
      },
    },
    /** Fails if a file of the table is in no bundle: the SDK has renamed it. */
    requireUsed: () => {
      const missing = Array.from(unused, ({ file }) => file.source);
      if (missing.length > 0) throw new Error(`scripts/lean-sdk.mjs: the SDK has no file ${missing.join(', ')}`);
    },
  };
}
