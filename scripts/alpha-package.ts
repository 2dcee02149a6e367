// The npm package of @aws-cdk/aws-sagemaker-alpha, which the wheel of PyPI contains: the registry of npm can lack its newest versions.
import { unzipSync } from 'fflate';
import { readFileSync } from 'node:fs';

/** The archive of the npm package in a wheel. */
export function packageIn(wheel: string): Uint8Array {
  const entry = Object.entries(unzipSync(readFileSync(wheel))).find(([name]) => name.endsWith('.jsii.tgz'));
  if (entry === undefined) throw new Error(`${wheel} contains no npm package`);
  return entry[1];
}
