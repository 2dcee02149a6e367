import type { aws_iam as iam, aws_s3 as s3, aws_sagemaker as sagemaker, Size } from 'aws-cdk-lib';
import { S3Object } from '../../common/s3-location';
import type { ValidationErrors } from '../../private/validation';

/** The data type of a feature. */
export enum ExplainedFeatureType {
  /** A numerical feature. */
  NUMERICAL = 'numerical',

  /** A categorical feature. */
  CATEGORICAL = 'categorical',

  /** A text feature. */
  TEXT = 'text',
}

/** The unit of text for which SageMaker Clarify computes contributions. */
export enum TextGranularity {
  /** Each word. */
  TOKEN = 'token',

  /** Each sentence. */
  SENTENCE = 'sentence',

  /** Each paragraph. */
  PARAGRAPH = 'paragraph',
}

/** The explanation of text features. */
export interface TextExplanation {
  /** The unit of text for which contributions are computed. */
  readonly granularity: TextGranularity;

  /** The language of the text features, as an ISO 639-1 code such as `en`. */
  readonly language: string;
}

/**
 * * The baseline of Kernel SHAP: one or more records with which SageMaker Clarify compares each request.
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const baseline = sagemaker.ExplainerBaseline.inline('0.5,1,12', 'text/csv');
 */
export class ExplainerBaseline {
  /**
   * Uses records that are part of the endpoint configuration.
   *
   * @param records the records, at most 4096 characters, for example a line of CSV
   * @param mimeType the MIME type of the records
   */
  public static inline(records: string, mimeType: string = 'text/csv'): ExplainerBaseline {
    return new ExplainerBaseline(mimeType, records, undefined);
  }

  /**
   * Uses the records in an S3 object.
   *
   * @param bucket the bucket
   * @param objectKey the object key; the execution roles of the models are granted permission to read the object
   * @param mimeType the MIME type of the records
   */
  public static fromObject(bucket: s3.IBucket, objectKey: string, mimeType: string = 'text/csv'): ExplainerBaseline {
    return new ExplainerBaseline(mimeType, undefined, new S3Object(bucket, objectKey));
  }

  private constructor(
    /** The MIME type of the records. */
    public readonly mimeType: string,
    /** The records, if they are part of the endpoint configuration. */
    public readonly records: string | undefined,
    private readonly object?: S3Object,
  ) {}

  /**
   * Grants the execution roles permission to read the object, and returns its URI.
   *
   * @internal
   */
  public _bind(roles: iam.IRole[]): string | undefined {
    roles.forEach((role) => this.object?.grantRead(role));
    return this.object?.uri;
  }
}

/** The format of the requests and responses of the model, as SageMaker Clarify reads and writes them. */
export interface ExplainerInferenceOptions {
  /**
   * The JMESPath expression that extracts the features from a request in JSON Lines format.
   *
   * @default - requests are CSV
   */
  readonly featuresAttribute?: string;

  /**
   * The template of a record in JSON Lines format, in which `$features` is replaced.
   *
   * @default - requests are CSV
   */
  readonly contentTemplate?: string;

  /**
   * The maximum number of records in a request to the model.
   *
   * @default - limited by `maxPayload` only
   */
  readonly maxRecordCount?: number;

  /**
   * The maximum payload of a request to the model, 1 to 25 MiB.
   *
   * @default - 6 MiB
   */
  readonly maxPayload?: Size;

  /**
   * The zero-based column of a CSV response that holds the probability.
   *
   * @default - the first column
   */
  readonly probabilityIndex?: number;

  /**
   * The zero-based column of a CSV response that holds the label.
   *
   * @default - responses have no label
   */
  readonly labelIndex?: number;

  /**
   * The JMESPath expression that extracts the probability from a response in JSON Lines format.
   *
   * @default - responses are CSV
   */
  readonly probabilityAttribute?: string;

  /**
   * The JMESPath expression that extracts the label from a response in JSON Lines format.
   *
   * @default - responses are CSV
   */
  readonly labelAttribute?: string;

  /**
   * The label headers, in the order of the probabilities.
   *
   * @default - the labels of the responses
   */
  readonly labelHeaders?: string[];

  /**
   * The names of the features.
   *
   * @default - features without names
   */
  readonly featureHeaders?: string[];

