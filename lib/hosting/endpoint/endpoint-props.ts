import { type DeploymentPolicy } from './deployment-policy';
import { type IEndpointConfig } from '../endpoint-config/endpoint-config';
import type { SmokeTest } from '../smoke-test/smoke-test';
import { type EndpointLogsOptions } from './endpoint-log-group';

/** A property of a variant that the endpoint can retain when it is updated to another endpoint configuration. */
export enum VariantProperty {
  /** The number of instances, which scaling can change. */
  DESIRED_INSTANCE_COUNT = 'DesiredInstanceCount',

  /** The weight of the variant. */
  DESIRED_WEIGHT = 'DesiredWeight',

  /** The data capture configuration. */
  DATA_CAPTURE_CONFIG = 'DataCaptureConfig',
}

/** Properties for defining an `Endpoint`. */
export interface EndpointProps {
  /** The endpoint configuration. When it is replaced, the endpoint is updated without downtime. */
  readonly endpointConfig: IEndpointConfig;

  /**
   * The name of the endpoint, at most 63 letters, digits and hyphens. Changing it replaces the endpoint.
   *
   * @default - derived from the construct path
   */
  readonly endpointName?: string;

  /**
   * The deployment policy for updates to another endpoint configuration.
   *
   * @default - all traffic shifts at once when the new instances are healthy
   */
  readonly deployment?: DeploymentPolicy;

  /**
   * The properties of the variants that an update retains, instead of the values of the new endpoint configuration.
   *
   * @default - the number of instances if a variant is scaled; otherwise, no properties
   */
  readonly retainedVariantProperties?: VariantProperty[];

  /**
   * The smoke test of the endpoint. It is performed when the endpoint is created, and after each update to another version, another
   * endpoint configuration or another test. If it fails, the stack is rolled back.
   *
   * It is performed after the traffic has shifted: alarms of `deployment` detect errors before. Its requests are counted in the metrics
   * of the endpoint, and captured if data capture is enabled. A rollback does not repeat it.
   *
   * @default - no smoke test
   */
  readonly smokeTest?: SmokeTest;

  /**
   * The log group of the endpoint, as a resource of the stack.
   *
   * @default - SageMaker creates a log group with unlimited retention
   */
  readonly logs?: EndpointLogsOptions;

  /**
   * Whether the endpoint is deployed. When disabled, only the model and the endpoint configuration remain, which incur
   * no costs.
   *
   * @default true
   */
  readonly enabled?: boolean;
}
