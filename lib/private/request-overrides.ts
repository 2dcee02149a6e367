import { type IResolvable, Lazy } from 'aws-cdk-lib';
import { ValidationErrors } from './validation';

/** The members that the handler sets. */
const SET_BY_HANDLER = /^(Tags|(Training|HyperParameterTuning|Transform)JobName|AlgorithmName)$/;

/** The values that users set in a request by their paths, as `addPropertyOverride` of the CDK sets properties. */
export class RequestOverrides {
  private readonly values = new Map<string, unknown>();

  /** @param subject the name of the resource in error messages */
  constructor(private readonly subject: string) {}

  public add(path: string, value: unknown): void {
    const errors = new ValidationErrors(`${this.subject}.addRequestOverride()`, 'all-stages');
    const segments = segmentsOf(path);
    errors.when(
      segments.some((segment) => segment === ''),
      `\`path\` must name a member of the request, with a period between its parts, for example "ResourceConfig.VolumeSizeInGB", got: "${path}"`,
    );
    errors.when(
      SET_BY_HANDLER.test(segments[0]),
      `\`path\` must not be "${path}": the name and the tags of a job are set at deployment. Use the properties of the construct`,
    );
    errors.throwIfAny();
    // Of two overrides, the later one wins.
    this.values.delete(path);
    this.values.set(path, value ?? undefined);
  }

  /** The request with the overrides that exist at synthesis. */
  public applyTo(request: object): IResolvable {
    return Lazy.any({ produce: () => (this.values.size === 0 ? request : this.overridden(request)) });
  }

  /** An identity with the overrides whose paths begin with a member, by default with all overrides. */
  public identify(identity: object, member = ''): object {
    const overrides = [...this.values].filter(([path]) => path.startsWith(member));
    if (overrides.length === 0) return identity;
    return {
      ...identity,
      // Hashes ignore undefined members, but a deleted member is a change.
      RequestOverrides: overrides.map(([Path, Value]) => ({
        Path,
        Value,
        IsDeleted: Value === undefined || undefined,
      })),
    };
  }

  private overridden(request: object): object {
    let result: unknown = request;
    for (const [path, value] of this.values) result = withValue(result, segmentsOf(path), value);
    return result as object;
  }
}

/** The parts of a path. A period that is preceded by a backslash is part of a name. */
function segmentsOf(path: string): string[] {
  return path.split(/(?<!\\)\./).map((segment) => segment.replace(/\\(.)/g, '$1'));
}

/** A copy of a structure with another value at a path. Undefined deletes the member. */
function withValue(structure: unknown, [name, ...rest]: string[], value: unknown): unknown {
  const copy = Array.isArray(structure) ? [...(structure as unknown[])] : { ...(structure as object | undefined) };
  const members = copy as Record<string, unknown>;
  members[name] = rest.length === 0 ? value : withValue(members[name], rest, value);
  return Array.isArray(copy) ? copy.filter((item) => item !== undefined) : copy;
}
