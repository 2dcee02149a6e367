// Training and tuning.
export { TrainingInput } from '../common/training-input';
export {
  AugmentedManifestInputOptions,
  FileSystemAccessMode,
  FileSystemInputOptions,
  S3DataDistribution,
  S3TrainingInputOptions,
  TrainingInputConfig,
  TrainingInputOptions,
} from '../common/training-input-options';
export {
  TrainingOutput,
  TrainingOutputCompression,
  TrainingOutputConfig,
  TrainingOutputOptions,
} from '../common/training-output';
export {
  TrainingInstanceGroup,
  TrainingInstancePreference,
  TrainingResources,
  TrainingResourcesOptions,
  TrainingStorageOptions,
} from '../common/training-resources';
export { MlflowOptions } from './mlflow';
export { Profiler, ProfilerOptions } from './profiler';
export { TensorBoardOptions } from './tensor-board';
export { CheckpointOptions, TrainingOptions } from './training-options';
export { TrainingJobDefinition } from './training-job-definition';
export { TrainingJobProps } from './training-job-props';
export { TrainingJob } from './training-job';
export { HyperparameterRange, HyperparameterRangeType, NumericRangeOptions, ScalingType } from './hyperparameter-range';
export { HyperbandOptions, TuningStrategy } from './tuning-strategy';
export { WarmStart } from './warm-start';
export { TuningDefinition } from './tuning-definition';
export { TuningJobDefinition, TuningJobProps } from './tuning-job-props';
export { TuningJob } from './tuning-job';

import * as api from './index';
import { validateArguments } from '../private/argument-validation';

validateArguments(api);
