import { type DeploymentPolicy } from './deployment-policy';
import { type IEndpointConfig } from '../endpoint-config/endpoint-config';
import { type EndpointLogsOptions } from './endpoint-log-group';

/** What a variant has got since its configuration was made, and can keep when the endpoint moves to another one. */
export enum VariantProperty {
  /** The number of instances, which scaling may have changed. */
  DESIRED_INSTANCE_COUNT = 'DesiredInstanceCount',

  /** The share of requests. */
  DESIRED_WEIGHT = 'DesiredWeight',

  /** What is kept of requests and answers. */
  DATA_CAPTURE_CONFIG = 'DataCaptureConfig',
}

/** The definition of an endpoint. */
export interface EndpointProps {
  /** What the endpoint runs. When it changes, the endpoint moves to the new one without downtime. */
  readonly endpointConfig: IEndpointConfig;

  /**
   * The name of the endpoint, at most 63 letters, digits and hyphens. Changing it makes a new endpoint.
   *
   * @default - made of the construct's path
   */
  readonly endpointName?: string;

  /**
   * How the endpoint moves to another configuration.
   *
   * @default - all requests move at once, when the new instances are healthy
   */
  readonly deployment?: DeploymentPolicy;

  /**
   * What variants keep when the endpoint moves to another configuration, instead of what that says.
   *
   * @default - the number of instances, where a variant is scaled; nothing otherwise
   */
  readonly retainedVariantProperties?: VariantProperty[];

  /**
   * Makes the log group of the endpoint part of the stack, so that it does not keep everything for ever.
   *
   * @default - the service makes one that does
   */
  readonly logs?: EndpointLogsOptions;

  /**
   * Whether the endpoint is there. Without it, model and configuration stay, and nothing costs money.
   *
   * @default true
   */
  readonly enabled?: boolean;
}
