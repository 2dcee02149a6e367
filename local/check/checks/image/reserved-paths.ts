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
    const problems = images.map(async ({ image, name, info: { volumes } }) => [
      ...volumeProblems(name, volumes),
      ...(await fileProblems(context, image, name)),
    ]);
    return (await Promise.all(problems)).flat();
  },
};

function volumeProblems(name: string, volumes: string[]): Problem[] {
  return volumes
    .filter((volume) => volume === PATHS.root || volume.startsWith(`${PATHS.root}/`))
    .map((volume) => ({
      message: `${name} declares the volume ${volume}, which hides the files that SageMaker mounts there.`,
      fix: 'Remove the VOLUME instruction.',
    }));
}

/** Files that a mount hides under some conditions only: a run of the container shows whether it needs them. */
async function fileProblems(context: CheckContext, image: string, name: string): Promise<Problem[]> {
  const files = (await context.image.files(image, PATHS.root))
    .filter(({ type, path }) => type !== 'Directory' && !path.startsWith(TOOLKIT))
    .map(({ path }) => path);
  const model = files.filter((path) => path.startsWith(`${PATHS.model}/`));
  const others = files.filter((path) => !model.includes(path));
  const problems: Problem[] = [];
  if (model.length > 0) {
    problems.push({
      severity: 'warning',
      message: `${name} contains a model in ${PATHS.model}. It is served as long as the SageMaker model has no model data (ModelDataUrl), which hides it; a training job hides it too.`,
      fix: 'Create the SageMaker model without model data, or copy the model to a directory that SageMaker does not use, such as /opt/model.',
      evidence: model.slice(0, SHOWN),
    });
  }
  if (others.length > 0) {
    problems.push({
      severity: 'warning',
      message: `${name} has files below ${PATHS.root}, which SageMaker reserves: a directory that it mounts there may hide them.`,
      fix: 'Copy programs to a directory such as /opt/program.',
      evidence: others.slice(0, SHOWN),
    });
  }
  return problems;
}
