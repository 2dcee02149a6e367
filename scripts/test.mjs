// Builds the package if necessary and runs one suite (unit, docker, interop or nightly). They run with the newest
// aws-cdk-lib, or with CDK=floor with the oldest supported one. The results are written to .cache/results/. With PART, one part of a suite runs, as jest.config.js lists them.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const [suite = 'unit', ...args] = process.argv.slice(2);
const { PART } = process.env;

mkdirSync('.cache/results', { recursive: true });

function run(command, commandArgs, env = {}) {
  const { status } = spawnSync(command, commandArgs, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exitCode = status ?? 1;
  return status === 0;
}

function test() {
  const { CDK = 'newest' } = process.env;
  const quiet = process.env.CI ? ['--silent'] : [];
  const coverage = process.env.COVERAGE && suite === 'unit' ? ['--coverage'] : [];
  const outputFile = path.join('.cache', 'results', `${[suite, PART, CDK].filter(Boolean).join('-')}.json`);
  run(
    process.execPath,
    // With room for the objects of a test, the garbage collections take a tenth less of its time. Jest passes the option on to its workers.
    [
      '--max-semi-space-size=64',
      'node_modules/jest/bin/jest.js',
      '--json',
      `--outputFile=${outputFile}`,
      ...quiet,
      ...coverage,
      ...args,
    ],
    {
      SUITE: suite,
      CDK,
    },
  );
}

const PREPARE = {
  unit: () => true,
  docker: () =>
    run('bash', ['scripts/base-image.sh']) &&
    run('bash', ['scripts/starter-images.sh', 'python']) &&
    run('bash', ['scripts/image-tools.sh']) &&
    run('bash', ['scripts/browser.sh']),
  interop: () =>
    run('bash', ['scripts/base-image.sh']) && run('bash', ['scripts/python.sh']) && run('bash', ['scripts/browser.sh']),
  nightly: () =>
    run('bash', ['scripts/base-image.sh']) &&
    run('bash', ['scripts/starter-images.sh']) &&
    run('bash', ['scripts/python.sh']),
};

if (run(process.execPath, ['scripts/build.mjs', '--if-stale']) && PREPARE[suite]()) test();
