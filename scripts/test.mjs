// Runs one suite (unit, docker or interop), after building what it needs. `npm test` runs the unit tests against the
// newest aws-cdk-lib and against the oldest one that is supported. What the suite counted is left in .cache/results/.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const [suite = 'unit', ...args] = process.argv.slice(2);
const isWhole = suite === 'unit' && args.length === 0;

mkdirSync('.cache/results', { recursive: true });

function run(command, commandArgs, env = {}) {
  const { status } = spawnSync(command, commandArgs, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exitCode = status ?? 1;
  return status === 0;
}

function test(CDK) {
  // The oldest aws-cdk-lib prints findings about every template, which would bury a failure.
  const quiet = process.env.CI || CDK === 'floor' ? ['--silent'] : [];
  // The whole suite measures what it covers, in CI.
  const coverage = process.env.CI && CDK === 'newest' && isWhole ? ['--coverage'] : [];
  const outputFile = path.join('.cache', 'results', `${suite}-${CDK}.json`);
  run(process.execPath, ['node_modules/jest/bin/jest.js', '--json', `--outputFile=${outputFile}`, ...quiet, ...coverage, ...args], {
    SUITE: suite,
    CDK,
    TMPDIR: scratch,
  });
}

// Tests leave what they make in a place of their own, which goes with them.
const scratch = mkdtempSync(path.join(tmpdir(), 'suite-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const PREPARE = {
  unit: () => true,
  docker: () => run('bash', ['scripts/base-image.sh']) && run('bash', ['scripts/image-tools.sh']),
  interop: () => run('bash', ['scripts/base-image.sh']) && run('bash', ['scripts/python.sh']),
};

if (run(process.execPath, ['scripts/build.mjs', '--if-stale']) && PREPARE[suite]()) {
  for (const version of isWhole ? ['newest', 'floor'] : ['newest']) test(version);
}
