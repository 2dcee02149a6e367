// Writes the version of a release into the files that contain it. `npm version` runs it before it commits and tags:
//
//   npm version minor
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const version = process.env.npm_new_version;
if (version === undefined) throw new Error('The version is missing. Run `npm version <major|minor|patch>`.');

const EXAMPLE = path.join('examples', 'breast-cancer');
const day = new Date().toISOString().slice(0, 10);

/** The text of each file that contains the version, and its replacement. */
const FILES = {
  'CHANGELOG.md': [/^(# Changelog\s+)## .* \(unreleased\)$/m, `$1## ${version} (${day})`],
  [path.join(EXAMPLE, 'java', 'pom.xml')]: [
    /(<artifactId>cdk-sagemaker-algorithm<\/artifactId>\s*<version>)[^<]*/,
    `$1${version}`,
  ],
  [path.join(EXAMPLE, 'go', 'go.mod')]: [/(\/cdksagemakeralgorithm v)\S+/, `$1${version}`],
  [path.join(EXAMPLE, 'csharp', 'BreastCancer.csproj')]: [
    /(Include="CdkSageMakerAlgorithm" Version=")[^"]*/,
    `$1${version}`,
  ],
};

for (const [file, [expression, replacement]] of Object.entries(FILES)) {
  const text = readFileSync(file, 'utf8');
  if (!expression.test(text)) throw new Error(`${file} must contain ${expression}.`);
  writeFileSync(file, text.replace(expression, replacement));
}
