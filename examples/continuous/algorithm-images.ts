import * as path from 'node:path';
import { ContainerImage, Processor } from '../../lib';

/** The SSM parameter that contains the released version. Both stacks refer to it. */
export const RELEASE_PARAMETER = '/breast-cancer/released';

const DIRECTORY = path.join(__dirname, '..', '..', 'assets', 'breast-cancer');

/** The image that trains and serves. */
export function newImage(): ContainerImage {
  return ContainerImage.fromAsset(DIRECTORY, { processor: Processor.CPU });
}
