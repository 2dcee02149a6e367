import { unknownValues } from '../private/known-values';

/** The metrics of a family of names, for example `validation:auc`. */
const named = (prefix: string, names: string): string[] => names.split(' ').map((name) => `${prefix}:${name}`);

const LINEAR_LEARNER =
  'absolute_loss binary_classification_accuracy binary_f_beta dcg macro_f_beta macro_precision macro_recall mse multiclass_accuracy ' +
  'multiclass_top_k_accuracy objective_loss precision recall roc_auc_score';
const OBJECT2VEC = 'accuracy cross_entropy mean_squared_error';
const XGBOOST =
  'accuracy aft-nloglik auc aucpr balanced_accuracy cox-nloglik error f1 f1_binary f1_macro gamma-deviance gamma-nloglik ' +
  'interval-regression-accuracy logloss mae map mape merror mlogloss mphe mse ndcg poisson-nloglik precision precision_macro ' +
  'precision_micro r2 recall recall_macro recall_micro rmse rmsle tweedie-nloglik';

/**
 * The metrics of the algorithms of SageMaker that a tuning job can optimize, by the repository of the image. The developer guide has
 * one page for each algorithm; the metrics of XGBoost are also those that its container declares.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html
 * @see https://github.com/aws/sagemaker-xgboost-container
 */
const METRICS = new Map<string, string[]>([
  ['blazingtext', ['train:mean_rho', 'validation:accuracy']],
  [
    'factorization-machines',
    named('test', 'binary_classification_accuracy binary_classification_cross_entropy binary_f_beta rmse'),
  ],
  ['forecasting-deepar', [...named('test', 'RMSE mean_wQuantileLoss'), 'train:final_loss']],
  ['image-classification', ['validation:accuracy']],
  ['ipinsights', ['validation:discriminator_auc']],
  ['kmeans', named('test', 'msd ssd')],
  ['knn', named('test', 'accuracy mse')],
  ['lda', ['test:pwll']],
  ['linear-learner', [...named('test', LINEAR_LEARNER), ...named('validation', `${LINEAR_LEARNER} rmse`)]],
  ['ntm', ['validation:total_loss']],
  ['object-detection', ['validation:mAP']],
  ['object2vec', [...named('test', OBJECT2VEC), ...named('validation', OBJECT2VEC)]],
  ['pca', []],
  ['randomcutforest', ['test:f1']],
  ['semantic-segmentation', named('validation', 'mIOU pixel_accuracy')],
  ['seq2seq', named('validation', 'accuracy bleu perplexity')],
  ['sagemaker-xgboost', named('validation', XGBOOST)],
  ['xgboost', named('validation', XGBOOST)],
]);

/** Whether an image that AWS provides contains an algorithm that defines its metrics. SageMaker rejects other definitions. */
export function definesMetrics(repository = ''): boolean {
  return METRICS.has(repository);
}

/** The warning about the objective of a tuning job that is no known metric of the algorithm. Undefined if it is known. */
export function unknownObjective(repository = '', metricName: string): string | undefined {
  const known = METRICS.get(repository) ?? [];
  const warning = unknownValues(`Metrics of ${repository}`, known, [metricName]);
  return warning && `${warning} Known metrics: ${known.join(', ') || 'none'}.`;
}
