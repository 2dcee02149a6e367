import { readdirSync } from 'node:fs';
import { ArtifactError } from '../../../container';
import { PATHS } from '../../../contract';
import type { CheckContext } from '../../probe/check-context';
import type { Check } from '../check';

export const modelFiles: Check = {
  id: 'model-files',
  group: 'training',
  severity: 'error',
  fact: 'B34',
  title: 'The model consists of files and directories only, and is not nested in another directory',
  run: async (context) => {
    const { training } = context;
    const trained = await training.completed();
    const special = trained.result.excluded.filter(({ path }) => path.startsWith(`${PATHS.model}/`));
    if (special.length > 0) {
      return [
        {
          message: `The training run leaves ${special[0].path}, but ${special[0].reason}: a model consists of files and directories.`,
          fix: `Create pipes, sockets and other special files in /tmp, and give the files in ${PATHS.model} names in UTF-8.`,
          evidence: special.map(({ path, reason }) => `${path}: ${reason}`),
        },
      ];
    }
    const model = await training.modelOf(trained).catch((error: Error) => error);
    if (model instanceof Error) {
      if (!(model instanceof ArtifactError)) throw model;
      return [
        {
          message: 'The model contains links or other special files, which endpoints do not extract.',
          fix: 'Save copies of the files that the links point to.',
          evidence: model.entries,
        },
      ];
    }
    const entries = readdirSync(model, { withFileTypes: true });
    const isNested = entries.length === 1 && entries[0].isDirectory() && entries[0].name === 'model';
    if (!isNested || (await isServed(context))) return [];
    return [
      {
        message:
          'All files of the model are in a directory named "model". When it is served, they are in /opt/ml/model/model.',
        fix: 'Save the files directly to /opt/ml/model.',
      },
    ];
  },
};

/** Some servers expect a directory per model: a model that is served is not nested too deeply. */
async function isServed(context: CheckContext): Promise<boolean> {
  if (!context.has('serving') || context.serving.specification.requests.length === 0) return false;
  return context.serving.requireSuccess().then(
    () => true,
    () => false,
  );
}
