/** A value in an error message: in quotation marks, and truncated if it is long. Callers without a type checker can pass any value. */
export function quote(value: string): string {
  if (typeof value !== 'string') return typeof value;
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}
