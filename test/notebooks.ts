import * as path from 'node:path';
import { LocalMachine, ROOT, type CommandResult, succeeded } from './docker/local-machine';

const PYTHON = path.join(ROOT, '.cache', 'venv', 'bin', 'python');
const RUNNER = path.join(ROOT, 'scripts', 'notebooks.py');

/** An app, and the notebooks of examples/notebooks that use its stack. */
export interface NotebookApp {
  readonly app: string;
  readonly context?: Record<string, string>;
  readonly notebooks: string[];
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
];

/**
 * Deploys an app to a local service of its own, runs its notebooks, and destroys the stack. Their outputs are written to the notebooks, or
 * compared with those in the notebooks.
 *
 * @returns the result of the notebooks, whose output lists the differences
 */
export async function runNotebooks(mode: 'write' | 'check', app: NotebookApp): Promise<CommandResult> {
  const machine = new LocalMachine(path.join(ROOT, app.app));
  try {
    await machine.up();
    succeeded(await machine.cdk('deploy', app.context));
    const result = await machine.byoa('run', '--', PYTHON, RUNNER, mode, ...app.notebooks);
    succeeded(await machine.cdk('destroy', app.context));
    return result;
  } finally {
    await machine.remove();
  }
}
