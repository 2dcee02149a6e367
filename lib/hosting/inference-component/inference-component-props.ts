import type { Duration, IResource, Size, aws_iam as iam, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { ModelData } from '../../common/model-data';
import type { ContainerImage } from '../../image/container-image';
import type { DeploymentPolicy } from '../endpoint/deployment-policy';
import { type IEndpoint } from '../endpoint/endpoint';
import type { IModel } from '../model/model';

/** A model that runs on the instances of an endpoint beside others. */
export interface IInferenceComponent extends IResource, sagemaker.IInferenceComponentRef {
  /**
   * The ARN of the component.
   *
   * @attribute
   */
  readonly inferenceComponentArn: string;

  /**
   * The name of the component, which callers give with their requests.
   *
   * @attribute
   */
  readonly inferenceComponentName: string;

  /**
   * Grants the right to ask the component.
   *
   * @param grantee who is granted it
   */
  grantInvoke(grantee: iam.IGrantable): iam.Grant;
}

/** What a copy of a model needs of an instance. */
export interface ComputeResources {
  /** The memory that each copy needs at least, 128 MiB or more. */
  readonly minMemory: Size;

  /**
   * The memory that each copy gets at most.
   *
   * @default - all that the instance has
   */
  readonly maxMemory?: Size;

  /**
   * How many processors each copy needs; at least a quarter of one.
   *
   * @default - not said
   */
  readonly cpuCores?: number;

  /**
   * How many GPUs or accelerators each copy needs.
   *
   * @default - none
   */
  readonly acceleratorDevices?: number;
}

/** A container that an inference component runs, where there is no model for it. */
export interface ComponentContainer {
  /** The image that serves. */
  readonly image: ContainerImage;

  /**
   * The trained data.
   *
   * @default - the image brings what it needs
   */
  readonly modelData?: ModelData;

  /**
   * Environment variables of the container.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
}

/** The definition of an inference component. */
export interface InferenceComponentProps {
  /** The endpoint that has the instances: one with a variant of `ProductionVariant.inferenceComponents()`. */
  readonly endpoint: IEndpoint;

  /** The variant whose instances the component runs on. */
  readonly variantName: string;

  /**
   * The model. Either this, `container`, or, for an adapter, `baseComponent` with a `container`.
   *
   * @default - `container` is given
   */
  readonly model?: IModel;

  /**
   * The container, where there is no model for it.
   *
   * @default - `model` is given
   */
  readonly container?: ComponentContainer;

  /**
   * The trained data of an adapter. Goes with `baseComponent`.
   *
   * @default - this is no adapter
   */
  readonly adapterData?: ModelData;

  /**
   * The component that this one adapts, and whose copies it shares.
   *
   * @default - this is no adapter
   */
  readonly baseComponent?: IInferenceComponent;

  /**
   * What each copy needs of an instance. Required but for an adapter.
   *
   * @default - that of `baseComponent`
   */
  readonly compute?: ComputeResources;

  /**
   * How many copies there are at first. Scaling changes that, and an update keeps what it has changed.
   *
   * @default 1
   */
  readonly copyCount?: number;

  /**
   * How long loading the model may take, 1 minute to 1 hour.
   *
   * @default - as the service does it
   */
  readonly modelDataDownloadTimeout?: Duration;

  /**
   * How long the container may take until it is healthy, 1 minute to 1 hour.
   *
   * @default - as the service does it
   */
  readonly startupHealthCheckTimeout?: Duration;

  /**
   * How the component moves to another definition.
   *
   * @default - as the service does it
   */
  readonly deployment?: DeploymentPolicy;

  /**
   * The role that the container runs with, which is that of the endpoint's configuration. It is granted what the container
   * needs.
   *
   * @default - the role of the configuration, where that is known here
   */
  readonly role?: iam.IRole;

  /**
   * The name, at most 63 letters, digits and hyphens. Changing it makes a new component.
   *
   * @default - made of the construct's path
   */
  readonly inferenceComponentName?: string;
}
