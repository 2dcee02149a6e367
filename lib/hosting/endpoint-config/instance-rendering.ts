import type { aws_iam as iam, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import { unknownInstanceTypes } from '../../common/known-instance-types';
import { grantSsmSession } from '../../private/execution-role';
import { unknownValues, valuesOf } from '../../private/known-values';
import { incompatibility, idleAccelerator } from '../../image/image-compatibility';
import { type ValidationErrors, isKnown } from '../../private/validation';
import { type InstanceOptions, RoutingStrategy } from './instance-options';
import { type IModel, recordInstanceType, unsupportedByPackages } from '../model/model';
import type { VariantConfig } from './variant-config';

/** Renders the instance options of a variant, and grants the execution roles the permissions that they require. */
export function renderInstances(
  options: InstanceOptions,
  roles: iam.IGrantable[],
): Pick<VariantConfig, 'rendered' | 'overrides' | 'instanceTypes' | 'instanceCount' | 'hasVolumeSize'> {
  const { instanceType, instancePools, instanceCount = 1, managedScaling, capacityReservation } = options;
  const routing = routingOf(options);
  if (options.ssmAccess === true) roles.forEach(grantSsmSession);
  const rendered: Omit<sagemaker.CfnEndpointConfig.ProductionVariantProperty, 'variantName'> = {
    instanceType: instanceType?.instanceTypeName,
    instancePools: instancePools?.map((pool) => ({
      instanceType: pool.instanceType.instanceTypeName,
      priority: pool.priority,
      modelNameOverride: pool.model?.modelName,
    })),
    variantInstanceProvisionTimeoutInSeconds: options.instanceProvisionTimeout?.toSeconds(),
    initialInstanceCount: instanceCount,
    volumeSizeInGb: options.volumeSize?.toGibibytes(),
    modelDataDownloadTimeoutInSeconds: options.modelDataDownloadTimeout?.toSeconds(),
    containerStartupHealthCheckTimeoutInSeconds: options.startupHealthCheckTimeout?.toSeconds(),
    inferenceAmiVersion: options.inferenceAmi?.version,
    enableSsmAccess: options.ssmAccess,
    routingConfig: routing && { routingStrategy: routing },
    managedInstanceScaling: managedScaling && {
      status: 'ENABLED',
      minInstanceCount: managedScaling.minInstanceCount,
      maxInstanceCount: managedScaling.maxInstanceCount,
    },
    capacityReservationConfig: capacityReservation && {
      capacityReservationPreference: 'capacity-reservations-only',
      mlReservationArn: capacityReservation.reservationArn,
    },
  };
  return {
    rendered: rendered as sagemaker.CfnEndpointConfig.ProductionVariantProperty,
    overrides: renderOverrides(options, roles),
    instanceTypes: [instanceType, ...(instancePools ?? []).map((pool) => pool.instanceType)].flatMap(
      (type) => type ?? [],
    ),
    instanceCount,
    hasVolumeSize: options.volumeSize !== undefined,
  };
}

function routingOf({ routing, prefixAwareRouting }: InstanceOptions): RoutingStrategy | undefined {
  return routing ?? (prefixAwareRouting && RoutingStrategy.PREFIX_AWARE);
}

/** Renders the properties that the oldest supported aws-cdk-lib lacks, as CloudFormation names them. */
function renderOverrides(
  { coreDump, managedScaling, prefixAwareRouting }: InstanceOptions,
  roles: iam.IGrantable[],
): Record<string, unknown> {
  const scaleIn = managedScaling?.scaleInPolicy;
  for (const role of coreDump === undefined ? [] : roles) {
    coreDump?.destination.grantWrite(role);
    coreDump?.encryptionKey?.grantEncryptDecrypt(role);
  }
  return {
    CoreDumpConfig: coreDump && {
      DestinationS3Uri: coreDump.destination._folderUri,
      KmsKeyId: coreDump.encryptionKey?.keyArn,
    },
    'ManagedInstanceScaling.ScaleInPolicy': scaleIn && {
      Strategy: scaleIn.strategy,
      MaximumStepSize: scaleIn.maximumStepSize,
      CooldownInMinutes: scaleIn.cooldown?.toMinutes(),
    },
    'RoutingConfig.PrefixAwareRoutingConfig': prefixAwareRouting && {
      PrefixLength: prefixAwareRouting.prefixLength,
      ConcurrencyThreshold: prefixAwareRouting.concurrencyThreshold,
    },
  };
}

export function checkInstances(errors: ValidationErrors, options: InstanceOptions): void {
  const { instanceType, instancePools, instanceCount, managedScaling: scaling } = options;
  errors.when(
    (instanceType === undefined) === (instancePools === undefined),
    'exactly one of `instanceType` and `instancePools` must be specified',
  );
  if (instancePools !== undefined) checkPools(errors, options);
  errors.check('instanceCount', 'InitialTaskCount', instanceCount);
  errors.checkSize('volumeSize', 'GiB', 'ProductionVariantVolumeSizeInGB', options.volumeSize);
  options.coreDump?.destination._checkFolder(errors, 'coreDump.destination', 'DestinationS3Uri');
  checkTimeouts(errors, options);
  checkRouting(errors, options);
  checkLocalStorage(errors, options);
  if (scaling !== undefined) {
    const { minInstanceCount: min, maxInstanceCount: max, scaleInPolicy } = scaling;
    errors.check('managedScaling.minInstanceCount', 'ManagedInstanceScalingMinInstanceCount', min);
    errors.check('managedScaling.maxInstanceCount', 'ManagedInstanceScalingMaxInstanceCount', max);
    errors.when(
      isKnown(min) && isKnown(max) && min > max,
      `\`managedScaling.minInstanceCount\` must be at most \`maxInstanceCount\` ${max}, got ${min}`,
    );
    const { maximumStepSize, cooldown } = scaleInPolicy ?? {};
    errors.check('managedScaling.maximumStepSize', 'ManagedInstanceScalingMaximumStepSize', maximumStepSize);
    errors.check(
      'managedScaling.cooldown (minutes)',
      'ManagedInstanceScalingCooldownInMinutes',
      cooldown?.toMinutes({ integral: false }),
    );
  }
  errors.check('capacityReservation.reservationArn', 'MlReservationArn', options.capacityReservation?.reservationArn);
}

function checkRouting(errors: ValidationErrors, { prefixAwareRouting, routing }: InstanceOptions): void {
  const { prefixLength, concurrencyThreshold } = prefixAwareRouting ?? {};
  for (const [option, shape, value] of [
    ['prefixLength', 'PrefixAwareRoutingPrefixLength', prefixLength],
    ['concurrencyThreshold', 'PrefixAwareRoutingConcurrencyThreshold', concurrencyThreshold],
  ] as const) {
    errors.checkWholeNumber(`prefixAwareRouting.${option}`, value);
    errors.check(`prefixAwareRouting.${option}`, shape, value);
  }
  errors.when(
    prefixAwareRouting !== undefined && routing !== undefined && routing !== RoutingStrategy.PREFIX_AWARE,
    `\`prefixAwareRouting\` requires \`routing\` RoutingStrategy.PREFIX_AWARE, got: ${routing}. Remove one of them`,
  );
}

function checkPools(errors: ValidationErrors, { instancePools = [] }: InstanceOptions): void {
  errors.check('instancePools', 'InstancePoolList', instancePools);
  instancePools.forEach(({ priority }, index) => {
    errors.check(`instancePools[${index}].priority`, 'InstancePoolPriority', priority);
  });
  errors.checkUnique(
    'instancePools',
    instancePools.map((pool) => pool.instanceType.instanceTypeName),
  );
}

function checkTimeouts(errors: ValidationErrors, options: InstanceOptions): void {
  errors.checkSeconds(
    'instanceProvisionTimeout',
    'VariantInstanceProvisionTimeoutInSeconds',
    options.instanceProvisionTimeout,
  );
  errors.checkSeconds(
    'modelDataDownloadTimeout',
    'ProductionVariantModelDataDownloadTimeoutInSeconds',
    options.modelDataDownloadTimeout,
  );
  errors.checkSeconds(
    'startupHealthCheckTimeout',
    'ProductionVariantContainerStartupHealthCheckTimeoutInSeconds',
    options.startupHealthCheckTimeout,
  );
}

function checkLocalStorage(
  errors: ValidationErrors,
  { instanceType, instancePools = [], volumeSize }: InstanceOptions,
): void {
  const types = [instanceType, ...instancePools.map((pool) => pool.instanceType)];
  const local = types.find((type) => type?.hasLocalStorage === true);
  errors.when(
    volumeSize !== undefined && local !== undefined,
    `\`volumeSize\` is not supported for ${local?.instanceTypeName}, which has local storage of a fixed size`,
  );
}

/** Checks that the images and the model packages of the models support the instance types. */
export function checkPlacement(errors: ValidationErrors, model: IModel, options: InstanceOptions): void {
  for (const { property, type, runs } of placements(model, options)) {
    recordInstanceType(runs, type);
    const reasons = [incompatibility(runs ?? {}, type), ...unsupportedByPackages(runs, 'realtimeInstanceTypes', type)];
    for (const reason of reasons) errors.when(reason !== undefined, `\`${property}\`: ${reason}`);
  }
}

/** Warnings about instance types that are valid but probably unintended. */
export function placementWarnings(model: IModel | undefined, options: InstanceOptions): string[] {
  const { version } = options.inferenceAmi ?? {};
  const amis = valuesOf('ProductionVariantInferenceAmiVersion');
  const unknownAmi = version === undefined ? undefined : unknownValues('Inference AMIs', amis, [version]);
  const ofTypes = placements(model, options).flatMap(({ type, runs }) => {
    const warnings = [idleAccelerator(runs ?? {}, type), unknownInstanceTypes('endpoint', [type])];
    return warnings.filter((warning) => warning !== undefined);
  });
  return unknownAmi === undefined ? ofTypes : [...ofTypes, unknownAmi];
}

function placements(
  model: IModel | undefined,
  { instanceType, instancePools = [] }: InstanceOptions,
): {
  property: string;
  type: NonNullable<InstanceOptions['instanceType']>;
  runs?: IModel;
}[] {
  return [
    ...(instanceType === undefined ? [] : [{ property: 'instanceType', type: instanceType, runs: model }]),
    ...instancePools.map((pool, index) => ({
      property: `instancePools[${index}]`,
      type: pool.instanceType,
      runs: pool.model ?? model,
    })),
  ];
}
