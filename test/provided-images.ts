import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { ROOT } from './docker/local-machine';

const STAND_INS = path.join(ROOT, 'test', 'fixtures', 'provided-images');

const docker = (...args: string[]): number | null => spawnSync('docker', args, { stdio: 'pipe' }).status;

/** Ensures that an image that SageMaker provides exists while some work is done: if it was not pulled, a stand-in has its name. */
export async function withProvidedImage<T>(uri: string | undefined, work: () => Promise<T>): Promise<T> {
  if (uri === undefined || docker('image', 'inspect', uri) === 0) return work();
  const target = uri.slice(uri.lastIndexOf('/') + 1, uri.lastIndexOf(':'));
  if (docker('build', '--quiet', '--target', target, '--tag', uri, STAND_INS) !== 0) {
    throw new Error(`The stand-in for ${uri} in ${STAND_INS} cannot be built.`);
  }
  try {
    return await work();
  } finally {
    docker('image', 'rm', uri);
  }
}
