import { NotHealthy } from '../../../container';
import type { Lab } from '../../probe/check-context';
import type { Served } from '../../probe/serving-probe';
import { hasCarriageReturn } from '../training/command';

/** A container that is not healthy for no reason that another check knows; nothing otherwise. */
export async function unhealthy(lab: Lab): Promise<(Served & { fault: NotHealthy }) | undefined> {
  const base = await lab.serving.base();
  if (!(base.fault instanceof NotHealthy) || lab.isAsked(await lab.serving.cause())) return undefined;
  if (await hasCarriageReturn(lab.image, lab.serving.specification, 'serve')) return undefined;
  return { ...base, fault: base.fault };
}

/** Whether a program that was given a model speaks of it before it fails. */
export function failsForModel(lab: Lab, seen: Served & { fault: NotHealthy }): boolean {
  return hasModel(lab) && speaksOfModel(seen);
}

/** How to mend a container that is not healthy, for whom has given no model to one that looks for it. */
export function mending(lab: Lab, seen: Served & { fault: NotHealthy }, fix: string): string {
  return hasModel(lab) || !speaksOfModel(seen)
    ? fix
    : `No model is given: name what training leaves with --model. ${fix}`;
}

function hasModel(lab: Lab): boolean {
  return lab.serving.specification.model !== undefined || lab.has('training');
}

function speaksOfModel({ fault, lines }: Served & { fault: NotHealthy }): boolean {
  return ['ended', 'status'].includes(fault.failure) && lines.some(({ text }) => text.includes('/opt/ml/model'));
}
