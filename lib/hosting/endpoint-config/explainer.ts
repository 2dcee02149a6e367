import type { aws_iam as iam, aws_s3 as s3, aws_sagemaker as sagemaker, Size } from 'aws-cdk-lib';
import { S3Object, checkKey } from '../../common/s3-location';
import type { ValidationErrors } from '../../private/validation';

/** What a feature is. */
export enum ExplainedFeatureType {
  /** A number. */
  NUMERICAL = 'numerical',

  /** One of some values. */
  CATEGORICAL = 'categorical',

  /** Text. */
  TEXT = 'text',
}

/** What of a text is explained. */
export enum TextGranularity {
  /** Each word. */
  TOKEN = 'token',

  /** Each sentence. */
  SENTENCE = 'sentence',

  /** Each paragraph. */
  PARAGRAPH = 'paragraph',
}

/** How texts are explained. */
export interface TextExplanation {
  /** What of a text is explained. */
  readonly granularity: TextGranularity;

  /** The language of the texts, by its ISO 639-1 code, for example `en`. */
  readonly language: string;
}

/**
 * What explanations start from: a record, or some, that stand for an average.
 */
export class ExplainerBaseline {
  /**
   * Records that are written here.
   *
   * @param records the records, at most 4096 characters, for example a line of CSV
   * @param mimeType what they are
   */
  public static inline(records: string, mimeType: string = 'text/csv'): ExplainerBaseline {
    return new ExplainerBaseline(mimeType, records, undefined);
  }

  /**
   * The records of a file in Amazon S3.
   *
   * @param bucket the bucket
   * @param objectKey the key of the file; the roles of the models are granted permission to read it
   * @param mimeType the MIME type of the records
   */
  public static fromObject(bucket: s3.IBucket, objectKey: string, mimeType: string = 'text/csv'): ExplainerBaseline {
    return new ExplainerBaseline(mimeType, undefined, { bucket, objectKey });
  }

  private constructor(
    /** What the records are. */
    public readonly mimeType: string,
    /** The records, where they are written here. */
    public readonly records: string | undefined,
    private readonly file?: { readonly bucket: s3.IBucket; readonly objectKey: string },
  ) {}

  /**
   * Records validation errors of the key.
   *
   * @internal
   */
  public _check(errors: ValidationErrors): void {
    if (this.file !== undefined) checkKey(errors, 'explainer.baseline', 'Url', this.file.objectKey);
  }

  /**
   * Grants the roles of the models permission to read the file, and returns its URI.
   *
   * @internal
   */
  public _bind(roles: iam.IRole[]): string | undefined {
    const object = this.file && new S3Object(this.file.bucket, this.file.objectKey);
    roles.forEach((role) => object?.grantRead(role));
    return object?.uri;
  }
}

/** How the explainer reads the requests and answers of the model. */
export interface ExplainerInferenceOptions {
  /**
   * Where the features are in a request in JSON Lines, as a JMESPath.
   *
   * @default - requests are CSV
   */
  readonly featuresAttribute?: string;

  /**
   * What a request to the model is made of, for requests in JSON Lines: text with `$features`.
   *
   * @default - requests are CSV
   */
  readonly contentTemplate?: string;

  /**
   * How many records the model takes in a request.
   *
   * @default - as many as fit
   */
  readonly maxRecordCount?: number;

  /**
   * The largest request that the model takes, 1 to 25 MiB.
   *
   * @default - 6 MiB
   */
  readonly maxPayload?: Size;

  /**
   * Which column of an answer is the probability.
   *
   * @default - the first
   */
  readonly probabilityIndex?: number;

  /**
   * Which column of an answer is the label.
   *
   * @default - there is none
   */
  readonly labelIndex?: number;

  /**
   * Where the probability is in an answer in JSON Lines, as a JMESPath.
   *
   * @default - answers are CSV
   */
  readonly probabilityAttribute?: string;

  /**
   * Where the label is in an answer in JSON Lines, as a JMESPath.
   *
   * @default - answers are CSV
   */
  readonly labelAttribute?: string;

  /**
   * The labels of the answers.
   *
   * @default - as they are in the answers
   */
  readonly labelHeaders?: string[];

  /**
   * The names of the features.
   *
   * @default - they have none
   */
  readonly featureHeaders?: string[];

