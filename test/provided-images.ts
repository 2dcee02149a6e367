import { execFileSync, spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { ROOT } from './docker/local-machine';

const STAND_INS = path.join(ROOT, 'test', 'fixtures', 'provided-images');

/** Ensures that an image that SageMaker provides exists while some work is done: if it was not pulled, a stand-in has its name. */
export async function withProvidedImage<T>(uri: string | undefined, work: () => Promise<T>): Promise<T> {
  if (uri === undefined || spawnSync('docker', ['image', 'inspect', uri]).status === 0) return work();
  const [repository] = path.posix.basename(uri).split(':');
  // The stand-in remains in the cache of builds, so that the next one takes no time.
  execFileSync('docker', ['build', '--quiet', '--tag', uri, path.join(STAND_INS, repository)], { stdio: 'pipe' });
  try {
    return await work();
  } finally {
    spawnSync('docker', ['image', 'rm', '--no-prune', uri]);
  }
}
