import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type TransformRequest, transformEnvironment, transformWith } from '../../../container';
import { type Check, Untold } from '../../core/check';
import { tail } from '../../probe/training-probe';
import { hasSample } from './invocations';

/** Formats with a record on each line. */
const LINES = /^text\/csv|jsonlines|ndjson/;

const linesOf = (file: string): number =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '').length;

export const batch: Check = {
  id: 'batch',
  group: 'serving',
  severity: 'error',
  fact: 'B45, B46, B48',
  title: 'A batch transform job over the samples has an answer to each record',
  unless: (lab) =>
    lab.specification.serving?.transform === undefined ? 'there is no transform job (--batch)' : hasSample?.(lab),
  run: async (lab) => {
    await lab.serving.answering();
    const { requests, accepts = [], transform = {} } = lab.serving.specification;
    const { hasDataProcessing = false, ...given } = transform;
    const { file, contentType } = requests.find((sample) => sample.contentType === given.contentType) ?? requests[0];
    const outputDirectory = lab.serving.directory();
    const request: TransformRequest = {
      objects: [{ name: path.basename(file), file }],
      ...given,
      split: given.split ?? (LINES.test(contentType) ? 'Line' : 'None'),
      assembleWith: given.assembleWith ?? 'None',
      contentType,
      accept: given.accept ?? (accepts.includes(contentType) ? contentType : accepts[0]),
      outputDirectory,
    };
    return lab.serving.varied(
      (serving) => ({ ...serving, environment: { ...serving.environment, ...transformEnvironment(request) } }),
      async ({ server, lines }) => {
        if (server === undefined) throw new Untold('the container did not become healthy for a transform job');
        const fault = await transformWith([server.url], request).catch((error: Error) => error.message);
        if (typeof fault === 'string') {
          return [
            {
              message: `A transform job over the sample fails: ${fault}`,
              fix: 'Answer batches of records as single ones; raise limits of size and time.',
              evidence: tail(lines),
            },
          ];
        }
        const answered = linesOf(path.join(outputDirectory, `${path.basename(file)}.out`));
        const isByLine = request.split === 'Line' && request.accept === contentType && !hasDataProcessing;
        if (!isByLine || answered === linesOf(file)) return [];
        return [
          {
            message: `A transform job that splits the sample by lines has ${answered} lines of answers to ${linesOf(file)} records.`,
            fix: 'Answer each record of a batch, with one line each and in the same order; end the last line too.',
            evidence: tail(lines),
          },
        ];
      },
    );
  },
};
