import type { aws_kms as kms } from 'aws-cdk-lib';
import { type IAlgorithm } from '../algorithm/algorithm';
import type { AlgorithmProvisioning } from '../algorithm/algorithm-provisioning';
import type { Channel } from '../algorithm/channel';
import type { Hyperparameter } from '../algorithm/hyperparameter';
import type { InferenceSpecification } from '../algorithm/inference-specification';
import type { MetricDefinition } from '../algorithm/metric-definition';
import type { Objective } from '../algorithm/objective';
import type { ModelData } from '../common/model-data';
import type { TrainingInput } from '../common/training-input';
import { type IModel } from '../hosting/model/model';
import type { AlgorithmImages } from '../image/algorithm-images';
import { type IModelPackage } from '../registry/model-package/model-package-base';
import type {
  ByoEndpointOptions,
  ByoModelOptions,
  ByoNetworkOptions,
  ByoRegistryOptions,
  ByoTrainingOptions,
} from './byo-options';

/**
 * Properties for defining a `ByoAlgorithm`. Images, channels, inputs and the instance type of the endpoint are
 * sufficient for all stages.
 */
export interface ByoAlgorithmProps {
  /**
   * The training and inference images. Images in Amazon ECR are verified before resources use them.
   *
   * @default - no images; requires `algorithm`, `modelPackage` or `model`
   */
  readonly images?: AlgorithmImages;

  /**
   * The channels of the algorithm, 1 to 8.
   *
   * @default - no channels; requires `algorithm`, `modelPackage` or `model`
   */
  readonly channels?: Channel[];

  /**
   * The training inputs by channel name.
   *
   * @default - no inputs; requires `modelData`, `modelPackage` or `model`
   */
  readonly inputs?: { [channel: string]: TrainingInput };

  /**
   * The hyperparameters of the algorithm, at most 100.
   *
   * @default - no hyperparameters
   */
  readonly hyperparameters?: Hyperparameter[];

  /**
   * The metric definitions of the algorithm, at most 40.
   *
   * @default - no metrics
   */
  readonly metrics?: MetricDefinition[];

  /**
   * The objective metrics that a tuning job can minimize or maximize.
   *
   * @default - the algorithm cannot be tuned
   */
  readonly objectives?: Objective[];

  /**
   * The inference specification of the algorithm.
   *
   * @default - CSV and JSON, on the instance type of the endpoint, or on an instance type that runs the inference image; batch
   * transform on an instance type that runs the image, if there is one
   */
  readonly inference?: InferenceSpecification;

  /**
   * The options for training.
   *
   * @default - a single instance and the default hyperparameters
   */
  readonly training?: ByoTrainingOptions;

  /**
   * The options for registering the model.
   *
   * @default - an approved version of a new model package group
   */
  readonly registry?: ByoRegistryOptions;

  /**
   * The options for the model.
   *
   * @default - no additional environment variables, and a new execution role
   */
  readonly hosting?: ByoModelOptions;

  /**
   * The options for the endpoint.
   *
   * @default - no endpoint
   */
  readonly endpoint?: ByoEndpointOptions;

  /**
   * The network options of training and hosting.
   *
   * @default - no VPC; the containers run in a network that SageMaker manages
   */
  readonly network?: ByoNetworkOptions;

  /**
   * Whether the training and inference containers are isolated from all networks.
   *
   * @default false
   */
  readonly networkIsolation?: boolean;

  /**
   * The resource that creates the algorithm.
   *
   * @default - AlgorithmProvisioning.CUSTOM_RESOURCE if the stack is in a region without `AWS::SageMaker::Algorithm`,
   * AlgorithmProvisioning.CLOUDFORMATION otherwise
   */
  readonly provisioning?: AlgorithmProvisioning;

  /**
   * The KMS key that encrypts what this construct creates: the artifact bucket and the model artifacts, the storage volumes of
   * training and hosting, the metadata of the model package, and the logs of the endpoint. Local storage of instances is encrypted by the hardware instead. Options of
   * a stage take precedence: `training.resources`, `training.output`, `endpoint.encryptionKey` and `endpoint.logs`.
   *
   * @default - keys that AWS manages
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * An existing algorithm to train.
   *
   * @default - a new algorithm, defined by `images` and `channels`
   */
  readonly algorithm?: IAlgorithm;

  /**
   * Existing model data, instead of a training job.
   *
   * @default - the model artifact of a training job
   */
  readonly modelData?: ModelData;

  /**
   * An existing model package, instead of training and registration.
   *
   * @default - a new model package of the algorithm and its model data
   */
  readonly modelPackage?: IModelPackage;

  /**
   * An existing model to host, instead of all earlier stages.
   *
   * @default - a new model of the model package
   */
  readonly model?: IModel;
}
