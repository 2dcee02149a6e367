import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { readJson, writeJson } from './json-file';

export const DEFAULT_ACCOUNT = '000000000000';

/** The account whose state is in a directory; undefined if the directory has no state. */
export function accountOf(directory: string): string | undefined {
  return readJson<{ account: string }>(fileOf(directory))?.account;
}

/** Records the account of a state directory: its records contain ARNs, so that it cannot become that of another account. */
export function keepAccount(directory: string, account: string): void {
  mkdirSync(path.dirname(fileOf(directory)), { recursive: true });
  writeJson(fileOf(directory), { account });
}

function fileOf(directory: string): string {
  return path.join(directory, 'state', 'account.json');
}
