// Generates the packages: the npm package and the code for Python, Java, .NET and Go. Checks them against the CDK design guidelines
// (awslint), the npm package against the rules of Node.js and bundlers (publint), and compiles the snippets of the README (rosetta) and of docs/.
//
//   node scripts/package.mjs            the code for all languages
//   node scripts/package.mjs python     the Python wheel
import { spawnSync } from 'node:child_process';

const env = { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };

function run(program, ...args) {
  const { status } = spawnSync(process.execPath, [`node_modules/${program}`, ...args], { stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}

/** Runs awslint, without its output for the rules that package.json excludes. */
function lint() {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['node_modules/awslint/bin/awslint'], {
    env,
    encoding: 'utf8',
  });
  const output = `${stdout}${stderr}`.split('\n');
  const findings = output.filter((line) => !line.startsWith('skipped:') && line.includes('awslint:'));
  // Without a finding, awslint itself has failed, and its complete output is needed.
  if (findings.length > 0) console.error(findings.join('\n'));
  else if (status !== 0) console.error(output.join('\n'));
  if (status !== 0) process.exit(status ?? 1);
}

const [language] = process.argv.slice(2);
run('../scripts/build.mjs', '--if-stale');
if (language === undefined) {
  lint();
  run('publint/src/cli.js', '--strict');
  run('jsii-rosetta/bin/jsii-rosetta', 'extract', '--compile', '--fail', '--output=.cache/rosetta.json');
  run('../scripts/snippets.mjs');
  run('jsii-pacmak/bin/jsii-pacmak', '--no-npmignore', '--code-only', '--recurse=false');
} else {
  run('jsii-pacmak/bin/jsii-pacmak', '--no-npmignore', `--targets=${language}`, '--clean', '--outdir=.cache/packages');
}
