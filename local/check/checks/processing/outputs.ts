import { readdirSync } from 'node:fs';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';

export const processingOutputs: Check = {
  id: 'processing-outputs',
  group: 'processing',
  severity: 'error',
  fact: 'H4, H5',
  title: 'The processing run writes files to each of its outputs',
  skipReason: ({ processing }) =>
    processing.specification.outputs.length === 0 ? 'the processing job has no outputs (--output)' : undefined,
  run: async ({ processing }) => {
    const { result, lines } = await processing.completed();
    const empty = processing.specification.outputs
      .filter(({ name }) => !hasFile(result.outputs[name]))
      .map(({ name, target }) => ({
        message: `The run wrote no file to ${target}: the output "${name}" would be empty in Amazon S3.`,
        fix: `Write the results to ${target}, which exists when the container starts, or correct the path of the output.`,
        evidence: lastLines(lines),
      }));
    if (result.excluded.length === 0) return empty;
    return [
      ...empty,
      {
        message: 'The run wrote files to its outputs that SageMaker does not upload.',
        fix: 'Write regular files: copy the targets of symbolic links.',
        evidence: result.excluded.map(({ path, reason }) => `${path}: ${reason}`),
      },
    ];
  },
};

function hasFile(directory: string): boolean {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile());
}
