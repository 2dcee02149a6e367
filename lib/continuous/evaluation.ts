import { Construct } from 'constructs';
import type { Objective } from '../algorithm/objective';
import type { MetricDefinition } from '../algorithm/metric-definition';
import type { S3Location } from '../common/s3-location';
import { definesMetrics } from '../image/built-in-metrics';
import { type ValidationErrors, isKnown, quote } from '../private/validation';
import { ProcessingInput } from '../processing/processing-input';
import type { ProcessingOptions } from '../processing/processing-options';
import type { TrainingOptions } from '../training/training-options';
import { type BoundReport, bindReport, checkReport } from './processing-report';
import type { WorkflowModelData } from './workflow-model-data';

/** The name of the input that contains the model artifact. */
const MODEL = 'model';

/** Options of an evaluation by a processing job. */
export interface ProcessingEvaluationOptions extends ProcessingOptions {
  /**
   * The metric and its direction. The name of the metric is its path in the report: member names with periods between them, for example
   * `metrics.auc.value`. The name of a member must not contain a period.
   */
  readonly objective: Objective;

  /**
   * The path of the report below the directory of the output `report`, `/opt/ml/processing/output/report`. The container writes it as
   * JSON.
   *
   * @default 'evaluation.json'
   */
  readonly report?: string;

  /**
   * The S3 location of the reports. Each job writes to a folder with its name.
   *
   * @default - a new bucket that is retained when the stack is deleted
   */
  readonly reportLocation?: S3Location;
}

/** The part of a training that defines its metrics. */
type EvaluatedTraining = Pick<TrainingOptions, 'algorithm' | 'image' | 'metrics'>;

/** An evaluation, as an execution of a workflow performs it. */
export interface BoundEvaluation {
  /** The processing job that evaluates the model. Undefined for an evaluation by a metric of the training job. */
  readonly job?: Omit<BoundReport, 'others'> & {
    /** The S3 locations that the job writes to, by the property that specifies them. */
    readonly written: Record<string, S3Location>;
  };
}

/**
 * The metric by which a workflow decides whether a model is registered.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/processing-job.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const evaluation = sagemaker.Evaluation.trainingMetric(sagemaker.Objective.maximize('validation:auc'));
 */
export abstract class Evaluation {
  /**
   * Evaluates a model by the final value of a metric of its training job. No further container runs.
   *
   * @param objective the metric and its direction, for example `Objective.maximize('validation:auc')`
   */
  public static trainingMetric(objective: Objective): Evaluation {
    return new TrainingMetric(objective);
  }

  /**
   * Evaluates a model by a processing job, which writes a report. The container finds the model artifact, which is not extracted, in
   * `/opt/ml/processing/input/model`, unless `inputs` contains another input with the name `model`.
   *
   * @param options the container, its inputs, the report and the metric
   */
  public static processing(options: ProcessingEvaluationOptions): Evaluation {
    return new ProcessingEvaluation(options);
  }

  /** The metric and its direction. */
  public abstract readonly objective: Objective;

  /**
   * Validates the evaluation.
   *
   * @param trainings the definitions of the training jobs whose models are evaluated
   * @internal
   */
  public abstract _checkEvaluation(scope: Construct, errors: ValidationErrors, trainings: EvaluatedTraining[]): void;

  /**
   * Renders the evaluation, and grants its role the permissions of the job.
   *
   * @internal
   */
  public abstract _bind(workflow: Construct, modelData: WorkflowModelData): BoundEvaluation;
}

class TrainingMetric extends Evaluation {
  constructor(public readonly objective: Objective) {
    super();
  }

  public _checkEvaluation(_scope: Construct, errors: ValidationErrors, trainings: EvaluatedTraining[]): void {
    const { metricName } = this.objective;
    errors.check('evaluation.objective.metricName', 'MetricName', metricName);
    for (const known of trainings.map(metricsOf)) {
      errors.when(
        isKnown(metricName) && known?.includes(metricName) === false,
        `\`evaluation.objective\` must name one of the metrics of the training (${known?.join(', ') || 'none are defined'}), ` +
          `got: ${quote(metricName)}. Add it to \`metrics\`, with a regular expression that matches the log of the container`,
      );
    }
  }

  public _bind(): BoundEvaluation {
    return {};
  }
}

/** The names of the metrics of a training. Undefined if they are not known: for algorithms that are imported or that AWS provides. */
function metricsOf({ algorithm, image, metrics }: EvaluatedTraining): string[] | undefined {
  if (algorithm !== undefined) return algorithm.specification && namesOf(algorithm.specification.metrics);
  return definesMetrics(image?._providedRepository) ? undefined : namesOf(metrics);
}

function namesOf(metrics: MetricDefinition[] = []): string[] {
  return metrics.map(({ name }) => name);
}

class ProcessingEvaluation extends Evaluation {
  public readonly objective: Objective;

  constructor(private readonly options: ProcessingEvaluationOptions) {
    super();
    this.objective = options.objective;
  }

  public _checkEvaluation(scope: Construct, errors: ValidationErrors): void {
    errors.within('evaluation', (inner) => checkReport(scope, inner, this.options));
  }

  public _bind(workflow: Construct, modelData: WorkflowModelData): BoundEvaluation {
    const scope = new Construct(workflow, 'Evaluation');
    const inputs = { [MODEL]: ProcessingInput.fromModelData(modelData) };
    const { others, ...job } = bindReport(scope, 'evaluation', this.options, () => inputs);
    const outputs = Object.entries(others).map(([name, location]) => [`evaluation.outputs["${name}"]`, location]);
    return {
      job: {
        ...job,
        written: {
          'evaluation.reportLocation': job.location,
          ...(Object.fromEntries(outputs) as Record<string, S3Location>),
        },
      },
    };
  }
}
