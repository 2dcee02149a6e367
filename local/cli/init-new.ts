import { readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { CHOICES, type Choice, type Given, newProject, withDefaults, writeDirectory } from '../init';
import { promptForChoices, promptForName } from './init-prompts';
import { UsageError } from './options';
import { INTERRUPTED } from './signals';

export interface Conditions {
  /** Whether a terminal can show prompts. */
  readonly isInteractive: boolean;
  readonly signal: AbortSignal;
}

/** Creates a project in a new directory. Returns the exit code. */
export async function create(
  given: string | undefined,
  options: Given,
  { isInteractive, signal }: Conditions,
): Promise<number> {
  if (given === undefined && !isInteractive)
    throw new UsageError(['NAME is required, for example: byoa init my-algorithm']);
  const name = given ?? (await promptForName(signal));
  if (name === undefined) return INTERRUPTED;
  checkIsFree(name);
  const answers = isInteractive ? await promptForChoices(options, Object.keys(CHOICES) as Choice[], signal) : options;
  if (answers === undefined) return INTERRUPTED;
  const choices = withDefaults(answers);
  const files = newProject(name, choices);
  await writeDirectory(path.resolve(name), files, signal);
  const chosen = Object.entries(choices).flatMap(([choice, value]) =>
    value === undefined ? [] : `--${choice} ${value}`,
  );
  process.stdout.write(
    `Created the directory ${name} with ${files.size} files (${chosen.join(' ')}).\n\nNext, as in ${name}/README.md:\n` +
      `  cd ${name}\n  ${INSTALL[choices.app]}\n  npm run check\n${choices.app === 'none' ? '' : '  npm start\n'}`,
  );
  return 0;
}

/** The command that installs what a project depends on, by the language of its app. */
export const INSTALL = {
  typescript: 'npm install',
  none: 'npm install',
  python: 'python3 -m venv .venv && . .venv/bin/activate && pip install -r requirements.txt && npm install',
};

/** @throws an error if the path of the new directory is not free */
function checkIsFree(name: string): void {
  const found = statSync(name, { throwIfNoEntry: false });
  if (found === undefined || (found.isDirectory() && readdirSync(name).length === 0)) return;
  throw new UsageError([
    `NAME must not be an existing file or a directory with files, got: "${name}". Choose another name, or run \`byoa init --here\` in the ` +
      'directory to add a CDK app to its algorithm',
  ]);
}
