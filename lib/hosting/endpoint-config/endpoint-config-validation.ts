import { type IResource, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkVolumeKey } from '../../common/local-storage';
import { noteClosedFeature } from '../../private/closed-features';
import { checkPrefix } from '../../private/physical-name';
import { releaseConditionOf } from '../../private/release-condition';
import { ValidationErrors } from '../../private/validation';
import { checkVpcOptions } from '../../private/vpc-access';
import { checkAsync } from './async-inference';
import { checkCapture } from './data-capture';
import type { EndpointConfigProps } from './endpoint-config-props';
import { checkMetrics } from './endpoint-metrics';
import { checkExplainer } from './explainer';
import type { VariantConfig } from './variant-config';

/** The configurations of the variants. */
export interface BoundVariants {
  readonly production: VariantConfig[];
  readonly shadow?: VariantConfig;
}

/** @throws an error that lists all validation errors of the endpoint configuration */
export function checkEndpointConfig(scope: Construct, props: EndpointConfigProps, variants: BoundVariants): void {
  const errors = new ValidationErrors(`Endpoint configuration ${scope.node.path}`, 'endpoint-configurations');
  const { production, shadow } = variants;
  const all = shadow === undefined ? production : [...production, shadow];
  checkPrefix(errors, 'endpointConfigName', props.endpointConfigName);
  errors.when(
    props.endpointConfigName !== undefined && releaseConditionOf(...all.flatMap(({ models }) => models)) !== undefined,
    '`endpointConfigName` must not be specified with a released model: each release replaces the endpoint configuration, and the ' +
      'replacement would have the same name. Omit it, so that CloudFormation generates a name',
  );
  checkVariants(errors, scope, all, production);
  checkKinds(errors, props, { production, shadow });
  if (shadow !== undefined) checkShadow(errors, production, shadow);
  if (props.asyncInference !== undefined) checkAsyncVariants(errors, props, variants);
  if (props.dataCapture !== undefined) checkCapture(errors, props.dataCapture);
  if (props.explainer !== undefined) checkExplainer(errors, props.explainer);
  if (props.metrics !== undefined) checkMetrics(errors, props.metrics);
  errors.throwIfAny();
  if (props.explainer !== undefined) noteClosedFeature(scope, 'explainer', 'Clarify');
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
    '`variants` must not all have a weight of 0: no variant would receive requests',
  );
  for (const { variantName, model } of all.flatMap(({ models, ...one }) =>
    models.map((model) => ({ ...one, model })),
  )) {
    errors.when(
      isOwned(model) && Stack.of(model) !== Stack.of(scope),
      `variant "${variantName}": model ${model.node.path} must be in the same stack as the endpoint configuration. Any change ` +
        'replaces a model, but an export cannot change while another stack imports it',
    );
  }
}

/** Whether the model is created by this app: an imported model has no resource. */
function isOwned(model: IResource): boolean {
  return model.node.defaultChild !== undefined;
}

function checkKinds(errors: ValidationErrors, props: EndpointConfigProps, { production, shadow }: BoundVariants): void {
  const has = (kind: VariantConfig['kind']): boolean => production.some((variant) => variant.kind === kind);
  const { encryptionKey, networkIsolation, vpc, role, dataCapture } = props;
  if (has('serverless')) {
    errors.when(production.length > 1, 'a serverless variant must be the only one of `variants`');
    errors.when(dataCapture !== undefined, '`dataCapture` is not supported for a serverless variant');
    errors.when(networkIsolation === true, '`networkIsolation` is not supported for a serverless variant');
  }
  errors.when(
    has('components') && production.some(({ kind }) => kind !== 'components'),
    'either all `variants` or none must be for inference components',
  );
  for (const [property, value] of Object.entries({ role, vpc })) {
    errors.when(
      value !== undefined && !has('components'),
      `\`${property}\` requires variants for inference components: specify it for the \`Model\` instead`,
    );
  }
  checkVpcOptions(errors, props);
  for (const { variantName, instanceTypes } of shadow === undefined ? production : [...production, shadow]) {
    const key = { property: 'encryptionKey', isSet: encryptionKey !== undefined };
    checkVolumeKey(errors, key, instanceTypes, ` of variant "${variantName}"`);
  }
}

function checkShadow(errors: ValidationErrors, production: VariantConfig[], shadow: VariantConfig): void {
  errors.when(
    production.length !== 1,
    `\`shadowVariant\` requires exactly 1 entry in \`variants\`, got ${production.length}`,
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
      [features.some(({ isMultiModel }) => isMultiModel === true), 'has a multi-model container'],
      [
        features.some(({ isMarketplaceProduct }) => isMarketplaceProduct === true),
        'hosts a product from AWS Marketplace',
      ],
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
  errors.when(
    production.length > 1,
    `\`asyncInference\` requires exactly 1 entry in \`variants\`, got ${production.length}`,
  );
  errors.when(
    shadow !== undefined,
    '`asyncInference` must not be specified with `shadowVariant`: shadow tests support real-time inference only',
  );
  errors.when(
    production.some(({ kind }) => kind !== 'instances'),
    '`asyncInference` requires a variant that hosts a model on instances: use ProductionVariant.instances()',
  );
  errors.when(
    production.some(({ models }) => models.some(({ features }) => features?.isMarketplaceProduct === true)),
    '`asyncInference` is not supported for a product from AWS Marketplace',
  );
}
