import { parse as parseCsv } from 'csv-parse/sync';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type TransformRequest, transformEnvironment, transformWith } from '../../../container';
import type { ServingSpecification } from '../../core/specification';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { skipWithoutSample } from './response';

export const batch: Check = {
  id: 'batch',
  group: 'serving',
  severity: 'error',
  fact: 'B45, B46, B48',
  title: 'A batch transform job over the sample request returns a prediction for each record',
  skipReason: (context) =>
    context.specification.serving?.transform === undefined
      ? 'there is no batch transform job (--batch)'
      : skipWithoutSample(context),
  run: async ({ serving }) => {
    const { file, hasLinePerRecord, request } = transformOf(serving.specification, serving.directory());
    const split =
      request.split === 'Line' && /^text\/csv/.test(request.contentType ?? '') ? recordsWithLineBreaks(file) : 0;
    if (split > 0) {
      return [
        {
          message: `A batch transform job that splits the sample request by lines also splits ${split} of its records, which have line breaks in quotation marks.`,
          fix: 'Remove the line breaks from the values, or use a format without them, for example JSON Lines.',
        },
      ];
    }
    await serving.requireSuccess();
    return serving.another(
      (unchanged) => ({ ...unchanged, environment: { ...unchanged.environment, ...transformEnvironment(request) } }),
      async ({ url }, lines) => {
        const result = await transformWith([url], request).catch((error: Error) => error);
        if (result instanceof Error) {
          return [
            {
              message: `A batch transform job over the sample request fails: ${result.message}`,
              fix: 'Handle batches of records like single records, and raise the size and time limits of the server.',
              evidence: lastLines(lines),
            },
          ];
        }
        if (!hasLinePerRecord) return [];
        const predictions = countLines(path.join(request.outputDirectory, `${path.basename(file)}.out`));
        const records = countLines(file);
        if (predictions === records) return [];
        return [
          {
            message: `A batch transform job that splits the sample request by lines returns ${predictions} lines for ${records} records.`,
            fix: 'Return one line per record of a batch, in the same order, and end the last line with a line break too.',
            evidence: lastLines(lines),
          },
        ];
      },
    );
  },
};

/** Content types with one record per line. */
const LINES = /^text\/csv|jsonlines|ndjson/;

/** The transform job over the sample with its content type, or else over the first one. */
function transformOf(
  { requests, accepts = [], transform = {} }: ServingSpecification,
  outputDirectory: string,
): { file: string; hasLinePerRecord: boolean; request: TransformRequest } {
  const { hasDataProcessing = false, ...options } = transform;
  const { file, contentType } = requests.find((sample) => sample.contentType === options.contentType) ?? requests[0];
  const split = options.split ?? (LINES.test(contentType) ? 'Line' : 'None');
  const accept = options.accept ?? (accepts.includes(contentType) ? contentType : accepts[0]);
  const assembleWith = options.assembleWith ?? 'None';
  const objects = [{ name: path.basename(file), file }];
  return {
    file,
    hasLinePerRecord: split === 'Line' && accept === contentType && !hasDataProcessing,
    request: { ...options, objects, split, assembleWith, contentType, accept, outputDirectory },
  };
}

/** The number of CSV records that have several lines. */
function recordsWithLineBreaks(file: string): number {
  const records: string[][] = parseCsv(readFileSync(file), { relax_column_count: true, relax_quotes: true });
  return records.filter((record) => record.some((value) => /[\r\n]/.test(value))).length;
}

const countLines = (file: string): number =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '').length;
