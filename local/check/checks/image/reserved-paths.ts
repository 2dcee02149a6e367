import type { ImageInfo } from '../../../container';
import { PATHS } from '../../../contract';
import type { Problem } from '../../core/finding';
import type { CheckContext } from '../../probe/check-context';
import type { Check } from '../check';

const SHOWN = 5;

/** The programs of the SageMaker training toolkit; SageMaker mounts nothing there. */
const TOOLKIT = `${PATHS.root}/code/`;

export const reservedPaths: Check = {
  id: 'reserved-paths',
  group: 'image',
  severity: 'error',
  fact: 'A14',
  title: 'The image has no files or volumes below /opt/ml',
  run: async (context) => {
    const images = await context.image.all();
    return (await Promise.all(images.map(({ image, info }) => problemsOf(context, image, info)))).flat();
  },
};

async function problemsOf(context: CheckContext, image: string, { volumes }: ImageInfo): Promise<Problem[]> {
  const reserved = volumes.filter((volume) => volume === PATHS.root || volume.startsWith(`${PATHS.root}/`));
  const files = (await context.image.files(image, PATHS.root)).filter(
    ({ type, path }) => type !== 'Directory' && !path.startsWith(TOOLKIT),
  );
  const problems: Problem[] = reserved.map((volume) => ({
    message: `${image} declares the volume ${volume}, which hides the files that SageMaker mounts there.`,
    fix: 'Remove the VOLUME instruction.',
  }));
  if (files.length > 0) {
    problems.push({
      message: `${image} has files below ${PATHS.root}, which the directories that SageMaker mounts there hide.`,
      fix: 'Copy programs to /opt/program, and a model that is part of the image to a directory such as /opt/model.',
      evidence: files.slice(0, SHOWN).map(({ path }) => path),
    });
  }
  return problems;
}
