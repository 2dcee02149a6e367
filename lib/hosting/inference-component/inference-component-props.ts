import type { Duration, IResource, Size, aws_iam as iam, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { ModelData } from '../../common/model-data';
import type { ContainerImage } from '../../image/container-image';
import type { DeploymentPolicy } from '../endpoint/deployment-policy';
import { type IEndpoint } from '../endpoint/endpoint';
import type { IModel } from '../model/model';
import type { SmokeTest } from '../smoke-test/smoke-test';

/** An inference component: a model that shares the instances of an endpoint with other models. */
export interface IInferenceComponent extends IResource, sagemaker.IInferenceComponentRef {
  /**
   * The ARN of the inference component.
   *
   * @attribute
   */
  readonly inferenceComponentArn: string;

  /**
   * The name of the inference component, which callers specify when they invoke the endpoint.
   *
   * @attribute
   */
  readonly inferenceComponentName: string;

  /**
   * Grants permission to invoke the inference component.
   *
   * @param grantee the principal to grant permission to
   */
  grantInvoke(grantee: iam.IGrantable): iam.Grant;
}

/** The compute resources that a copy of a model requires. */
export interface ComputeResources {
  /** The minimum memory of a copy, at least 128 MiB. */
  readonly minMemory: Size;

  /**
   * The maximum memory of a copy.
   *
   * @default - the memory of the instance
   */
  readonly maxMemory?: Size;

  /**
   * The number of CPU cores that a copy requires, at least 0.25.
   *
   * @default - no CPU cores are reserved
   */
  readonly cpuCores?: number;

  /**
   * The number of accelerator devices, such as GPUs, that a copy requires.
   *
   * @default - no accelerator devices
   */
  readonly acceleratorDevices?: number;
}

/** The container of an inference component without a `Model`. */
export interface ComponentContainer {
  /** The inference image. */
  readonly image: ContainerImage;

  /**
   * The model data, which must be a `.tar.gz` archive.
   *
   * @default - no model data
   */
  readonly modelData?: ModelData;

  /**
   * The environment variables of the container.
   *
   * @default - no environment variables
   */
  readonly environment?: { [name: string]: string };
}

/** Properties for defining an `InferenceComponent`. */
export interface InferenceComponentProps {
  /** The endpoint, which must have a variant of `ProductionVariant.inferenceComponents()`. */
  readonly endpoint: IEndpoint;

  /** The name of the variant that provides the instances. */
  readonly variantName: string;

  /**
   * The model. Specify exactly one of `model` and `container`, or `baseComponent` for an adapter.
   *
   * @default - no model
   */
  readonly model?: IModel;

  /**
   * The container, instead of a `model`.
   *
   * @default - no container
   */
  readonly container?: ComponentContainer;

  /**
   * The model data of an adapter. Requires `baseComponent`.
   *
   * @default - no adapter data
   */
  readonly adapterData?: ModelData;

  /**
   * The base inference component of an adapter, whose copies host the adapter.
   *
   * @default - the component is not an adapter
   */
  readonly baseComponent?: IInferenceComponent;

  /**
   * The compute resources that each copy requires. Required unless the component is an adapter.
   *
   * @default - the compute resources of `baseComponent`
   */
  readonly compute?: ComputeResources;

  /**
   * The initial number of copies. Scaling can change it, and updates retain the changed number.
   *
   * @default 1
   */
  readonly copyCount?: number;

  /**
   * The time limit for downloading the model data, 1 minute to 1 hour.
   *
   * @default - the service default
   */
  readonly modelDataDownloadTimeout?: Duration;

  /**
   * The time limit for the container to pass its health check, 1 minute to 1 hour.
   *
   * @default - the service default
   */
  readonly startupHealthCheckTimeout?: Duration;

  /**
   * The deployment policy for updates, which must be `DeploymentPolicy.rolling()`.
   *
   * @default - the service default
   */
  readonly deployment?: DeploymentPolicy;

  /**
   * The smoke test of the inference component. It is performed when the component is created, and after each update of its
   * specification or of the test. If it fails, the stack is rolled back.
   *
   * @default - no smoke test
   */
  readonly smokeTest?: SmokeTest;

  /**
   * The execution role, which must be the role of the endpoint configuration. It is granted the permissions that the
   * container requires.
   *
   * @default - the role of the endpoint configuration, if known
   */
  readonly role?: iam.IRole;

  /**
   * The name of the inference component, at most 63 letters, digits and hyphens. Changing it replaces the component.
   *
   * @default - derived from the construct path
   */
  readonly inferenceComponentName?: string;
}
