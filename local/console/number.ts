/** A number with at most five significant digits. */
export function number(value: number): string {
  return String(Number(value.toPrecision(5)));
}
