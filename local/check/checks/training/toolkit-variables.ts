import { PATHS } from '../../../contract';
import type { TrainingRequest } from '../../../container';
import type { Check } from '../../core/check';

/** What SageMaker's training toolkit sets inside its images, and the platform does not. */
function variablesOf({ channels = [], hyperparameters = {} }: TrainingRequest): Record<string, string> {
  const named = channels.map(({ name }): [string, string] => [
    `SM_CHANNEL_${name.toUpperCase()}`,
    `${PATHS.data}/${name}`,
  ]);
  const values = Object.entries(hyperparameters).map(([name, value]): [string, string] => [
    `SM_HP_${name.toUpperCase()}`,
    String(value),
  ]);
  return {
    SM_MODEL_DIR: PATHS.model,
    SM_OUTPUT_DATA_DIR: PATHS.outputData,
    SM_OUTPUT_DIR: PATHS.output,
    SM_INPUT_DIR: '/opt/ml/input',
    SM_NUM_GPUS: '0',
    SM_NUM_CPUS: '1',
    SM_CURRENT_HOST: 'algo-1',
    SM_HOSTS: '["algo-1"]',
    SM_HPS: JSON.stringify(hyperparameters),
    SM_CHANNELS: JSON.stringify(channels.map(({ name }) => name)),
    ...Object.fromEntries([...named, ...values]),
  };
}

export const toolkitVariables: Check = {
  id: 'toolkit-variables',
  group: 'training',
  severity: 'error',
  fact: 'A38',
  title: 'The program needs no variables of the training toolkit',
  training: {
    change: (request) => ({ ...request, environment: { ...variablesOf(request), ...request.environment } }),
  },
  run: async (lab) => {
    const evidence = await lab.training.failedFor('toolkit-variables');
    if (evidence === undefined) return [];
    return [
      {
        message:
          'The program needs SM_* variables, which SageMaker does not set: the training toolkit does, inside its own images.',
        fix: 'Use the paths of the contract (/opt/ml/input/data/<channel>, /opt/ml/model), or install sagemaker-training in the image.',
        evidence,
      },
    ];
  },
};
