import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { spawned } from './local';
import { UsageError } from './options';
import { note } from './session';

/**
 * Runs the command of an app like the CDK CLI, with the context of the current directory.
 *
 * @param directory receives the cloud assembly
 */
export async function synthesize(directory: string, command: string): Promise<string> {
  const context = { ...contextIn('cdk.json', 'context'), ...contextIn('cdk.context.json') };
  const environment = { CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify(context) };
  const code = await spawned(['sh', '-c', `${command} >&2`], environment);
  if (code !== 0) throw new UsageError([`the app (${command}) exited with code ${code}${hintOf(code)}`]);
  const manifest = path.join(directory, 'manifest.json');
  if (!existsSync(manifest)) {
    throw new UsageError([
      `the app (${command}) wrote no cloud assembly: --app must be an existing output directory of \`cdk synth\`, or the command of the ` +
        'app, as `app` in cdk.json, and not `cdk synth`',
    ]);
  }
  noteMissingContext(manifest);
  return directory;
}

/** The shell cannot run what is neither a directory nor a command, for example the name of a directory that does not exist. */
function hintOf(code: number): string {
  return code === 126 || code === 127
    ? ': --app must be an existing output directory of `cdk synth`, or a command that can be run'
    : '';
}

/** The CDK CLI looks these values up in the account. Without it, the app is synthesized with placeholders. */
function noteMissingContext(manifest: string): void {
  const { missing = [] } = JSON.parse(readFileSync(manifest, 'utf8')) as { missing?: { readonly key: string }[] };
  if (missing.length === 0) return;
  note(
    `The app was synthesized with placeholders for the context ${missing.map(({ key }) => `"${key}"`).join(', ')}. Run \`cdk synth\`, which ` +
      'looks it up in the account and writes it to cdk.context.json.',
  );
}

function contextIn(file: string, member?: string): object {
  if (!existsSync(file)) return {};
  const content = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>;
  return member === undefined ? content : (content[member] ?? {});
}
