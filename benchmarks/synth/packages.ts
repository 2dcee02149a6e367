import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, cpSync } from 'node:fs';
import * as path from 'node:path';
import { extract } from 'tar';
import { packageIn } from '../../scripts/alpha-package';

const ROOT = path.join(__dirname, '..', '..');

/** The version of the alpha module that the symbols of docs/migration.md are from. */
export const { version: ALPHA_VERSION } = JSON.parse(
  readFileSync(path.join(ROOT, 'test', 'fixtures', 'alpha-symbols.json'), 'utf8'),
) as { version: string };

/** The folder with the programs of the benchmarks, next to the packages that they load. */
export const FOLDER = path.join(ROOT, '.cache', 'bench');

/** A package in `node_modules`, as users have it. */
const installed = (name: string): string => path.join(FOLDER, 'node_modules', name);

/** Installs the library and the newest alpha module, whose last version in the npm registry is an old one. Returns their names. */
export async function installPackages(): Promise<{ readonly ours: string; readonly alpha: string }> {
  mkdirSync(FOLDER, { recursive: true });
  // Node.js would find the library itself in the package that contains this folder.
  writeFileSync(path.join(FOLDER, 'package.json'), '{}');
  const [ours, alpha] = ['cdk-sagemaker-algorithm', '@aws-cdk/aws-sagemaker-alpha'];
  rmSync(installed(ours), { recursive: true, force: true });
  cpSync(path.join(ROOT, 'package.json'), path.join(installed(ours), 'package.json'));
  const files = readdirSync(path.join(ROOT, 'dist')).filter((name) => name.endsWith('.js'));
  // Jobs and workflows have the handlers as assets.
  for (const name of [...files, 'handlers']) {
    cpSync(path.join(ROOT, 'dist', name), path.join(installed(ours), 'dist', name), { recursive: true });
  }
  if (versionOf(alpha) !== ALPHA_VERSION) await installAlpha(installed(alpha));
  return { ours, alpha };
}

/** The installed version of a package, if any. */
function versionOf(name: string): string | undefined {
  const file = path.join(installed(name), 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version : undefined;
}

async function installAlpha(folder: string): Promise<void> {
  const wheel = `aws-cdk.aws-sagemaker-alpha==${ALPHA_VERSION.replace('-alpha.', 'a')}`;
  execFileSync('pip', ['download', '--quiet', '--no-deps', '--dest', FOLDER, wheel], { stdio: ['ignore', 2, 2] });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const downloaded = readdirSync(FOLDER).filter((name) => /^aws_cdk.*alpha-.*\.whl$/.test(name));
  const archive = path.join(FOLDER, 'alpha.tgz');
  writeFileSync(archive, packageIn(path.join(FOLDER, downloaded[0])));
  await extract({ file: archive, cwd: folder, strip: 1 });
  for (const name of ['alpha.tgz', ...downloaded]) rmSync(path.join(FOLDER, name));
}