  /**
   * What the features are.
   *
   * @default - as the explainer finds them
   */
  readonly featureTypes?: ExplainedFeatureType[];
}

/**
 * Answers that come with the reasons for them: how much each feature has contributed (SageMaker Clarify).
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-online-explainability.html
 */
export interface ExplainerOptions {
  /** What explanations start from. */
  readonly baseline: ExplainerBaseline;

  /**
   * Which requests are explained: a JMESPath over the answer, at most 64 characters.
   *
   * @default - all
   */
  readonly enableExplanations?: string;

  /**
   * How many made-up records each explanation asks about.
   *
   * @default - as the explainer finds best
   */
  readonly numberOfSamples?: number;

  /**
   * Whether probabilities are turned into log-odds.
   *
   * @default false
   */
  readonly useLogit?: boolean;

  /**
   * Makes explanations repeatable.
   *
   * @default - at random
   */
  readonly seed?: number;

  /**
   * How texts are explained.
   *
   * @default - features are no texts
   */
  readonly text?: TextExplanation;

  /**
   * How the explainer reads requests and answers.
   *
   * @default - as CSV
   */
  readonly inference?: ExplainerInferenceOptions;
}

export function checkExplainer(errors: ValidationErrors, options: ExplainerOptions): void {
  const { baseline, text, inference = {}, enableExplanations, numberOfSamples } = options;
  errors.check('explainer.baseline', 'ClarifyShapBaseline', baseline.records);
  errors.check('explainer.baseline.mimeType', 'ClarifyMimeType', baseline.mimeType);
  errors.check('explainer.enableExplanations', 'ClarifyEnableExplanations', enableExplanations);
  const whole = { numberOfSamples, seed: options.seed };
  for (const [property, value] of Object.entries(whole)) errors.checkWholeNumber(`explainer.${property}`, value);
  for (const property of ['maxRecordCount', 'probabilityIndex', 'labelIndex'] as const) {
    errors.checkWholeNumber(`explainer.inference.${property}`, inference[property]);
  }
  baseline._check(errors);
  errors.check('explainer.numberOfSamples', 'ClarifyShapNumberOfSamples', numberOfSamples);
  errors.check('explainer.text.language', 'ClarifyTextLanguage', text?.language);
  errors.check('explainer.inference.featuresAttribute', 'ClarifyFeaturesAttribute', inference.featuresAttribute);
  errors.check('explainer.inference.contentTemplate', 'ClarifyContentTemplate', inference.contentTemplate);
  errors.check('explainer.inference.maxRecordCount', 'ClarifyMaxRecordCount', inference.maxRecordCount);
  errors.check('explainer.inference.maxPayload (MiB)', 'ClarifyMaxPayloadInMB', inference.maxPayload?.toMebibytes());
  errors.check('explainer.inference.probabilityIndex', 'ClarifyProbabilityIndex', inference.probabilityIndex);
  errors.check('explainer.inference.labelIndex', 'ClarifyLabelIndex', inference.labelIndex);
  errors.check('explainer.inference.labelHeaders', 'ClarifyLabelHeaders', inference.labelHeaders);
  errors.check('explainer.inference.featureHeaders', 'ClarifyFeatureHeaders', inference.featureHeaders);
  errors.check('explainer.inference.featureTypes', 'ClarifyFeatureTypes', inference.featureTypes);
}

/** Lets the roles of the models read the baseline, and renders the explainer. */
export function renderExplainer(
  options: ExplainerOptions,
  roles: iam.IRole[],
): sagemaker.CfnEndpointConfig.ExplainerConfigProperty {
  const { baseline, text, inference, enableExplanations, numberOfSamples, useLogit, seed } = options;
  const { maxPayload, ...reading } = inference ?? {};
  return {
    clarifyExplainerConfig: {
      enableExplanations,
      inferenceConfig: inference && { ...reading, maxPayloadInMb: maxPayload?.toMebibytes() },
      shapConfig: {
        shapBaselineConfig: {
          mimeType: baseline.mimeType,
          shapBaseline: baseline.records,
          shapBaselineUri: baseline._bind(roles),
        },
        numberOfSamples,
        useLogit,
        seed,
        textConfig: text && { granularity: text.granularity, language: text.language },
      },
    },
  };
}
