import type { ShadowTest } from '../release-contract';
import type { Deadline } from '../shared/retry';
import { type CaptureFile, type CapturedRecord, listFiles, readFile, sampleOf, sizeOf } from './captured-data';
import type { Comparison } from './comparison';
import type { Dependencies } from './dependencies';
import type { Test } from './record';

/** The captured data that the function reads: what it can hold in memory, and read in its time. */
export const MAX_BYTES = 256 * 1024 * 1024;
const MAX_FILES = 5000;

/** The number of files that are read at the same time. */
const CONCURRENCY = 16;

/** Compares the captured responses of the shadow variant with those of the production variant since the start of a test. */
export async function compareVariants(
  { Bucket, ProductionPrefix, ShadowPrefix, Tolerance, JsonPath }: ShadowTest,
  { since }: Test,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<Comparison> {
  const list = (prefix: string): Promise<CaptureFile[]> => listFiles(Bucket, prefix, since, dependencies, deadline);
  const [production, shadow] = [await list(ProductionPrefix), await list(ShadowPrefix)];
  // Both variants have captured the same times, of which the same share is read.
  const all = [...production, ...shadow];
  const share = Math.min(MAX_BYTES / sizeOf(all), MAX_FILES / all.length);
  const read = async (files: CaptureFile[]): Promise<CapturedRecord[]> => {
    const sample = sampleOf(files, share);
    const records: CapturedRecord[] = [];
    for (let start = 0; start < sample.length; start += CONCURRENCY) {
      const batch = sample.slice(start, start + CONCURRENCY);
      const found = await Promise.all(batch.map((file) => readFile(Bucket, file, since, dependencies, deadline)));
      found.flat().forEach((record) => records.push(record));
    }
    return records;
  };
  // A file of its own in the bundle: only a comparison loads the parsers of CSV and JSONPath.
  const { compare } = await import('./comparison');
  return compare(await read(production), await read(shadow), { tolerance: Tolerance, jsonPath: JsonPath });
}
