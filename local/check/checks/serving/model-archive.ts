import type { Check } from '../check';

export const modelArchive: Check = {
  id: 'model-archive',
  group: 'serving',
  severity: 'error',
  fact: 'B31, B34',
  title: 'The model artifact is a gzipped tar archive of files and directories',
  skipReason: ({ specification: { serving } }) =>
    serving?.model === undefined ? 'there is no model artifact (--model)' : undefined,
  run: async ({ serving }) => {
    const error = await serving.model.artifactError();
    if (error === undefined) return [];
    const [message] = error.message.split('\n');
    return [
      {
        message: message.replace(/:$/, '.'),
        fix: 'Pack the files of the model, not links to them: tar --dereference --hard-dereference -czf model.tar.gz -C DIRECTORY .',
        evidence: error.entries,
      },
    ];
  },
};
