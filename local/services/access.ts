/** An action on a resource, for which a caller needs permission. */
export interface Access {
  /** The action as in policies: `sagemaker:CreateTrainingJob`. */
  readonly action: string;

  /** The ARN of the resource, or `*` for an action without one. */
  readonly resource: string;

  /** The values of the condition keys; a key without a value is not in the request. */
  readonly keys?: Record<string, string | string[] | undefined>;
}

/** The permissions that the operations of a service require, by the names of the operations. */
export type AccessTable = Record<string, (input: never) => Access[]>;

/** The user, the session of a role, or a service that acts on its own. */
export interface Caller {
  readonly arn: string;
  readonly userId: string;
  allows(access: Access): boolean;

  /** @throws an error in the words of AWS if the caller does not have all permissions */
  check(accesses: readonly Access[]): void;
}

/** The permission to pass a role to a service; none is required if the request has no role. */
export function passRole(role: string | undefined, service: string): Access[] {
  if (role === undefined || role === '') return [];
  return [{ action: 'iam:PassRole', resource: role, keys: { 'iam:PassedToService': service } }];
}

interface Tag {
  readonly Key?: string;
  readonly Value?: string;
}

/** A condition key for each tag: `aws:ResourceTag/<key>`. */
export function tagKeys(prefix: string, tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value = '' }) => [`${prefix}/${Key}`, Value] as const));
}

/** The condition keys of the tags in a request. */
export function requestTags(tags: readonly Tag[] | undefined): Record<string, string | string[] | undefined> {
  if (tags === undefined || tags.length === 0) return {};
  return { ...tagKeys('aws:RequestTag', tags), 'aws:TagKeys': tags.map(({ Key = '' }) => Key) };
}
