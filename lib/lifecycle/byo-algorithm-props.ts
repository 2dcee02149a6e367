import { type IAlgorithm } from '../algorithm/algorithm';
import type { Channel } from '../algorithm/channel';
import type { Hyperparameter } from '../algorithm/hyperparameter';
import type { InferenceSpecification } from '../algorithm/inference-specification';
import type { MetricDefinition } from '../algorithm/metric-definition';
import type { Objective } from '../algorithm/objective';
import type { ModelData } from '../common/model-data';
import type { TrainingInput } from '../common/training-input';
import { type IModel } from '../hosting/model/model';
import type { AlgorithmImages } from '../image/algorithm-images';
import { type IModelPackage } from '../registry/model-package/model-package';
import type {
  ByoEndpointOptions,
  ByoModelOptions,
  ByoNetworkOptions,
  ByoRegistryOptions,
  ByoTrainingOptions,
} from './byo-options';

/** The definition of the whole: images, channels, inputs and an endpoint's instance type are enough. */
export interface ByoAlgorithmProps {
  /**
   * The images that train and serve. Those in Amazon ECR are verified before anything uses them.
   *
   * @default - a later stage is given ready
   */
  readonly images?: AlgorithmImages;

  /**
   * The channels that training reads, 1 to 8.
   *
   * @default - a later stage is given ready
   */
  readonly channels?: Channel[];

  /**
   * The data, by the name of its channel.
   *
   * @default - a later stage is given ready
   */
  readonly inputs?: { [channel: string]: TrainingInput };

  /**
   * The hyperparameters that training understands, at most 100.
   *
   * @default - none
   */
  readonly hyperparameters?: Hyperparameter[];

  /**
   * The metrics that training prints, at most 40.
   *
   * @default - none
   */
  readonly metrics?: MetricDefinition[];

  /**
   * The metrics that a tuning job can drive up or down.
   *
   * @default - the algorithm cannot be tuned
   */
  readonly objectives?: Objective[];

  /**
   * How trained models answer.
   *
   * @default - CSV or JSON, on the endpoint's instance type, and on ml.m5.xlarge in batches
   */
  readonly inference?: InferenceSpecification;

  /**
   * How the algorithm is trained.
   *
   * @default - on one instance, with the defaults of the algorithm
   */
  readonly training?: ByoTrainingOptions;

  /**
   * How the model is registered.
   *
   * @default - as an approved version of a new group
   */
  readonly registry?: ByoRegistryOptions;

  /**
   * What is said of the model that is hosted.
   *
   * @default - nothing but what is registered
   */
  readonly hosting?: ByoModelOptions;

  /**
   * How the model answers.
   *
   * @default - it has no endpoint
   */
  readonly endpoint?: ByoEndpointOptions;

  /**
   * Where training and hosting are.
   *
   * @default - in a network of the service
   */
  readonly network?: ByoNetworkOptions;

  /**
   * Whether training and hosting can reach no network.
   *
   * @default false
   */
  readonly networkIsolation?: boolean;

  /**
   * An algorithm that is there already. It is trained.
   *
   * @default - made of `images` and `channels`
   */
  readonly algorithm?: IAlgorithm;

  /**
   * Data that is trained already. Nothing is trained then.
   *
   * @default - a training job makes it
   */
  readonly modelData?: ModelData;

  /**
   * A package that is there already. Nothing is trained and registered then.
   *
   * @default - made of the algorithm and its data
   */
  readonly modelPackage?: IModelPackage;

  /**
   * A model that is there already. It is hosted.
   *
   * @default - made of the package
   */
  readonly model?: IModel;
}
