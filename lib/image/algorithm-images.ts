import type { ContainerImage } from './container-image';

/** The images of an algorithm that has one for each purpose. */
export interface SplitImages {
  /** The image that is run with `train`. */
  readonly training: ContainerImage;

  /** The image that is run with `serve`. */
  readonly inference: ContainerImage;
}

/**
 * How an algorithm is laid out in images: one for everything, one for each purpose, or training only.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms.html
 */
export class AlgorithmImages {
  /**
   * One image that trains and serves, told apart by its argument.
   *
   * @param image the image
   */
  public static combined(image: ContainerImage): AlgorithmImages {
    return new AlgorithmImages(image, image);
  }

  /**
   * One image to train and another, usually much smaller, to serve.
   *
   * @param images the two images
   */
  public static split(images: SplitImages): AlgorithmImages {
    return new AlgorithmImages(images.training, images.inference);
  }

  /**
   * An image that only trains; what it produces is used elsewhere.
   *
   * @param image the image
   */
  public static trainingOnly(image: ContainerImage): AlgorithmImages {
    return new AlgorithmImages(image, undefined);
  }

  private constructor(
    /** The image that is run with `train`. */
    public readonly training: ContainerImage,
    /** The image that is run with `serve`, if there is one. */
    public readonly inference: ContainerImage | undefined,
  ) {}

  /**
   * The same images, verified where they are in Amazon ECR.
   *
   * @internal
   */
  public get _verified(): AlgorithmImages {
    const training = this.training._verified;
    const inference = this.inference === this.training ? training : this.inference?._verified;
    return new AlgorithmImages(training, inference);
  }
}
