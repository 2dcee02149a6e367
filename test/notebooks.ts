import * as path from 'node:path';
import { type CommandResult, LocalMachine, ROOT, succeeded } from './docker/local-machine';
import { withProvidedImage } from './provided-images';

const PYTHON = path.join(ROOT, '.cache', 'venv', 'bin', 'python');
const RUNNER = path.join(ROOT, 'scripts', 'notebooks.py');

/** An app, and the notebooks of examples/notebooks that use its stack. */
export interface NotebookApp {
  readonly app: string;
  readonly context?: Record<string, string>;
  readonly notebooks: string[];

  /** The image that SageMaker provides and the app uses. */
  readonly providedImage?: string;
}

/** The notebooks that share the deployment of the example algorithm. */
export const SHARED: NotebookApp = {
  app: 'examples/notebooks/app.ts',
  notebooks: ['combined-image', 'model-registry', 'batch-transform', 'tuning'],
};

export const APPS: NotebookApp[] = [
  SHARED,
  { app: 'examples/notebooks/app.ts', context: { layout: 'split' }, notebooks: ['split-images'] },
  { app: 'examples/multi-model/app.ts', notebooks: ['multi-model'] },
  { app: 'examples/pipe-mode/app.ts', notebooks: ['pipe-mode'] },
  {
    app: 'examples/script-mode/app.ts',
    notebooks: ['script-mode'],
    providedImage: '763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3.0-gpu-py311',
  },
  {
    app: 'examples/provided-inference/app.ts',
    notebooks: ['provided-inference'],
    providedImage: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3',
  },
  {
    app: 'examples/provided-algorithm/app.ts',
    notebooks: ['provided-algorithm'],
    providedImage: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1',
  },
  { app: 'examples/r/app.ts', notebooks: ['r'] },
];

/**
 * Deploys an app to a local service of its own, and runs its notebooks. Their outputs are written to the notebooks, or compared with those
 * in the notebooks.
 *
 * @returns the result of the notebooks, whose output lists the differences
 */
export function runNotebooks(mode: 'write' | 'check', app: NotebookApp): Promise<CommandResult> {
  return withProvidedImage(app.providedImage, () => deployAndRun(mode, app));
}

async function deployAndRun(mode: 'write' | 'check', app: NotebookApp): Promise<CommandResult> {
  const machine = new LocalMachine(path.join(ROOT, app.app));
  try {
    await machine.up();
    succeeded(await machine.cdk('deploy', app.context));
    return await machine.byoa('run', '--', PYTHON, RUNNER, mode, ...app.notebooks);
  } finally {
    await machine.remove();
  }
}
