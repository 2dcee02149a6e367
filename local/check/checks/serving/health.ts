import { NotHealthy } from '../../../container';
import { PATHS } from '../../../contract';
import type { CheckContext } from '../../probe/check-context';
import type { Served } from '../../probe/serving-probe';
import { causeOf } from './cause';

export type Unhealthy = Served & { readonly error: NotHealthy };

/** The container as it is specified, if it did not become healthy for a reason that no variation explains. */
export async function unexplainedFailure(context: CheckContext): Promise<Unhealthy | undefined> {
  const { error, ...served } = await context.serving.baseline();
  if (!(error instanceof NotHealthy) || context.isSelected(await causeOf(context))) return undefined;
  return { ...served, error };
}

/** The result of a check that another one explains: nothing, if the container is healthy. @throws Inconclusive otherwise */
export async function passIfHealthy(context: CheckContext): Promise<[]> {
  await context.serving.healthy();
  return [];
}

/** Whether a container with a model mentions the model in its log before it fails. */
export function failsOnModel(context: CheckContext, failure: Unhealthy): boolean {
  return hasModel(context) && mentionsModel(failure);
}

/** The fix for a container that is not healthy; first of all the model, if it needs one and got none. */
export function fixFor(context: CheckContext, failure: Unhealthy, fix: string): string {
  if (hasModel(context) || !mentionsModel(failure)) return fix;
  return `The container has no model: pass the model artifact with --model. ${fix}`;
}

function hasModel(context: CheckContext): boolean {
  return context.serving.specification.model !== undefined || context.has('training');
}

function mentionsModel({ error, lines }: Unhealthy): boolean {
  return ['ended', 'status'].includes(error.failure) && lines.some(({ text }) => text.includes(PATHS.model));
}
