import type { ContainerImage } from './container-image';

/** Separate images for training and inference. */
export interface SplitImages {
  /** The training image, which is started with `train`. */
  readonly training: ContainerImage;

  /** The inference image, which is started with `serve`. */
  readonly inference: ContainerImage;
}

/**
 * The training image and the inference image of an algorithm.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const combined = sagemaker.AlgorithmImages.combined(sagemaker.ContainerImage.fromAsset('container'));
 * const split = sagemaker.AlgorithmImages.split({
 *   training: sagemaker.ContainerImage.fromAsset('container', { target: 'training' }),
 *   inference: sagemaker.ContainerImage.fromAsset('container', { target: 'inference' }),
 * });
 */
export class AlgorithmImages {
  /**
   * Uses one image for training and inference. The container is started with the argument `train` or `serve`.
   *
   * @param image the image
   */
  public static combined(image: ContainerImage): AlgorithmImages {
    return new AlgorithmImages(image, image);
  }

  /**
   * Uses separate images for training and inference. An inference image is usually much smaller.
   *
   * @param images the two images
   */
  public static split(images: SplitImages): AlgorithmImages {
    return new AlgorithmImages(images.training, images.inference);
  }

  /**
   * Uses an image for training only.
   *
   * @param image the image
   */
  public static trainingOnly(image: ContainerImage): AlgorithmImages {
    return new AlgorithmImages(image, undefined);
  }

  private constructor(
    /** The training image, which is started with `train`. */
    public readonly training: ContainerImage,
    /** The inference image, which is started with `serve`. Undefined for a training-only algorithm. */
    public readonly inference: ContainerImage | undefined,
  ) {}

  /**
   * The same images with verification, as far as they are in Amazon ECR.
   *
   * @internal
   */
  public get _verified(): AlgorithmImages {
    const training = this.training._verified;
    const inference = this.inference === this.training ? training : this.inference?._verified;
    return new AlgorithmImages(training, inference);
  }
}
