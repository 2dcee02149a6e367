// Compares the public API with that of the last release, and fails if a release with the next version must not contain the changes.
// Until 1.0.0, a minor version may change the API incompatibly; afterwards, only a major version may.
//
//   node scripts/api-changes.mjs [PACKAGE]     PACKAGE: the directory of the earlier package (default: the published one of the last tag)
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const env = { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };
const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));

/** The version of the last release in the history; undefined before the first one. */
function lastRelease() {
  const tags = execFileSync('git', ['tag', '--merged', 'HEAD', '--sort=-version:refname', '--list', 'v*'], {
    encoding: 'utf8',
  });
  return tags.split('\n')[0].slice(1) || undefined;
}

/** The part of a version that changes with an incompatible change of the API. */
function series(of) {
  const [major, minor] = of.split('.');
  return major === '0' ? `0.${minor}` : major;
}

const [directory] = process.argv.slice(2);
const previous = directory ? JSON.parse(readFileSync(`${directory}/package.json`, 'utf8')).version : lastRelease();
if (previous === undefined) {
  console.log('No version is tagged: there is no earlier API to compare with.');
} else {
  // npm sets the variable while `npm version` runs.
  const next = process.env.npm_new_version ?? version;
  const mayBreak = series(previous) !== series(next);
  const args = ['--error-on=all', directory ?? `npm:${name}@${previous}`, '.'];
  const { status } = spawnSync(process.execPath, ['node_modules/jsii-diff/bin/jsii-diff', ...args], {
    stdio: 'inherit',
    env,
  });
  // Any other status means that the packages were not compared, for example because one could not be downloaded.
  if (status !== 0 && status !== 1) process.exit(status ?? 1);
  if (status === 0) console.log(`The API of ${next} is compatible with that of ${previous}.`);
  else if (status === 1 && mayBreak) console.log(`${next} may contain these changes of the API of ${previous}.`);
  else {
    console.error(
      `${next} must be compatible with ${previous}. Restore the API, or release a version of another series.`,
    );
    process.exitCode = 1;
  }
}
