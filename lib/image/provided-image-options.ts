import type { InstanceType } from '../common/instance-type';
import type { Processor } from '../common/processor';

/** The purpose of an image. */
export enum ImagePurpose {
  /** Training: the container is started with `train`. */
  TRAINING = 'training',

  /** Inference: the container is started with `serve`. */
  INFERENCE = 'inference',
}

/** Options that select an image of a deep learning framework or a built-in algorithm. */
export interface ProvidedImageOptions {
  /** The purpose of the image. */
  readonly purpose: ImagePurpose;

  /**
   * The version, for example `2.5.1`, or `1.7-1` for XGBoost. A version that this library does not know is used with a warning.
   *
   * @default - the only version; required if there are several
   */
  readonly version?: string;

  /**
   * The instance type, which selects the image for CPU, GPU, Neuron or Graviton.
   *
   * @default - the image is selected by `processor`
   */
  readonly instanceType?: InstanceType;

  /**
   * The kind of processor that the image requires.
   *
   * @default - the processor of `instanceType`, or the only one for which there is an image
   */
  readonly processor?: Processor;

  /**
   * The Python version, for example `py311`.
   *
   * @default - the newest Python version of the image
   */
  readonly pythonVersion?: string;

  /**
   * The framework on which a Hugging Face image is based, for example `pytorch2.1.0` or `pytorch2.1`.
   *
   * @default - the only base framework; required if there are several
   */
  readonly baseFramework?: string;

  /**
   * The image tag. Required for a new version whose tag cannot be derived.
   *
   * @default - derived from the other options
   */
  readonly tag?: string;
}

/**
 * A framework of the AWS Deep Learning Containers.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const image = sagemaker.ContainerImage.fromDeepLearningContainer(sagemaker.DeepLearningFramework.PYTORCH, {
 *   purpose: sagemaker.ImagePurpose.TRAINING,
 *   version: '2.3.0',
 *   instanceType: sagemaker.InstanceType.ML_G5_XLARGE,
 * });
 */
export class DeepLearningFramework {
  /** PyTorch. */
  public static readonly PYTORCH = DeepLearningFramework.of('pytorch');

  /** TensorFlow. */
  public static readonly TENSORFLOW = DeepLearningFramework.of('tensorflow');

  /** Apache MXNet. */
  public static readonly MXNET = DeepLearningFramework.of('mxnet');

  /** Hugging Face Transformers. */
  public static readonly HUGGING_FACE = DeepLearningFramework.of('huggingface');

  /** Hugging Face Text Generation Inference. */
  public static readonly HUGGING_FACE_LLM = DeepLearningFramework.of('huggingface-llm');

  /** Hugging Face Text Embeddings Inference on GPUs. */
  public static readonly HUGGING_FACE_TEI = DeepLearningFramework.of('huggingface-tei');

  /** Hugging Face Text Embeddings Inference on CPUs. */
  public static readonly HUGGING_FACE_TEI_CPU = DeepLearningFramework.of('huggingface-tei-cpu');

  /** DJL Serving for large models. */
  public static readonly DJL_LMI = DeepLearningFramework.of('djl-lmi');

  /** DJL Serving with TensorRT-LLM. */
  public static readonly DJL_TENSORRT_LLM = DeepLearningFramework.of('djl-tensorrtllm');

  /** DJL Serving on Neuron. */
  public static readonly DJL_NEURONX = DeepLearningFramework.of('djl-neuronx');

  /** vLLM. */
  public static readonly VLLM = DeepLearningFramework.of('vllm');

  /** SGLang. */
  public static readonly SGLANG = DeepLearningFramework.of('sglang');

  /** AutoGluon. */
  public static readonly AUTOGLUON = DeepLearningFramework.of('autogluon');

  /** NVIDIA Triton Inference Server. */
  public static readonly TRITON = DeepLearningFramework.of('sagemaker-tritonserver');

  /**
   * References a framework by its name in the SageMaker Python SDK.
   *
   * @param family the name of the framework
   */
  public static of(family: string): DeepLearningFramework {
    return new DeepLearningFramework(family);
  }

  private constructor(
    /** The name of the framework in the SageMaker Python SDK. */
    public readonly family: string,
  ) {}
}

/**
 * A SageMaker built-in algorithm.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const xgboost = sagemaker.ContainerImage.fromBuiltInAlgorithm(sagemaker.BuiltInAlgorithm.XGBOOST, {
 *   purpose: sagemaker.ImagePurpose.TRAINING,
 *   version: '1.7-1',
 *   processor: sagemaker.Processor.CPU,
 * });
 */
export class BuiltInAlgorithm {
  /** XGBoost. */
  public static readonly XGBOOST = BuiltInAlgorithm.of('xgboost');

  /** Linear Learner. */
  public static readonly LINEAR_LEARNER = BuiltInAlgorithm.of('linear-learner');

  /** K-Means. */
  public static readonly KMEANS = BuiltInAlgorithm.of('kmeans');

  /** K-Nearest Neighbours. */
  public static readonly KNN = BuiltInAlgorithm.of('knn');

  /** BlazingText. */
  public static readonly BLAZING_TEXT = BuiltInAlgorithm.of('blazingtext');

  /** Factorization Machines. */
  public static readonly FACTORIZATION_MACHINES = BuiltInAlgorithm.of('factorization-machines');

  /** DeepAR forecasting. */
  public static readonly DEEP_AR = BuiltInAlgorithm.of('forecasting-deepar');

  /** Image classification. */
  public static readonly IMAGE_CLASSIFICATION = BuiltInAlgorithm.of('image-classification');

  /** IP Insights. */
  public static readonly IP_INSIGHTS = BuiltInAlgorithm.of('ipinsights');

  /** Latent Dirichlet Allocation. */
  public static readonly LDA = BuiltInAlgorithm.of('lda');

  /** Neural Topic Model. */
  public static readonly NTM = BuiltInAlgorithm.of('ntm');

  /** Object detection. */
  public static readonly OBJECT_DETECTION = BuiltInAlgorithm.of('object-detection');

  /** Object2Vec. */
  public static readonly OBJECT2VEC = BuiltInAlgorithm.of('object2vec');

  /** Principal Component Analysis. */
  public static readonly PCA = BuiltInAlgorithm.of('pca');

  /** Random Cut Forest. */
  public static readonly RANDOM_CUT_FOREST = BuiltInAlgorithm.of('randomcutforest');

  /** Semantic segmentation. */
  public static readonly SEMANTIC_SEGMENTATION = BuiltInAlgorithm.of('semantic-segmentation');

  /** Sequence to sequence. */
  public static readonly SEQ2SEQ = BuiltInAlgorithm.of('seq2seq');

  /** scikit-learn, which runs a script. */
  public static readonly SCIKIT_LEARN = BuiltInAlgorithm.of('sklearn');

  /** SparkML Serving, which serves Apache Spark ML pipelines. */
  public static readonly SPARKML_SERVING = BuiltInAlgorithm.of('sparkml-serving');

  /**
   * References an algorithm by its name in the SageMaker Python SDK.
   *
   * @param family the name of the algorithm
   */
  public static of(family: string): BuiltInAlgorithm {
    return new BuiltInAlgorithm(family);
  }

  private constructor(
    /** The name of the algorithm in the SageMaker Python SDK. */
    public readonly family: string,
  ) {}
}
