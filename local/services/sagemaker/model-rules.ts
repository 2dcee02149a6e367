import type { CreateEndpointConfigCommandInput, ProductionVariant } from '@aws-sdk/client-sagemaker';
import { validationError } from '../../aws-model/service-error';
import { isProvidedByAws, partsOfUri } from '../../contract';
import type { Wire } from '../wire/record';
import type { HostedModel } from './models';
import { hasLocalStorageType } from './request-rules';

type Variant = Wire<ProductionVariant>;
type Config = Pick<Wire<CreateEndpointConfigCommandInput>, 'KmsKeyId' | 'DataCaptureConfig'>;

/** Validates a variant together with its model and its endpoint configuration, in an account. */
export function checkVariant(variant: Variant, model: HostedModel, config: Config, account: string): void {
  const { VariantName, InstanceType, ServerlessConfig } = variant;
  const refuse = (condition: boolean, message: string): void => {
    if (condition) throw validationError(`Variant ${VariantName}: ${message}`);
  };
  const local = hasLocalStorageType(InstanceType);
  refuse(
    local && config.KmsKeyId !== undefined,
    `KmsKeyId is not supported for ${InstanceType}, which has local storage.`,
  );
  refuse(
    local && variant.VolumeSizeInGB !== undefined,
    `VolumeSizeInGB is not supported for ${InstanceType}, which has local storage.`,
  );
  refuse(
    variant.ManagedInstanceScaling !== undefined,
    'ManagedInstanceScaling is only supported for variants of inference components, without a ModelName.',
  );
  const packaged = model.containers.find(({ instanceTypes }) => isUnsupported(instanceTypes?.realtime, InstanceType));
  refuse(
    packaged !== undefined,
    `the model package does not support the instance type ${InstanceType}. Supported types: ${packaged?.instanceTypes?.realtime?.join(', ')}`,
  );
  if (ServerlessConfig === undefined) return;
  checkServerless(refuse, model, account);
  refuse(config.DataCaptureConfig !== undefined, 'DataCaptureConfig is not supported for serverless variants.');
  const { ProvisionedConcurrency = 0, MaxConcurrency = 0 } = ServerlessConfig;
  refuse(ProvisionedConcurrency > MaxConcurrency, 'ProvisionedConcurrency must not be greater than MaxConcurrency.');
}

/** Validates the instance type of a transform job, and the data of its model. */
export function checkTransform(instanceType: string | undefined, { containers }: HostedModel): void {
  if (containers.some(({ data, additionalData }) => data?.isFolder === true || additionalData.length > 0)) {
    throw validationError('Transform jobs do not support models with uncompressed or additional model data.');
  }
  const packaged = containers.find(({ instanceTypes }) => isUnsupported(instanceTypes?.transform, instanceType));
  if (packaged !== undefined) {
    throw validationError(
      `The model package does not support the instance type ${instanceType}. Supported types: ${packaged.instanceTypes?.transform?.join(', ')}`,
    );
  }
}

function checkServerless(
  refuse: (condition: boolean, message: string) => void,
  { containers, networkIsolation, isInVpc }: HostedModel,
  account: string,
): void {
  refuse(containers.length > 1, 'serverless endpoints do not support several containers.');
  refuse(
    containers.some(({ isMultiModel }) => isMultiModel),
    'serverless endpoints do not support multi-model containers.',
  );
  refuse(
    containers.some(({ data }) => data?.isFolder === true),
    'serverless endpoints do not support uncompressed model data.',
  );
  refuse(networkIsolation, 'serverless endpoints do not support network isolation.');
  refuse(isInVpc, 'serverless endpoints do not support models with a VpcConfig.');
  refuse(
    containers.some(({ image }) => isOfOtherAccount(image, account)),
    'serverless endpoints do not support an image in the registry of another account.',
  );
}

/** Whether an image is in the registry of another account, and is none that AWS provides. */
function isOfOtherAccount(image: string, account: string): boolean {
  const parts = partsOfUri(image);
  return parts.account !== undefined && parts.account !== account && !isProvidedByAws(parts);
}

function isUnsupported(supported: readonly string[] | undefined, instanceType: string | undefined): boolean {
  return (
    supported !== undefined && supported.length > 0 && instanceType !== undefined && !supported.includes(instanceType)
  );
}
