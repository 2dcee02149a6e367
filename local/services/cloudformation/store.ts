import type { Template } from '../../aws-model/template';

/** A resource of a stack as it is now. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly properties: Record<string, unknown>;
  readonly attributes: Record<string, unknown>;

  /** What an update that is under way, or has failed, wanted. */
  readonly attempted?: Record<string, unknown>;

  /** What it was made after, and is deleted before. */
  readonly dependsOn: string[];
  readonly deletionPolicy?: string;
  readonly status: string;
  readonly reason?: string;
  readonly time: string;
}

export interface StackEvent {
  readonly EventId: string;
  readonly StackId: string;
  readonly StackName: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId: string;
  readonly ResourceType: string;
  readonly Timestamp: string;
  readonly ResourceStatus: string;
  readonly ResourceStatusReason?: string;
}

export interface Output {
  readonly OutputKey: string;
  readonly OutputValue: string;
  readonly Description?: string;
  readonly ExportName?: string;
}

/** All that makes a version of a stack. */
export interface Version {
  readonly template: Template;
  readonly templateBody: string;
  /** The parameters as they were given: for those of SSM, the name of the parameter there. */
  readonly parameters: Record<string, string>;

  /** What they stand for. */
  readonly values: Record<string, string>;
  readonly tags: { Key: string; Value: string }[];
}

export interface Stack {
  readonly name: string;
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
  readonly created: string;
  readonly updated?: string;

  /** The version that holds. */
  readonly version?: Version;
  readonly resources: Record<string, StackResource>;
  readonly outputs: Output[];

  /** What held before the update that is under way: a rollback goes back to it, also after a restart. */
  readonly previous?: Pick<Stack, 'version' | 'resources' | 'outputs'>;

  /** What is to be removed when the update has succeeded, or was made by it and is to be removed when it has not. */
  readonly garbage: StackResource[];
  readonly events: StackEvent[];
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly stackName: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly reason?: string;
  readonly executionStatus: string;
  readonly version: Version;
  readonly created: string;
  readonly changes: { readonly Action: string; readonly LogicalResourceId: string; readonly ResourceType: string }[];
}
