import { existsSync, readFileSync } from 'node:fs';
import { spawned } from './local';
import { UsageError } from './options';

/**
 * Runs the command of an app like the CDK CLI, with the context of the current directory.
 *
 * @param directory receives the cloud assembly
 */
export async function synthesize(directory: string, command: string): Promise<string> {
  const context = { ...contextIn('cdk.json', 'context'), ...contextIn('cdk.context.json') };
  const environment = { CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify(context) };
  const code = await spawned(['sh', '-c', `${command} >&2`], environment);
  if (code !== 0) throw new UsageError([`the app (${command}) exited with code ${code}`]);
  return directory;
}

function contextIn(file: string, member?: string): object {
  if (!existsSync(file)) return {};
  const content = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>;
  return member === undefined ? content : (content[member] ?? {});
}
