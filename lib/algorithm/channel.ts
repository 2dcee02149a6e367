import type { aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { ContentCompression } from '../common/content-compression';
import { InputMode } from '../common/input-mode';
import { ValidationErrors, quote } from '../private/validation';

/** What every channel may say. */
export interface ChannelOptions {
  /**
   * The MIME types that the algorithm understands.
   *
   * @default - any
   */
  readonly contentTypes?: string[];

  /**
   * The compressions that the algorithm understands.
   *
   * @default - not declared
   */
  readonly compressionTypes?: ContentCompression[];

  /**
   * Whether every training job must give data for it.
   *
   * @default true
   */
  readonly required?: boolean;

  /**
   * What the channel carries.
   *
   * @default - no description
   */
  readonly description?: string;
}

/** A channel with any combination of input modes. */
export interface ChannelSpecification extends ChannelOptions {
  /** The ways in which the algorithm can read the data, at least one. */
  readonly inputModes: InputMode[];
}

/**
 * A named source of training data that an algorithm understands.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ChannelSpecification.html
 */
export class Channel {
  /**
   * Data that is downloaded before the container starts, to `/opt/ml/input/data/<name>`.
   *
   * @param name 1 to 64 letters, digits, dots, hyphens and underscores
   * @param options what the channel accepts
   */
  public static file(name: string, options: ChannelOptions = {}): Channel {
    return new Channel(name, { ...options, inputModes: [InputMode.FILE] });
  }

  /**
   * Data that is fetched from `/opt/ml/input/data/<name>` as it is read.
   *
   * @param name 1 to 64 letters, digits, dots, hyphens and underscores
   * @param options what the channel accepts
   */
  public static fastFile(name: string, options: ChannelOptions = {}): Channel {
    return new Channel(name, { ...options, inputModes: [InputMode.FAST_FILE] });
  }

  /**
   * Data that streams through the named pipes `/opt/ml/input/data/<name>_<epoch>`.
   *
   * @param name 1 to 64 letters, digits, dots, hyphens and underscores
   * @param options what the channel accepts
   */
  public static pipe(name: string, options: ChannelOptions = {}): Channel {
    return new Channel(name, { ...options, inputModes: [InputMode.PIPE] });
  }

  /**
   * A channel that can be read in several ways.
   *
   * @param name 1 to 64 letters, digits, dots, hyphens and underscores
   * @param specification what the channel accepts
   */
  public static of(name: string, specification: ChannelSpecification): Channel {
    return new Channel(name, specification);
  }

  /** The ways in which the algorithm can read the data. */
  public readonly inputModes: InputMode[];

  /** Whether every training job must give data for it. */
  public readonly required: boolean;

  /** The MIME types that the algorithm understands; empty for any. */
  public readonly contentTypes: string[];

  /** The compressions that the algorithm understands; empty if not declared. */
  public readonly compressionTypes: ContentCompression[];

  private readonly description?: string;

  private constructor(
    /** The name of the channel. */
    public readonly name: string,
    specification: ChannelSpecification,
  ) {
    this.inputModes = specification.inputModes;
    this.required = specification.required ?? true;
    this.contentTypes = specification.contentTypes ?? [];
    this.compressionTypes = specification.compressionTypes ?? [];
    this.description = specification.description;
    this.validate();
  }

  /** @internal */
  public _render(): sagemaker.CfnAlgorithm.ChannelSpecificationProperty {
    return {
      name: this.name,
      description: this.description,
      isRequired: this.required,
      supportedContentTypes: this.contentTypes,
      supportedCompressionTypes: this.compressionTypes.length > 0 ? this.compressionTypes : undefined,
      supportedInputModes: this.inputModes,
    };
  }

  private validate(): void {
    const errors = new ValidationErrors(`Channel ${quote(this.name)}`);
    errors.check('name', 'ChannelName', this.name);
    errors.check('inputModes', 'InputModes', this.inputModes);
    errors.checkUnique('inputModes', this.inputModes);
    errors.checkEach('contentTypes', undefined, 'ContentType', this.contentTypes);
    errors.check('description', 'EntityDescription', this.description);
    errors.throwIfAny();
  }
}
