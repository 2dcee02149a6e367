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
    return [{ message: error.problem, fix: error.fix, evidence: error.entries }];
  },
};
