import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { ProcessingProbe } from '../../probe/processing-probe';

/**
 * The last log lines of the run if it failed because of the requirement of this check; undefined if it completed.
 *
 * @throws Inconclusive if it failed for another reason
 */
export async function evidenceFor(processing: ProcessingProbe, id: string): Promise<string[] | undefined> {
  const { result, lines } = await processing.baseline();
  if (result?.status === 'Completed') return undefined;
  if ((await processing.cause()) !== id) throw new Inconclusive('the processing run failed for another reason');
  return lastLines(lines);
}
