import type { Context } from '../context';
import type { Store } from '../store';
import { type PolicyDocument, type Statement, statementsOf } from './evaluation/document';

interface ResourcePolicy {
  readonly id: string;

  /** The ARN of the resource. The policy also applies to what is in it: the objects of a bucket, the versions of a group. */
  readonly arn: string;
  readonly document: PolicyDocument;
}

/** The resource-based policies: of buckets, keys, repositories, functions, topics and model package groups. */
export class ResourcePolicies {
  private readonly policies: Store<ResourcePolicy>;

  constructor(context: Context) {
    this.policies = context.store<ResourcePolicy>('resource-policies');
  }

  /** @param id - the policy, of which a resource can have several */
  public put(id: string, arn: string, document: PolicyDocument): void {
    statementsOf(document, 'resource');
    this.policies.put(id, { id, arn, document });
  }

  public delete(id: string): void {
    this.policies.delete(id);
  }

  /** The statements that apply to a resource; undefined if it has no policy. */
  public statements(resource: string): Statement[] | undefined {
    const applies = ({ arn }: ResourcePolicy): boolean =>
      resource === arn || resource.startsWith(`${arn}/`) || resource.startsWith(`${arn}:`);
    const policies = this.policies.list().filter(applies);
    return policies.length === 0 ? undefined : policies.flatMap(({ document }) => statementsOf(document, 'resource'));
  }
}
