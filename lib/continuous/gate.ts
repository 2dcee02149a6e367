import { type ValidationErrors, isKnown } from '../private/validation';

/** The version with which a gate compares a model. */
export enum GateBaseline {
  /** The model is compared with no version. */
  NONE = 'NONE',

  /** The model is compared with the newest approved version of the group in which it is registered. */
  NEWEST_APPROVED = 'NEWEST_APPROVED',
}

/**
 * The conditions under which a model is registered. Its metric must be at least the threshold if it is maximized, or at most if it is
 * minimized, and must not be worse than that of the newest approved version by more than the tolerance. A model whose metric is not a finite
 * number is not registered. If the newest approved version has no such metric, only the threshold applies.
 */
export interface GateOptions {
  /**
   * The worst value of the metric with which a model is registered.
   *
   * @default - no threshold
   */
  readonly threshold?: number;

  /**
   * The version with which the model is compared.
   *
   * @default GateBaseline.NEWEST_APPROVED
   */
  readonly baseline?: GateBaseline;

  /**
   * How much worse than the metric of the baseline the metric can be, at least 0, in the unit of the metric. It applies to each comparison, so
   * that the metric can decrease from version to version: set `threshold` too.
   *
   * @default 0
   */
  readonly tolerance?: number;
}

export function checkGate(errors: ValidationErrors, gate: GateOptions | undefined): void {
  if (gate === undefined) return;
  const { threshold, tolerance, baseline } = gate;
  for (const [property, value] of Object.entries({ 'gate.threshold': threshold, 'gate.tolerance': tolerance })) {
    const isUsable = value === undefined || !isKnown(value) || Number.isFinite(value);
    errors.when(!isUsable, `\`${property}\` must be a finite number, got: ${value}`);
  }
  errors.when(
    isKnown(tolerance) && tolerance < 0,
    `\`gate.tolerance\` must be at least 0, got: ${tolerance}. It is the difference by which a model can be worse than the baseline`,
  );
  errors.when(
    threshold === undefined && baseline === GateBaseline.NONE,
    '`gate` must have a `threshold` if `baseline` is GateBaseline.NONE: it would accept every model. Remove `gate`, or set `threshold`',
  );
  errors.when(
    tolerance !== undefined && baseline === GateBaseline.NONE,
    '`gate.tolerance` must not be set if `baseline` is GateBaseline.NONE: it applies to the comparison with the baseline',
  );
}
