import { NotHealthy } from '../../container';
import type { Lab } from '../lab';
import type { Served } from '../serving-lab';
import { hasCarriageReturn } from '../training/command';

/** A container that is not healthy for no reason that another check knows; nothing otherwise. */
export async function unhealthy(lab: Lab): Promise<(Served & { fault: NotHealthy }) | undefined> {
  const base = await lab.serving.base();
  if (!(base.fault instanceof NotHealthy) || (await lab.serving.cause()) !== undefined) return undefined;
  if (await hasCarriageReturn(lab.image, lab.serving.specification, 'serve')) return undefined;
  return { ...base, fault: base.fault };
}

/** Whether a program speaks of its model before it fails. */
export function speaksOfModel({ lines }: Served): boolean {
  return lines.some(({ text }) => text.includes('/opt/ml/model'));
}
