import type { TrainingRequest } from '../../../container';
import { PATHS } from '../../../contract';
import type { Check } from '../check';

/** The variables that the SageMaker training toolkit sets inside its images; SageMaker itself does not set them. */
function variablesOf({ channels = [], hyperparameters = {} }: TrainingRequest): Record<string, string> {
  const paths = channels.map(({ name }): [string, string] => [
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
    SM_INPUT_DIR: PATHS.input,
    SM_NUM_GPUS: '0',
    SM_NUM_CPUS: '1',
    SM_CURRENT_HOST: 'algo-1',
    SM_HOSTS: '["algo-1"]',
    SM_HPS: JSON.stringify(hyperparameters),
    SM_CHANNELS: JSON.stringify(channels.map(({ name }) => name)),
    ...Object.fromEntries([...paths, ...values]),
  };
}

export const toolkitVariables: Check = {
  id: 'toolkit-variables',
  group: 'training',
  severity: 'error',
  fact: 'A38',
  title: 'Training does not depend on the SM_* variables of the SageMaker training toolkit',
  trainingVariation: {
    change: (request) => ({ ...request, environment: { ...variablesOf(request), ...request.environment } }),
  },
  run: async ({ training }) => {
    const evidence = await training.evidenceFor('toolkit-variables');
    if (evidence === undefined) return [];
    return [
      {
        message:
          'The program requires SM_* environment variables. Only the SageMaker training toolkit sets them, inside its own images.',
        fix: 'Use the paths of the contract (/opt/ml/input/data/<channel>, /opt/ml/model), or install sagemaker-training in the image.',
        evidence,
      },
    ];
  },
};
