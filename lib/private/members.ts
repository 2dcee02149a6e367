import { Tokenization } from 'aws-cdk-lib';

/** A structure whose members are spelled as the API spells them, spelled as L1s do it. */
export function members(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(members);
  if (value === null || typeof value !== 'object' || Tokenization.isResolvable(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, part]) => [
      `${member.charAt(0).toLowerCase()}${member.slice(1)}`,
      members(part),
    ]),
  );
}
