import { readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';

/** The training data of a channel of an existing algorithm. */
export interface ChannelData {
  readonly channel: string;

  /** The path of the file, relative to the CDK app. */
  readonly file: string;

  /** Whether the directory has no data of the channel, so that the user must replace the file. */
  readonly isMissing: boolean;
}

/** The first file of the channel: in the app, where a user may have put it, in `data/CHANNEL` or in `CHANNEL`. */
export function dataOf(directory: string, app: string, channel: string): ChannelData {
  for (const folder of [`data/${channel}`, `../data/${channel}`, `../${channel}`]) {
    const [first] = filesIn(path.join(directory, app, folder));
    if (first !== undefined) return { channel, file: `${folder}/${first}`, isMissing: false };
  }
  return { channel, file: `data/${channel}/sample.csv`, isMissing: true };
}

function filesIn(folder: string): string[] {
  // The program `train` has the name of a channel too.
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? entry.name : []));
  return names.filter((name) => !/^(\.|readme|.*\.(py|sh|md)$)/i.test(name)).sort();
}
