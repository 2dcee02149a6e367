// Bundles the handlers: the code of the Lambda functions.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { minify } from '@swc/core';
import { build } from 'esbuild';
import { leanSdk } from './lean-sdk.mjs';

/** Makes what a handler imports dynamically a file of its own, which is loaded when it is used. */
const separateFiles = (entries) => ({
  name: 'separate-files',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/[\w-]+$/ }, ({ kind, path: file, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      entries.add(path.join(resolveDir, `${file}.ts`));
      return { path: `${file}.js`, external: true };
    }),
});

/** Bundles each handler, with the clients of AWS, into a directory of its own. */
export async function bundleHandlers() {
  const names = readdirSync('lib/handlers').filter((name) => existsSync(`lib/handlers/${name}/index.ts`));
  const { plugin, requireUsed } = leanSdk('lib/handlers');
  for (const name of names) {
    // The imports of an entry add further ones.
    const entries = new Set([`lib/handlers/${name}/index.ts`]);
    for (const entry of entries) await bundle(entry, `dist/handlers/${name}`, [plugin, separateFiles(entries)]);
  }
  requireUsed();
}

/**
 * Bundles a file into one of the same name in a directory. The ES modules of the clients are preferred, so that unused commands are removed,
 * with their schemas.
 */
export async function bundle(entry, directory, plugins) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    write: false,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    supported: { 'dynamic-import': false },
    mainFields: ['module', 'main'],
    alias: {
      '@aws-sdk/credential-provider-node': path.resolve('scripts/lambda-credentials.mjs'),
      '@smithy/core/event-streams': path.resolve('scripts/no-event-streams.mjs'),
    },
    plugins,
    legalComments: 'none',
  });
  // A second minifier, which also inlines functions and variables: the code has 4 % less.
  const compress = { passes: 3, toplevel: true, ecma: 2022 };
  const { code } = await minify(outputFiles[0].text, { compress, mangle: { toplevel: true } });
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, `${path.basename(entry, '.ts')}.js`), code);
}
