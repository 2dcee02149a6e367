// Makes what is published: the npm package and the code for Python, Java, .NET and Go, checked against the guidelines of
// the CDK (awslint) and with every snippet of the README compiled (rosetta).
//
//   node scripts/package.mjs            code of all languages
//   node scripts/package.mjs python     the wheel, ready to install
import { spawnSync } from 'node:child_process';

const env = { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20' };

function run(program, ...args) {
  const { status } = spawnSync(process.execPath, [`node_modules/${program}`, ...args], { stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}

/** Excluded rules are in package.json; awslint tells each of their findings as skipped, which nobody wants to read. */
function lint() {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['node_modules/awslint/bin/awslint'], {
    env,
    encoding: 'utf8',
  });
  const said = `${stdout}${stderr}`.split('\n');
  const findings = said.filter((line) => !line.startsWith('skipped:') && line.includes('awslint:'));
  // Without a finding, a failure is awslint's own, and all that it said is needed to understand it.
  if (findings.length > 0) console.error(findings.join('\n'));
  else if (status !== 0) console.error(said.join('\n'));
  if (status !== 0) process.exit(status ?? 1);
}

const [language] = process.argv.slice(2);
run('../scripts/build.mjs', '--if-stale');
if (language === undefined) {
  lint();
  run('jsii-rosetta/bin/jsii-rosetta', 'extract', '--compile', '--fail', '--output=.cache/rosetta.json');
  run('../scripts/snippets.mjs');
  run('jsii-pacmak/bin/jsii-pacmak', '--no-npmignore', '--code-only', '--recurse=false');
} else {
  run('jsii-pacmak/bin/jsii-pacmak', '--no-npmignore', `--targets=${language}`, '--clean', '--outdir=.cache/packages');
}
