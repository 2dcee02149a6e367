// Runs one suite, after building what it needs. `npm test` runs the unit tests against the newest aws-cdk-lib and
// against the oldest one that is supported.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const [suite = 'unit', ...args] = process.argv.slice(2);
const jest = createRequire(import.meta.url).resolve('jest/bin/jest.js');

function run(command, commandArgs, env = {}) {
  const { status } = spawnSync(command, commandArgs, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
}

run(process.execPath, ['scripts/build.mjs', '--if-stale']);
if (suite === 'docker') run('bash', ['scripts/base-image.sh']);
const versions = suite === 'unit' && args.length === 0 ? ['newest', 'floor'] : ['newest'];
for (const CDK of versions) run(process.execPath, [jest, ...args], { SUITE: suite, CDK });
