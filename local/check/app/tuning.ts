import type {
  CreateHyperParameterTuningJobRequest,
  HyperParameterTrainingJobDefinition,
  ParameterRanges,
} from '@aws-sdk/client-sagemaker';
import type { TrainingSpecification } from '../core/specification';
import type { Parsed } from './requests';

type TuningRequest = Parsed<CreateHyperParameterTuningJobRequest>;

/** The only training job definition of a tuning job, or the first of several. */
export function definitionOf(request: TuningRequest): HyperParameterTrainingJobDefinition | undefined {
  return request.TrainingJobDefinition ?? request.TrainingJobDefinitions?.[0];
}

export function tuningOf(request: TuningRequest): Pick<TrainingSpecification, 'trials' | 'objectives'> {
  const definition = definitionOf(request);
  const { ParameterRanges, HyperParameterTuningJobObjective } = request.HyperParameterTuningJobConfig ?? {};
  const { MetricName } = definition?.TuningObjective ?? HyperParameterTuningJobObjective ?? {};
  return {
    trials: trialsOf(definition?.HyperParameterRanges ?? ParameterRanges ?? {}),
    objectives: MetricName === undefined ? [] : [MetricName],
  };
}

/** Two trials at the limits of all ranges: the lower limits, or first values, and the upper limits, or last values. */
function trialsOf(ranges: ParameterRanges): Record<string, string>[] {
  const { IntegerParameterRanges = [], ContinuousParameterRanges = [], CategoricalParameterRanges = [] } = ranges;
  const limits = [
    ...[...IntegerParameterRanges, ...ContinuousParameterRanges].map(
      ({ Name = '', MinValue = '', MaxValue = '' }) => [Name, MinValue, MaxValue] as const,
    ),
    ...CategoricalParameterRanges.map(
      ({ Name = '', Values = [] }) => [Name, Values[0], Values[Values.length - 1]] as const,
    ),
  ];
  if (limits.length === 0) return [];
  return [
    Object.fromEntries(limits.map(([name, lower]) => [name, lower])),
    Object.fromEntries(limits.map(([name, , upper]) => [name, upper])),
  ];
}
