import { type CfnCondition, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

type Properties = Record<string, unknown>;

/**
 * An endpoint configuration whose shadow variant only exists while a condition holds: that of its model, which the production variant
 * does not have. `Fn::If` contains properties as CloudFormation names them, which the L1 renders.
 */
export class EndpointConfigWithConditionalShadow extends sagemaker.CfnEndpointConfig {
  /** @param shadow the condition, and the properties of the variant that the oldest supported aws-cdk-lib lacks, by their paths */
  constructor(
    scope: Construct,
    id: string,
    props: sagemaker.CfnEndpointConfigProps,
    private readonly shadow: { readonly condition: CfnCondition; readonly overrides: Properties },
  ) {
    super(scope, id, props);
  }

  protected override renderProperties(props: Properties): Properties {
    const rendered = super.renderProperties(props) as { readonly ShadowProductionVariants: Properties[] };
    const { condition, overrides } = this.shadow;
    const variants = rendered.ShadowProductionVariants.map((variant) =>
      Object.entries(overrides).reduce(
        (one, [path, value]) => withMember(one, path.split('.'), this.stack.resolve(value)),
        variant,
      ),
    );
    const conditional = [this.stack.resolve(condition.logicalId), variants, { Ref: 'AWS::NoValue' }];
    return { ...rendered, ShadowProductionVariants: { 'Fn::If': conditional } };
  }
}

function withMember(target: Properties, [name, ...rest]: string[], value: unknown): Properties {
  if (value === undefined) return target;
  const inner = (target[name] ?? {}) as Properties;
  return { ...target, [name]: rest.length === 0 ? value : withMember(inner, rest, value) };
}
