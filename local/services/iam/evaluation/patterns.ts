/** The parts of an ARN before the resource: `arn`, partition, service, region and account. */
const ARN_PARTS = 6;

/** Whether a text matches a pattern with the wildcards `*` and `?`. */
export function isLike(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}

/** Whether an ARN matches a pattern. A wildcard does not reach into the next part of an ARN, and missing parts match everything. */
export function isArnLike(arn: string, pattern: string): boolean {
  if (pattern === '*') return true;
  const [parts, patterns] = [partsOf(arn), partsOf(pattern)];
  return parts.every((part, index) => isLike(part, patterns[index] ?? '*'));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [
    ...parts.slice(0, ARN_PARTS - 1),
    ...(parts.length < ARN_PARTS ? [] : [parts.slice(ARN_PARTS - 1).join(':')]),
  ];
}
