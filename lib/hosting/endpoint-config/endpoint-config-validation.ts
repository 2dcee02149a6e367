import { type IResource, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkPrefix } from '../../private/physical-name';
import { ValidationErrors } from '../../private/validation';
import { checkVpcOptions } from '../../private/vpc-access';
import { checkAsync } from './async-inference';
import { checkCapture } from './data-capture';
import type { EndpointConfigProps } from './endpoint-config-props';
import { checkMetrics } from './endpoint-metrics';
import { checkExplainer } from './explainer';
import type { VariantConfig } from './variant-config';

/** The variants of a configuration, bound. */
export interface BoundVariants {
  readonly production: VariantConfig[];
  readonly shadow?: VariantConfig;
}

/** @throws one error that lists all that is wrong with the definition of an endpoint configuration */
export function checkEndpointConfig(scope: Construct, props: EndpointConfigProps, variants: BoundVariants): void {
  const errors = new ValidationErrors(`Endpoint configuration ${scope.node.path}`);
  const { production, shadow } = variants;
  const all = shadow === undefined ? production : [...production, shadow];
  checkPrefix(errors, 'endpointConfigName', props.endpointConfigName);
  checkVariants(errors, scope, all, production);
  checkKinds(errors, props, { production, shadow });
  if (shadow !== undefined) checkShadow(errors, production, shadow);
  if (props.asyncInference !== undefined) checkAsyncVariants(errors, props, variants);
  if (props.dataCapture !== undefined) checkCapture(errors, props.dataCapture);
  if (props.explainer !== undefined) checkExplainer(errors, props.explainer);
  if (props.metrics !== undefined) checkMetrics(errors, props.metrics);
  errors.throwIfAny();
}

function checkVariants(
  errors: ValidationErrors,
  scope: Construct,
  all: VariantConfig[],
  production: VariantConfig[],
): void {
  errors.check('variants', 'ProductionVariantList', production);
  errors.checkUnique(
    'variants',
    all.map(({ variantName }) => variantName),
  );
  errors.when(
    production.length > 0 && production.every(({ weight }) => weight === 0),
    '`variants` must not all have weight 0: no request would reach any of them',
  );
  for (const { variantName, model } of all.flatMap(({ models, ...one }) =>
    models.map((model) => ({ ...one, model })),
  )) {
    errors.when(
      isMadeHere(model) && Stack.of(model) !== Stack.of(scope),
      `variant "${variantName}": model ${model.node.path} must be in the same stack as the configuration. A model is ` +
        'replaced by any change, and an export in use by another stack cannot be',
    );
  }
}

/** Imported models have no resource of their own. */
function isMadeHere(model: IResource): boolean {
  return model.node.defaultChild !== undefined;
}

function checkKinds(errors: ValidationErrors, props: EndpointConfigProps, { production, shadow }: BoundVariants): void {
  const has = (kind: VariantConfig['kind']): boolean => production.some((variant) => variant.kind === kind);
  const { encryptionKey, networkIsolation, vpc, role, dataCapture } = props;
  if (has('serverless')) {
    errors.when(production.length > 1, 'a serverless variant must be the only one of `variants`');
    errors.when(dataCapture !== undefined, '`dataCapture` is for instances: serverless endpoints keep nothing');
    errors.when(networkIsolation === true, '`networkIsolation` is for instances: serverless endpoints do not know it');
  }
  errors.when(
    has('components') && production.some(({ kind }) => kind !== 'components'),
    '`variants` must all be for inference components, or none of them',
  );
  for (const [property, value] of Object.entries({ role, vpc })) {
    errors.when(
      value !== undefined && !has('components'),
      `\`${property}\` is for variants of inference components; a \`Model\` has its own`,
    );
  }
  checkVpcOptions(errors, props);
  for (const { variantName, instanceTypes } of shadow === undefined ? production : [...production, shadow]) {
    const local = instanceTypes.find(({ hasLocalStorage }) => hasLocalStorage === true);
    errors.when(
      encryptionKey !== undefined && local !== undefined,
      `\`encryptionKey\` must not be given for ${local?.instanceTypeName} of variant "${variantName}", whose storage is local ` +
        'and is encrypted by the machine itself',
    );
  }
}

function checkShadow(errors: ValidationErrors, production: VariantConfig[], shadow: VariantConfig): void {
  errors.when(
    production.length !== 1,
    `\`shadowVariant\` needs exactly 1 of \`variants\`, whose requests it is sent copies of, got ${production.length}`,
  );
  for (const [property, variant] of [
    ['variants', production[0]],
    ['shadowVariant', shadow],
  ] as const) {
    if (variant === undefined) continue;
    const { kind, models, instanceTypes } = variant;
    const features = models.map((model) => model.features ?? {});
    const containerCount = Math.max(1, ...features.map(({ containerCount: count = 1 }) => count));
    const reasons: [boolean, string][] = [
      [kind === 'serverless', 'is serverless'],
      [kind === 'components', 'is for inference components'],
      [containerCount > 1, `has ${containerCount} containers`],
      [features.some(({ isMultiModel }) => isMultiModel === true), 'holds many models'],
      [features.some(({ isMarketplaceProduct }) => isMarketplaceProduct === true), 'comes from AWS Marketplace'],
      [instanceTypes.some(({ instanceTypeName }) => instanceTypeName.startsWith('ml.inf1.')), 'runs on Inf1'],
    ];
    for (const [isError, reason] of reasons) {
      errors.when(isError, `\`${property}\`: "${variant.variantName}" ${reason}, which shadow tests do not support`);
    }
  }
}

function checkAsyncVariants(
  errors: ValidationErrors,
  props: EndpointConfigProps,
  { production, shadow }: BoundVariants,
): void {
  if (props.asyncInference !== undefined) checkAsync(errors, props.asyncInference);
  errors.when(production.length > 1, `\`asyncInference\` needs exactly 1 of \`variants\`, got ${production.length}`);
  errors.when(
    shadow !== undefined,
    '`asyncInference` must not be given together with `shadowVariant`: only requests that are answered at once can be copied',
  );
  errors.when(
    production.some(({ kind }) => kind !== 'instances'),
    '`asyncInference` needs a variant with a model on instances; instances can be scaled to zero when nothing is to be answered',
  );
  errors.when(
    production.some(({ models }) => models.some(({ features }) => features?.isMarketplaceProduct === true)),
    '`asyncInference` must not be given for a model from AWS Marketplace, whose products answer at once only',
  );
}
