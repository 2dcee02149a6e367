import type { aws_iam as iam, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import { grantPutTo, locationUri } from '../../common/bucket-location';
import { grantShell } from '../../private/execution-role';
import { misfit, waste } from '../../image/image-compatibility';
import { type Faults, KNOWN_INSTANCE_TYPES, isKnown } from '../../private/validation';
import type { InstanceOptions } from './instance-options';
import type { IModel } from '../model/model';
import type { VariantConfig } from './variant-config';

/** What a configuration says of instances, and the rights that their containers need for it. */
export function renderInstances(
  options: InstanceOptions,
  roles: iam.IGrantable[],
): Pick<VariantConfig, 'rendered' | 'newer' | 'instanceTypes' | 'instanceCount' | 'hasVolumeSize'> {
  const { instanceType, instancePools, instanceCount = 1, managedScaling, capacityReservation, routing } = options;
  if (options.enableSsmAccess === true) roles.forEach(grantShell);
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
    enableSsmAccess: options.enableSsmAccess,
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
    newer: renderNewer(options, roles),
    instanceTypes: [instanceType, ...(instancePools ?? []).map((pool) => pool.instanceType)].flatMap(
      (type) => type ?? [],
    ),
    instanceCount,
    hasVolumeSize: options.volumeSize !== undefined,
  };
}

