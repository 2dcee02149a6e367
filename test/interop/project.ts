import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

export const ROOT = path.join(__dirname, '..', '..');
export const STACKS = ['BreastCancer'];

/** The path of a program in the virtual environment of the suite. */
export function python(program: string): string {
  return path.join(ROOT, '.cache', 'venv', 'bin', program);
}

export function scratch(): string {
  return mkdtempSync(path.join(tmpdir(), 'interop-'));
}

/** Runs a program and returns its output, which is part of the error if it fails. */
export function run(cwd: string, program: string, ...args: string[]): string {
  const env = { ...process.env, CDK_VALIDATION: undefined };
  return output(cwd, env, program, ...args);
}

function output(cwd: string, env: NodeJS.ProcessEnv, program: string, ...args: string[]): string {
  return execFileSync(program, args, {
    ...{ cwd, encoding: 'utf8', stdio: 'pipe', maxBuffer: 64 * 1024 * 1024 },
    env: { ...env, npm_config_update_notifier: 'false' },
  });
}

/**
 * Synthesizes an app with the CDK CLI; a violated schema rule is an error. The app of another language is not validated: its templates are
 * compared with those of TypeScript.
 */
export function synthesize(app: string, layout: string, cwd = ROOT): string {
  const assembly = scratch();
  const isTypeScript = app.startsWith(process.execPath);
  const cdk = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  output(
    cwd,
    { ...process.env, CDK_VALIDATION: isTypeScript ? undefined : 'false' },
    process.execPath,
    cdk,
    'synth',
    '--quiet',
    '--app',
    app,
    '--output',
    assembly,
    '--context',
    `layout=${layout}`,
  );
  return assembly;
}

export function template(assembly: string, stack: string): unknown {
  return JSON.parse(readFileSync(path.join(assembly, `${stack}.template.json`), 'utf8'));
}

/** The errors that cfn-lint finds in templates, one per line, without warnings. */
export function lint(...files: string[]): string[] {
  const { stdout, stderr, error } = spawnSync(
    python('cfn-lint'),
    ['--format', 'parseable', '--ignore-checks', 'W', '--', ...files],
    { encoding: 'utf8' },
  );
  if (error !== undefined) throw error;
  return `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
}
