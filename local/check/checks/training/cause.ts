import type { CheckContext } from '../../probe/check-context';
import { defectiveScript } from '../script';

/** The check that explains why the specified run failed; undefined if it completed, or no check does. */
export async function causeOf(context: CheckContext): Promise<string | undefined> {
  const { result, lines } = await context.training.baseline();
  if (result?.status === 'Completed') return undefined;
  const script = await defectiveScript(context, 'train', lines);
  return script?.defect === 'carriage returns' ? 'line-ends' : context.training.cause();
}
