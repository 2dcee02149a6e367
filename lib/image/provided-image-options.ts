import type { InstanceType } from '../common/instance-type';
import type { Processor } from '../common/processor';

/** What an image is run for. */
export enum ImagePurpose {
  /** It is run with `train`. */
  TRAINING = 'training',

  /** It is run with `serve`. */
  INFERENCE = 'inference',
}

/** Which of the images of a family is meant. */
export interface ProvidedImageOptions {
  /** What the image is run for. */
  readonly purpose: ImagePurpose;

  /**
   * The version, for example `2.5.1`, or `1.7-1` of XGBoost. A version that is newer than this library works with a warning.
   *
   * @default - the only one; an error where there are several
   */
  readonly version?: string;

  /**
   * What the image runs on, which decides between images for CPUs, GPUs, Neuron and Graviton.
   *
   * @default - `processor` decides
   */
  readonly instanceType?: InstanceType;

  /**
   * The kind of processor that the image computes on.
   *
   * @default - that of `instanceType`, or the only one that there is
   */
  readonly processor?: Processor;

  /**
   * The version of Python, for example `py311`.
   *
   * @default - the newest that the image comes with
   */
  readonly pythonVersion?: string;

  /**
   * The framework below, for images of Hugging Face, for example `pytorch2.1.0`.
   *
   * @default - the only one; an error where there are several
   */
  readonly baseFramework?: string;

  /**
   * The tag, where the library cannot know it.
   *
   * @default - made of the rest
   */
  readonly tag?: string;
}

/**
 * A family of deep learning containers.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
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
   * Any family, by the name that the Python SDK has for it.
   *
   * @param family the name
   */
  public static of(family: string): DeepLearningFramework {
    return new DeepLearningFramework(family);
  }

  private constructor(
    /** The name of the family. */
    public readonly family: string,
  ) {}
}

/**
 * An algorithm that SageMaker provides.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/algos.html
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

  /** SparkML Serving, which answers with pipelines of Spark. */
  public static readonly SPARKML_SERVING = BuiltInAlgorithm.of('sparkml-serving');

  /**
   * Any algorithm, by the name that the Python SDK has for it.
   *
   * @param family the name
   */
  public static of(family: string): BuiltInAlgorithm {
    return new BuiltInAlgorithm(family);
  }

  private constructor(
    /** The name of the algorithm's family of images. */
    public readonly family: string,
  ) {}
}
