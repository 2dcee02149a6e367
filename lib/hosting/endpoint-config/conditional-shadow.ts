import { type CfnCondition, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { once } from '../../private/once';

type Properties = Record<string, unknown>;

/** The condition of a shadow variant, and its properties that the oldest supported aws-cdk-lib lacks, by their paths. */
interface ConditionalShadow {
  readonly condition: CfnCondition;
  readonly overrides: Properties;
}

/**
 * Creates an endpoint configuration whose shadow variant only exists while a condition holds: that of its model, which the production
 * variant does not have. `Fn::If` contains properties as CloudFormation names them, which the L1 renders.
 */
export function configWithConditionalShadow(
  scope: Construct,
  id: string,
  props: sagemaker.CfnEndpointConfigProps,
  shadow: ConditionalShadow,
): sagemaker.CfnEndpointConfig {
  const config = new (classOfConfig())(scope, id, props);
  config.shadow = shadow;
  return config;
}

/** Defined when it is used: the L1 constructs of SageMaker, which it extends, take long to load. */
const classOfConfig = once(
  () =>
    class extends sagemaker.CfnEndpointConfig {
      public shadow?: ConditionalShadow;

      protected override renderProperties(props: Properties): Properties {
        const rendered = super.renderProperties(props) as { readonly ShadowProductionVariants: Properties[] };
        const { condition, overrides } = this.shadow!;
        const variants = rendered.ShadowProductionVariants.map((variant) =>
          Object.entries(overrides).reduce(
            (one, [path, value]) => withMember(one, path.split('.'), this.stack.resolve(value)),
            variant,
          ),
        );
        const conditional = [this.stack.resolve(condition.logicalId), variants, { Ref: 'AWS::NoValue' }];
        return { ...rendered, ShadowProductionVariants: { 'Fn::If': conditional } };
      }
    },
);

function withMember(target: Properties, [name, ...rest]: string[], value: unknown): Properties {
  if (value === undefined) return target;
  const inner = (target[name] ?? {}) as Properties;
  return { ...target, [name]: rest.length === 0 ? value : withMember(inner, rest, value) };
}
