import { type IResolvable, type IResolveContext, type Stack, Token } from 'aws-cdk-lib';

/**
 * A string that many resources of a stack contain, and whose only tokens are pseudo parameters, such as the ARN of a log group. It is
 * resolved once, not three times for each resource: the CDK also resolves all tokens to find references to resources, of which it has none.
 */
export class PseudoParameterString implements IResolvable {
  /** Such a string as one token. Returns the value if it is not one: if it has no tokens, or others than pseudo parameters. */
  public static of(stack: Stack, value: string): string {
    if (!Token.isUnresolved(value)) return value;
    const resolved: unknown = stack.resolve(value);
    return hasOnlyPseudoParameters(resolved) ? Token.asString(new PseudoParameterString(value, resolved)) : value;
  }

  public readonly creationStack: string[] = [];
  private identityText?: unknown;

  private constructor(
    /** The string with its tokens. */
    public readonly value: string,
    private readonly resolved: unknown,
  ) {}

  public resolve({ preparing }: IResolveContext): unknown {
    return preparing ? '' : this.resolved;
  }

  /** The string as a part of the identity of a resource, which is the same for all resources. */
  public identity(context: IResolveContext): unknown {
    this.identityText ??= context.resolve(this.value);
    return this.identityText;
  }

  public toString(): string {
    return Token.asString(this);
  }
}

/** Whether a resolved string contains no intrinsic function other than a `Ref` of a pseudo parameter. */
function hasOnlyPseudoParameters(resolved: unknown): boolean {
  if (typeof resolved !== 'object' || resolved === null) return true;
  if (Array.isArray(resolved)) return resolved.every(hasOnlyPseudoParameters);
  const [[name, argument], ...others] = Object.entries(resolved);
  if (others.length > 0) return false;
  return name === 'Ref' ? /^AWS::/.test(String(argument)) : name === 'Fn::Join' && hasOnlyPseudoParameters(argument);
}