function renderNewer(
  { coreDump, managedScaling, prefixAwareRouting }: InstanceOptions,
  roles: iam.IGrantable[],
): Record<string, unknown> {
  const scaleIn = managedScaling?.scaleInPolicy;
  for (const role of coreDump === undefined ? [] : roles) {
    if (coreDump !== undefined) grantPutTo(coreDump.destination, role);
    coreDump?.encryptionKey?.grantEncryptDecrypt(role);
  }
  return {
    CoreDumpConfig: coreDump && {
      DestinationS3Uri: locationUri(coreDump.destination),
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

export function checkInstances(faults: Faults, options: InstanceOptions): void {
  const { instanceType, instancePools, instanceCount, managedScaling: scaling } = options;
  faults.when(
    (instanceType === undefined) === (instancePools === undefined),
    'exactly one of `instanceType` and `instancePools` must be given',
  );
  if (instancePools !== undefined) checkPools(faults, options);
  checkWholeNumber(faults, 'instanceCount', instanceCount);
  faults.check('instanceCount', 'InitialTaskCount', instanceCount);
  faults.check('volumeSize', 'ProductionVariantVolumeSizeInGB', options.volumeSize?.toGibibytes());
  checkTimeouts(faults, options);
  checkRouting(faults, options);
  checkLocalStorage(faults, options);
  if (scaling !== undefined) {
    const { minInstanceCount: min, maxInstanceCount: max, scaleInPolicy } = scaling;
    checkWholeNumber(faults, 'managedScaling.minInstanceCount', min);
    checkWholeNumber(faults, 'managedScaling.maxInstanceCount', max);
    faults.check('managedScaling.minInstanceCount', 'ManagedInstanceScalingMinInstanceCount', min);
    faults.check('managedScaling.maxInstanceCount', 'ManagedInstanceScalingMaxInstanceCount', max);
    faults.when(
      isKnown(min) && isKnown(max) && min > max,
      `\`managedScaling.minInstanceCount\` must be at most \`maxInstanceCount\` ${max}, got ${min}`,
    );
    const { maximumStepSize, cooldown } = scaleInPolicy ?? {};
    checkWholeNumber(faults, 'managedScaling.maximumStepSize', maximumStepSize);
    faults.check('managedScaling.maximumStepSize', 'ManagedInstanceScalingMaximumStepSize', maximumStepSize);
    faults.check('managedScaling.cooldown (minutes)', 'ManagedInstanceScalingCooldownInMinutes', cooldown?.toMinutes());
  }
  faults.check('capacityReservation.reservationArn', 'MlReservationArn', options.capacityReservation?.reservationArn);
}

/** Limits that CloudFormation states, and the API's model does not yet. */
function checkRouting(faults: Faults, { prefixAwareRouting = {} }: InstanceOptions): void {
  const { prefixLength, concurrencyThreshold } = prefixAwareRouting;
  checkWholeNumber(faults, 'prefixAwareRouting.prefixLength', prefixLength);
  checkWholeNumber(faults, 'prefixAwareRouting.concurrencyThreshold', concurrencyThreshold);
  faults.when(
    isKnown(prefixLength) && (prefixLength < 1024 || prefixLength > 65_536),
    `\`prefixAwareRouting.prefixLength\` must be 1024 to 65536, got ${prefixLength}`,
  );
  faults.when(
    isKnown(concurrencyThreshold) && (concurrencyThreshold < 1 || concurrencyThreshold > 1024),
    `\`prefixAwareRouting.concurrencyThreshold\` must be 1 to 1024, got ${concurrencyThreshold}`,
  );
}

function checkPools(faults: Faults, { instancePools = [] }: InstanceOptions): void {
  faults.check('instancePools', 'InstancePoolList', instancePools);
  instancePools.forEach(({ priority }, index) => {
    checkWholeNumber(faults, `instancePools[${index}].priority`, priority);
    faults.check(`instancePools[${index}].priority`, 'InstancePoolPriority', priority);
  });
  faults.checkUnique(
    'instancePools',
    instancePools.map((pool) => pool.instanceType.instanceTypeName),
  );
}

function checkTimeouts(faults: Faults, options: InstanceOptions): void {
  faults.check(
    'instanceProvisionTimeout (seconds)',
    'VariantInstanceProvisionTimeoutInSeconds',
    options.instanceProvisionTimeout?.toSeconds(),
  );
  faults.check(
    'modelDataDownloadTimeout (seconds)',
    'ProductionVariantModelDataDownloadTimeoutInSeconds',
    options.modelDataDownloadTimeout?.toSeconds(),
  );
  faults.check(
    'startupHealthCheckTimeout (seconds)',
    'ProductionVariantContainerStartupHealthCheckTimeoutInSeconds',
    options.startupHealthCheckTimeout?.toSeconds(),
  );
}

function checkLocalStorage(faults: Faults, { instanceType, instancePools = [], volumeSize }: InstanceOptions): void {
  const types = [instanceType, ...instancePools.map((pool) => pool.instanceType)];
  const local = types.find((type) => type?.hasLocalStorage === true);
  faults.when(
    volumeSize !== undefined && local !== undefined,
    `\`volumeSize\` must not be given for ${local?.instanceTypeName}, whose storage is local and has a size of its own`,
  );
}

export function checkWholeNumber(faults: Faults, property: string, value: number | undefined): void {
  faults.when(isKnown(value) && !Number.isInteger(value), `\`${property}\` must be a whole number, got ${value}`);
}

/** Checks that models can run where they are put. */
export function checkPlacement(faults: Faults, model: IModel, options: InstanceOptions): void {
  for (const { property, type, runs } of placements(model, options)) {
    const fault = misfit(runs, type);
    faults.when(fault !== undefined, `\`${property}\`: ${fault}`);
  }
}

/** What deserves a thought of where models run, though nothing forbids it. */
export function placementWarnings(model: IModel | undefined, options: InstanceOptions): string[] {
  return placements(model, options).flatMap(({ type, runs }) => {
    const name = type.instanceTypeName;
    const isUnknown = isKnown(name) && !KNOWN_INSTANCE_TYPES.endpoint.includes(name);
    const unknown = `${name} was not known as an endpoint instance type when this version was published.`;
    return [waste(runs, type) ?? [], isUnknown ? unknown : []].flat();
  });
}

function placements(
  model: IModel | undefined,
  { instanceType, instancePools = [] }: InstanceOptions,
): {
  property: string;
  type: NonNullable<InstanceOptions['instanceType']>;
  runs: Pick<IModel, 'architecture' | 'processor'>;
}[] {
  return [
    ...(instanceType === undefined ? [] : [{ property: 'instanceType', type: instanceType, runs: model ?? {} }]),
    ...instancePools.map((pool, index) => ({
      property: `instancePools[${index}]`,
      type: pool.instanceType,
      runs: pool.model ?? model ?? {},
    })),
  ];
}
