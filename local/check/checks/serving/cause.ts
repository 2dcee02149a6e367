import type { CheckContext } from '../../probe/check-context';
import { defectiveScript } from '../script';

/** The check that explains why the specified container does not serve; undefined if it serves, or no check does. */
export async function causeOf(context: CheckContext): Promise<string | undefined> {
  const { server, lines } = await context.serving.baseline();
  if (server === undefined) {
    const script = await defectiveScript(context, 'serve', lines);
    if (script?.defect === 'carriage returns') return 'serving-line-ends';
  }
  return context.serving.cause();
}
