import type { aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { FileSource } from '../../common/file-source';

/** The statistics and constraints reports of data quality or model quality. */
export interface QualityReports {
  /**
   * The statistics report.
   *
   * @default - no report
   */
  readonly statistics?: FileSource;

  /**
   * The constraints report.
   *
   * @default - no report
   */
  readonly constraints?: FileSource;
}

/** The bias reports of a model. */
export interface BiasReports {
  /**
   * The bias report of data and model.
   *
   * @default - no report
   */
  readonly report?: FileSource;

  /**
   * The pre-training bias report.
   *
   * @default - no report
   */
  readonly preTrainingReport?: FileSource;

  /**
   * The post-training bias report.
   *
   * @default - no report
   */
  readonly postTrainingReport?: FileSource;
}

/**
 * The metrics of a model: reports of monitoring and evaluation jobs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelMetrics.html
 */
export interface ModelMetrics {
  /**
   * The model quality reports.
   *
   * @default - no reports
   */
  readonly modelQuality?: QualityReports;

  /**
   * The data quality reports.
   *
   * @default - no reports
   */
  readonly modelDataQuality?: QualityReports;

  /**
   * The bias reports.
   *
   * @default - no reports
   */
  readonly bias?: BiasReports;

  /**
   * The explainability report.
   *
   * @default - no report
   */
  readonly explainability?: FileSource;
}

/** The baseline for bias drift checks. */
export interface BiasBaseline {
  /**
   * The configuration of the bias analysis.
   *
   * @default - no configuration file
   */
  readonly configFile?: FileSource;

  /**
   * The pre-training constraints.
   *
   * @default - no constraints
   */
  readonly preTrainingConstraints?: FileSource;

  /**
   * The post-training constraints.
   *
   * @default - no constraints
   */
  readonly postTrainingConstraints?: FileSource;
}

/** The baseline for explainability drift checks. */
export interface ExplainabilityBaseline {
  /**
   * The configuration of the explainability analysis.
   *
   * @default - no configuration file
   */
  readonly configFile?: FileSource;

  /**
   * The constraints.
   *
   * @default - no constraints
   */
  readonly constraints?: FileSource;
}

/**
 * The baselines with which monitoring jobs of SageMaker Model Monitor compare a deployed model to detect drift. AWS has closed Model
 * Monitor to new customers since 2026-07-30; it remains available to existing ones.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DriftCheckBaselines.html
 */
export interface DriftCheckBaselines {
  /**
   * The baseline of model quality.
   *
   * @default - no baseline
   */
  readonly modelQuality?: QualityReports;

  /**
   * The baseline of data quality.
   *
   * @default - no baseline
   */
  readonly modelDataQuality?: QualityReports;

  /**
   * The baseline of bias.
   *
   * @default - no baseline
   */
  readonly bias?: BiasBaseline;

  /**
   * The baseline of explainability.
   *
   * @default - no baseline
   */
  readonly explainability?: ExplainabilityBaseline;
}

export function renderMetrics(scope: Construct, metrics: ModelMetrics): sagemaker.CfnModelPackage.ModelMetricsProperty {
  const { modelQuality, modelDataQuality, bias, explainability } = metrics;
  return {
    modelQuality: modelQuality && bindFiles(scope, modelQuality),
    modelDataQuality: modelDataQuality && bindFiles(scope, modelDataQuality),
    bias: bias && bindFiles(scope, bias),
    explainability: explainability && { report: explainability._bind(scope) },
  };
}

export function renderBaselines(
  scope: Construct,
  baselines: DriftCheckBaselines,
): sagemaker.CfnModelPackage.DriftCheckBaselinesProperty {
  const { modelQuality, modelDataQuality, bias, explainability } = baselines;
  return {
    modelQuality: modelQuality && bindFiles(scope, modelQuality),
    modelDataQuality: modelDataQuality && bindFiles(scope, modelDataQuality),
    bias: bias && bindFiles(scope, bias),
    explainability: explainability && bindFiles(scope, explainability),
  };
}

/** Binds each file. The properties have the names of the API. */
function bindFiles(scope: Construct, files: object): Record<string, ReturnType<FileSource['_bind']>> {
  const entries = Object.entries(files) as [string, FileSource | undefined][];
  return Object.fromEntries(entries.flatMap(([name, file]) => (file ? [[name, file._bind(scope)]] : [])));
}
