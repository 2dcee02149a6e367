import type { StackResource } from './store';

export interface Made {
  readonly physicalId: string;
  readonly attributes?: Record<string, unknown>;
}

export interface ProviderRequest {
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
  readonly tags: { Key: string; Value: string }[];

  /** Tells what exists already although it is not done, so that a rollback removes it. */
  made(physicalId: string): void;

  /** Aborted when another resource has failed. */
  readonly cancelled: AbortSignal;
}

/** How the resources of a type are made, changed and deleted. */
export interface Provider {
  create(request: ProviderRequest): Promise<Made>;

  /** Changes it in place. Without this, or when it returns undefined, a change makes another one. */
  update?(current: StackResource, request: ProviderRequest): Promise<Made | undefined>;

  /** Deletes it. What is gone already is no error. */
  delete(current: StackResource, request: Pick<ProviderRequest, 'stackId' | 'stackName'>): Promise<void>;
}

/** A name as CloudFormation makes one where the template has none. */
export function generatedName({ stackName, logicalId }: ProviderRequest, maxLength = 63): string {
  const random = Math.random().toString(36).slice(2, 14).padEnd(12, '0');
  const rest = maxLength - random.length - 2;
  const half = Math.floor(rest / 2);
  return `${stackName.slice(0, half)}-${logicalId.slice(0, rest - Math.min(stackName.length, half))}-${random}`;
}