  /**
   * The data types of the features.
   *
   * @default - inferred by SageMaker Clarify
   */
  readonly featureTypes?: ExplainedFeatureType[];
}

/**
 * Online explainability with SageMaker Clarify: responses include the contribution of each feature (SHAP values). AWS has closed
 * SageMaker Clarify to new customers since 2026-07-30; it remains available to existing ones.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-online-explainability.html
 */
export interface ExplainerOptions {
  /** The baseline with which requests are compared. */
  readonly baseline: ExplainerBaseline;

  /**
   * The JMESPath expression that is evaluated on a response and determines whether the request is explained, at most 64
   * characters.
   *
   * @default - all requests are explained
   */
  readonly enableExplanations?: string;

  /**
   * The number of synthetic records to use for an explanation.
   *
   * @default - chosen by SageMaker Clarify
   */
  readonly numberOfSamples?: number;

  /**
   * Whether SHAP values are converted to log-odds with the logit function.
   *
   * @default false
   */
  readonly useLogit?: boolean;

  /**
   * The seed of the random number generator, for reproducible explanations.
   *
   * @default - a random seed
   */
  readonly seed?: number;

  /**
   * The explanation of text features.
   *
   * @default - no text features
   */
  readonly text?: TextExplanation;

  /**
   * The format of requests and responses.
   *
   * @default - CSV
   */
  readonly inference?: ExplainerInferenceOptions;
}

export function checkExplainer(errors: ValidationErrors, options: ExplainerOptions): void {
  const { baseline, text, inference = {}, enableExplanations, numberOfSamples } = options;
  errors.check('explainer.baseline', 'ClarifyShapBaseline', baseline.records);
  errors.check('explainer.baseline.mimeType', 'ClarifyMimeType', baseline.mimeType);
  errors.check('explainer.enableExplanations', 'ClarifyEnableExplanations', enableExplanations);
  errors.check('explainer.numberOfSamples', 'ClarifyShapNumberOfSamples', numberOfSamples);
  errors.check('explainer.seed', 'ClarifyShapSeed', options.seed);
  errors.check('explainer.text.language', 'ClarifyTextLanguage', text?.language);
  checkInference(errors, inference);
}

function checkInference(errors: ValidationErrors, inference: ExplainerInferenceOptions): void {
  const at = 'explainer.inference';
  const { labelHeaders, featureHeaders, featureTypes, maxPayload } = inference;
  errors.check(`${at}.featuresAttribute`, 'ClarifyFeaturesAttribute', inference.featuresAttribute);
  errors.check(`${at}.contentTemplate`, 'ClarifyContentTemplate', inference.contentTemplate);
  errors.check(`${at}.maxRecordCount`, 'ClarifyMaxRecordCount', inference.maxRecordCount);
  errors.checkSize(`${at}.maxPayload`, 'MiB', 'ClarifyMaxPayloadInMB', maxPayload);
  errors.check(`${at}.probabilityIndex`, 'ClarifyProbabilityIndex', inference.probabilityIndex);
  errors.check(`${at}.labelIndex`, 'ClarifyLabelIndex', inference.labelIndex);
  errors.check(`${at}.probabilityAttribute`, 'ClarifyProbabilityAttribute', inference.probabilityAttribute);
  errors.check(`${at}.labelAttribute`, 'ClarifyLabelAttribute', inference.labelAttribute);
  errors.checkEach(`${at}.labelHeaders`, 'ClarifyLabelHeaders', 'ClarifyHeader', labelHeaders);
  errors.checkEach(`${at}.featureHeaders`, 'ClarifyFeatureHeaders', 'ClarifyHeader', featureHeaders);
  errors.check(`${at}.featureTypes`, 'ClarifyFeatureTypes', featureTypes);
}

/** Grants the execution roles permission to read the baseline, and renders the explainer. */
export function renderExplainer(
  options: ExplainerOptions,
  roles: iam.IRole[],
): sagemaker.CfnEndpointConfig.ExplainerConfigProperty {
  const { baseline, text, inference, enableExplanations, numberOfSamples, useLogit, seed } = options;
  const { maxPayload, ...format } = inference ?? {};
  return {
    clarifyExplainerConfig: {
      enableExplanations,
      inferenceConfig: inference && { ...format, maxPayloadInMb: maxPayload?.toMebibytes() },
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
