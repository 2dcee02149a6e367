import type { Context } from '../context';
import type { ResourceType } from '../resource-type';
import { Deployment } from './deployment';
import { ResourceDeployment } from './resource-deployment';
import { StackState } from './stack-state';
import type { Stacks } from './store';

/** A request that starts an operation on a stack. */
interface OperationRequest {
  readonly token?: string;
  readonly accessKey?: string;
}

/** Runs the operations on stacks: in the background, one at a time for each stack. */
export class Deployments {
  private readonly work = new Map<string, Promise<void>>();

  /** The access keys that the last operations on stacks were started with. */
  private readonly starters = new Map<string, string>();

  constructor(
    private readonly context: Context,
    private readonly stacks: Stacks,
    private readonly typeOf: (name: string) => ResourceType | undefined,
  ) {}

  /** @param request - its token is that of the events of the operation */
  public start(
    name: string,
    { token, accessKey = '' }: OperationRequest,
    operation: (deployment: Deployment) => Promise<void>,
  ): void {
    this.starters.set(name, accessKey);
    this.stacks.update(name, { token, revision: (this.stacks.find(name)?.revision ?? 0) + 1 });
    const state = new StackState(this.context, this.stacks, name);
    const deployment = new Deployment(state, new ResourceDeployment(state, this.typeOf));
    const before = this.work.get(name) ?? Promise.resolve();
    const work = before
      .then(() => operation(deployment))
      .catch((error: Error) => {
        this.stacks.update(name, { status: 'UPDATE_ROLLBACK_FAILED', reason: `Internal failure: ${error.message}` });
      });
    this.work.set(name, work);
  }

  /** Whether the last operation on a stack was started with an access key. */
  public isStartedWith(accessKey: string, name: string): boolean {
    return this.starters.get(name) === accessKey;
  }

  /** Resolves when the operation on a stack has ended. */
  public async ended(name: string): Promise<void> {
    await this.work.get(name);
  }

  /** Rolls back the operations that were in progress when the service stopped. */
  public resume(): void {
    for (const stack of this.stacks.list().filter(isInProgress)) {
      this.start(stack.name, stack, (deployment) => deployment.recover());
    }
  }
}

export function isInProgress({ status }: { readonly status: string }): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}
