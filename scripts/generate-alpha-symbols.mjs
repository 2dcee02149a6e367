// Generates test/fixtures/alpha-symbols.json: the public symbols of @aws-cdk/aws-sagemaker-alpha that docs/migration.md explains, from its
// wheel of PyPI, which contains the npm package.
//
//   pip download --no-deps aws-cdk.aws-sagemaker-alpha
//   npm run generate:alpha -- aws_cdk_aws_sagemaker_alpha-*.whl
import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { packageIn } from './alpha-package';

async function assemblyIn(archive) {
  const entries = Readable.from([archive]).pipe(createGunzip()).pipe(extract());
  for await (const entry of entries) {
    if (entry.header.name === 'package/.jsii') return JSON.parse(await text(entry));
    entry.resume();
  }
  throw new Error('The package contains no .jsii file');
}

/** The names of the types and their members. Those of methods end in "()". */
function symbolsOf({ name, members = [], properties = [], methods = [] }) {
  const own = [...members, ...properties].map((member) => member.name);
  return [name, ...own.map((one) => `${name}.${one}`), ...methods.map((method) => `${name}.${method.name}()`)];
}

const [wheel] = process.argv.slice(2);
const { version, types } = await assemblyIn(packageIn(wheel));
const symbols = Object.values(types).flatMap(symbolsOf).sort();
writeFileSync('test/fixtures/alpha-symbols.json', `${JSON.stringify({ version, symbols }, undefined, 2)}\n`);
console.log(`${symbols.length} symbols of ${version}`);
