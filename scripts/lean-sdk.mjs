// Removes from the bundles of the handlers what no handler uses of the clients of AWS. The build fails if the SDK has another form than expected here.
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

const SCHEMAS = /@aws-sdk\/(?<client>client-[\w-]+)\/dist-es\/schemas\/schemas_0\.js$/;

/**
 * The plugin of esbuild.
 *
 * @param words the words in the code of the handlers
 */
export function leanSdk(words) {
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
          const config = await readFile(path.join(path.dirname(file), '..', 'runtimeConfig.shared.js'), 'utf8');
          return { contents: leanSchemas(await readFile(file, 'utf8'), config, words) };
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
