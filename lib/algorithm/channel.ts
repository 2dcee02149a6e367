import type { aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { ContentCompression } from '../common/content-compression';
import { InputMode } from '../common/input-mode';
import { ValidationErrors, quote } from '../private/validation';

/** Options of a channel. */
export interface ChannelOptions {
  /**
   * The supported MIME types.
   *
   * @default - any MIME type
   */
  readonly contentTypes?: string[];

  /**
   * The supported compression types.
   *
   * @default - no declaration; compression types are not validated
   */
  readonly compressionTypes?: ContentCompression[];

  /**
   * Whether every training job must have an input for the channel.
   *
   * @default true
   */
  readonly required?: boolean;

  /**
   * The description of the channel.
   *
   * @default - no description
   */
  readonly description?: string;
}

/** The specification of a channel with any combination of input modes. */
export interface ChannelSpecification extends ChannelOptions {
  /** The supported input modes, at least one. The first is the default of training jobs. */
  readonly inputModes: InputMode[];
}

/**
 * A named input of a training job.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ChannelSpecification.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const channels = [
 *   sagemaker.Channel.file('train', { contentTypes: ['text/csv'] }),
 *   sagemaker.Channel.fastFile('validation', { required: false }),
 * ];
 */
export class Channel {
  /**
   * Creates a channel in File mode: data is downloaded to `/opt/ml/input/data/<name>` before the container starts.
   *
   * @param name the name of the channel, 1 to 64 letters, digits, dots, hyphens and underscores
   * @param options the options of the channel
   */
  public static file(name: string, options: ChannelOptions = {}): Channel {
    return new Channel(name, { ...options, inputModes: [InputMode.FILE] });
  }

  /**
   * Creates a channel in FastFile mode: files in `/opt/ml/input/data/<name>` are streamed from Amazon S3 as they are read.
   *
   * @param name the name of the channel, 1 to 64 letters, digits, dots, hyphens and underscores
   * @param options the options of the channel
   */
  public static fastFile(name: string, options: ChannelOptions = {}): Channel {
    return new Channel(name, { ...options, inputModes: [InputMode.FAST_FILE] });
  }

  /**
   * Creates a channel in Pipe mode: data is streamed through the named pipes `/opt/ml/input/data/<name>_<epoch>`.
   *
   * @param name the name of the channel, 1 to 64 letters, digits, dots, hyphens and underscores
   * @param options the options of the channel
   */
  public static pipe(name: string, options: ChannelOptions = {}): Channel {
    return new Channel(name, { ...options, inputModes: [InputMode.PIPE] });
  }

  /**
   * Creates a channel with several input modes.
   *
   * @param name the name of the channel, 1 to 64 letters, digits, dots, hyphens and underscores
   * @param specification the specification of the channel
   */
  public static of(name: string, specification: ChannelSpecification): Channel {
    return new Channel(name, specification);
  }

  /** The supported input modes. */
  public readonly inputModes: InputMode[];

  /** Whether every training job must have an input for the channel. */
  public readonly required: boolean;

  /** The supported MIME types; empty if any MIME type is supported. */
  public readonly contentTypes: string[];

  /** The supported compression types; empty if they are not declared. */
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
    const errors = new ValidationErrors(`Channel ${quote(this.name)}`, 'algorithms');
    errors.check('name', 'ChannelName', this.name);
    errors.check('inputModes', 'InputModes', this.inputModes);
    errors.checkUnique('inputModes', this.inputModes);
    errors.checkEach('contentTypes', undefined, 'ContentType', this.contentTypes);
    errors.check('description', 'EntityDescription', this.description);
    errors.throwIfAny();
  }
}
