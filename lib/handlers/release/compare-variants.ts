import type { ShadowTest } from '../release-contract';
import type { Deadline } from '../shared/retry';
import { type CaptureFile, type CapturedRecord, listFiles, readFile, sampleOf, sizeOf } from './captured-data';
import { type Comparison, compare } from './comparison';
import type { Dependencies } from './dependencies';
import type { Test } from './record';

/** The captured data that the function holds at once. */
export const MAX_BYTES = 64 * 1024 * 1024;

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
  const share = MAX_BYTES / sizeOf([...production, ...shadow]);
  const read = async (files: CaptureFile[]): Promise<CapturedRecord[]> => {
    const records: CapturedRecord[] = [];
    for (const file of sampleOf(files, share)) {
      for (const record of await readFile(Bucket, file, since, dependencies, deadline)) records.push(record);
    }
    return records;
  };
  return compare(await read(production), await read(shadow), { tolerance: Tolerance, jsonPath: JsonPath });
}
