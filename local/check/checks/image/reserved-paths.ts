import { PATHS } from '../../../contract';
import type { Check } from '../../core/check';

const SHOWN = 5;

/** Where the training toolkit has its programs; nothing is mounted over them. */
const TOOLKIT = `${PATHS.root}/code/`;

export const reservedPaths: Check = {
  id: 'reserved-paths',
  group: 'image',
  severity: 'error',
  fact: 'A14',
  title: 'The image has nothing of its own below /opt/ml',
  run: async (lab) => {
    const images = await lab.image.all();
    const found = await Promise.all(
      images.map(async ({ image, info }) => {
        const volumes = info.volumes.filter((volume) => volume === PATHS.root || volume.startsWith(`${PATHS.root}/`));
        const files = (await lab.image.files(image, PATHS.root)).filter(
          ({ type, path }) => type !== 'Directory' && !path.startsWith(TOOLKIT),
        );
        return [
          ...volumes.map((volume) => ({
            message: `${image} declares the volume ${volume}, which hides what SageMaker puts there.`,
            fix: 'Remove the VOLUME instruction.',
          })),
          ...(files.length === 0
            ? []
            : [
                {
                  message: `${image} has files below ${PATHS.root}, where SageMaker mounts its own directories over them.`,
                  fix: 'Copy programs to /opt/program, and a model that is in the image to a directory such as /opt/model.',
                  evidence: files.slice(0, SHOWN).map((file) => file.path),
                },
              ]),
        ];
      }),
    );
    return found.flat();
  },
};
