import type { aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { FileSource } from '../../common/file-source';

/** Statistics and constraints of a data set or of predictions. */
export interface QualityReports {
  /**
   * The statistics.
   *
   * @default - none
   */
  readonly statistics?: FileSource;

  /**
   * The constraints that the statistics suggest.
   *
   * @default - none
   */
  readonly constraints?: FileSource;
}

/** How biased a model is. */
export interface BiasReports {
  /**
   * The bias of data and model together.
   *
   * @default - none
   */
  readonly report?: FileSource;

  /**
   * The bias of the data, before training.
   *
   * @default - none
   */
  readonly preTrainingReport?: FileSource;

  /**
   * The bias of the model, after training.
   *
   * @default - none
   */
  readonly postTrainingReport?: FileSource;
}

/**
 * How good a model is: what jobs that watch and compare models have written.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelMetrics.html
 */
export interface ModelMetrics {
  /**
   * How good the predictions are.
   *
   * @default - not said
   */
  readonly modelQuality?: QualityReports;

  /**
   * What the data looks like.
   *
   * @default - not said
   */
  readonly modelDataQuality?: QualityReports;

  /**
   * How biased the model is.
   *
   * @default - not said
   */
  readonly bias?: BiasReports;

  /**
   * Which features decide.
   *
   * @default - not said
   */
  readonly explainability?: FileSource;
}

/** What the bias of a deployed model is compared with. */
export interface BiasBaseline {
  /**
   * How bias is computed.
   *
   * @default - none
   */
  readonly configFile?: FileSource;

  /**
   * What the bias of the data may be.
   *
   * @default - none
   */
  readonly preTrainingConstraints?: FileSource;

  /**
   * What the bias of the model may be.
   *
   * @default - none
   */
  readonly postTrainingConstraints?: FileSource;
}

/** What the explanations of a deployed model are compared with. */
export interface ExplainabilityBaseline {
  /**
   * How explanations are computed.
   *
   * @default - none
   */
  readonly configFile?: FileSource;

  /**
   * What they may be.
   *
   * @default - none
   */
  readonly constraints?: FileSource;
}

/**
 * What a deployed model is compared with, to see whether it or its data drifts.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DriftCheckBaselines.html
 */
export interface DriftCheckBaselines {
  /**
   * How good predictions should be.
   *
   * @default - not watched
   */
  readonly modelQuality?: QualityReports;

  /**
   * What data should look like.
   *
   * @default - not watched
   */
  readonly modelDataQuality?: QualityReports;

  /**
   * How biased the model may be.
   *
   * @default - not watched
   */
  readonly bias?: BiasBaseline;

  /**
   * Which features should decide.
   *
   * @default - not watched
   */
  readonly explainability?: ExplainabilityBaseline;
}

export function renderMetrics(scope: Construct, metrics: ModelMetrics): sagemaker.CfnModelPackage.ModelMetricsProperty {
  const { modelQuality, modelDataQuality, bias, explainability } = metrics;
  return {
    modelQuality: modelQuality && bound(scope, modelQuality),
    modelDataQuality: modelDataQuality && bound(scope, modelDataQuality),
    bias: bias && bound(scope, bias),
    explainability: explainability && { report: explainability._bind(scope) },
  };
}

export function renderBaselines(
  scope: Construct,
  baselines: DriftCheckBaselines,
): sagemaker.CfnModelPackage.DriftCheckBaselinesProperty {
  const { modelQuality, modelDataQuality, bias, explainability } = baselines;
  return {
    modelQuality: modelQuality && bound(scope, modelQuality),
    modelDataQuality: modelDataQuality && bound(scope, modelDataQuality),
    bias: bias && bound(scope, bias),
    explainability: explainability && bound(scope, explainability),
  };
}

/** Members are named as the API names them: only the files have to be bound. */
function bound(scope: Construct, files: object): Record<string, ReturnType<FileSource['_bind']>> {
  const entries = Object.entries(files) as [string, FileSource | undefined][];
  return Object.fromEntries(entries.flatMap(([name, file]) => (file ? [[name, file._bind(scope)]] : [])));
}
