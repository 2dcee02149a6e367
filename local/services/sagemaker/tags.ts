import { validationError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const MAX_TAGS = 50;

/** The tags of all resources, by their ARNs. */
export class Tags {
  public readonly operations: Operations;
  private readonly store: Store<Tag[]>;

  constructor(context: Context) {
    this.store = context.store<Tag[]>('tags');
    this.operations = {
      AddTags: ({ ResourceArn, Tags: tags }: { ResourceArn: string; Tags: Tag[] }) => ({
        Tags: this.add(ResourceArn, tags),
      }),
      ListTags: ({ ResourceArn }: { ResourceArn: string }) => ({ Tags: this.of(ResourceArn) }),
      DeleteTags: ({ ResourceArn, TagKeys }: { ResourceArn: string; TagKeys: string[] }) => {
        this.store.put(
          ResourceArn,
          this.of(ResourceArn).filter(({ Key }) => !TagKeys.includes(Key)),
        );
      },
    };
  }

  public of(arn: string): Tag[] {
    return this.store.get(arn) ?? [];
  }

  public add(arn: string, tags: Tag[] = []): Tag[] {
    const keys = tags.map(({ Key }) => Key);
    const all = [...this.of(arn).filter(({ Key }) => !keys.includes(Key)), ...tags];
    if (all.length > MAX_TAGS) throw validationError(`A resource has at most ${MAX_TAGS} tags, got ${all.length}.`);
    return this.store.put(arn, all);
  }

  public remove(arn: string): void {
    this.store.delete(arn);
  }
}
