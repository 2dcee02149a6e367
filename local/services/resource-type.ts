/** A resource as its handlers leave it: what `Ref` and `Fn::GetAtt` return. */
export interface ResourceState {
  readonly physicalId: string;
  readonly attributes?: Record<string, unknown>;
}

/** An existing resource of a stack. */
export interface ExistingResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly properties: Record<string, unknown>;
  readonly attributes: Record<string, unknown>;
}

export interface ResourceRequest {
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
  readonly tags: { Key: string; Value: string }[];

  /** Reports the physical ID of a resource whose creation is not complete yet, so that a rollback deletes it. */
  onCreated(physicalId: string): void;

  /** Aborted when another resource has failed. */
  readonly cancelled: AbortSignal;
}

/** The handlers of a CloudFormation resource type. */
export interface ResourceType {
  create(request: ResourceRequest): Promise<ResourceState>;

  /** Updates a resource in place. If it is missing or returns undefined, an update replaces the resource. */
  update?(current: ExistingResource, request: ResourceRequest): Promise<ResourceState | undefined>;

  /**
   * Called if only the tags of the stack have changed. A resource type without it does nothing: most tags have no effect on a local
   * machine.
   */
  updateTags?(current: ExistingResource, request: ResourceRequest): Promise<void>;

  /** Deletes a resource. That it does not exist any more is not an error. */
  delete(current: ExistingResource, request: Pick<ResourceRequest, 'stackId' | 'stackName'>): Promise<void>;
}

/** Resource types by their names. */
export type ResourceTypes = Record<string, ResourceType>;

/** A physical name as CloudFormation generates one. */
export function generatedName({ stackName, logicalId }: ResourceRequest, maxLength = 63): string {
  const random = Math.random().toString(36).slice(2, 14).padEnd(12, '0');
  const rest = maxLength - random.length - 2;
  const half = Math.floor(rest / 2);
  return `${stackName.slice(0, half)}-${logicalId.slice(0, rest - Math.min(stackName.length, half))}-${random}`;
}
