/** Stands in a physical id for the name of a job whose Create event has failed. */
const NONE = 'none';

/** The parts of the physical id of a custom resource that starts a job. */
export interface PhysicalId {
  /** The name of the job. Undefined if the Create event has failed, or if CloudFormation generated the id. */
  readonly name?: string;

  /** The hash of the Create event. Undefined if CloudFormation generated the id. */
  readonly create?: string;
}

export function physicalId(name: string | undefined, create: string): string {
  return `${name ?? NONE}:${create}`;
}

export function parsePhysicalId(id: string): PhysicalId {
  const { name, create } = /^(?<name>[a-z0-9-]+):(?<create>[0-9a-f]{8})$/i.exec(id)?.groups ?? {};
  return { name: name === NONE ? undefined : name, create };
}
