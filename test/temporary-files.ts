import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

/**
 * Gives a run of the tests a directory for its temporary files, which is deleted at the end: also the CDK leaves the output directory
 * of each app in it.
 */
export default function createDirectory(): void {
  process.env.TMPDIR = mkdtempSync(path.join(tmpdir(), 'cdk-sagemaker-algorithm-tests-'));
}

export function deleteDirectory(): void {
  const { TMPDIR } = process.env;
  if (TMPDIR !== undefined) rmSync(TMPDIR, { recursive: true, force: true });
}
