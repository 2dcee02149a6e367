import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe as read, withDefaults, wrappedProject } from '../../local/init';
import { write } from '../local/init/projects';
import { python, scratch } from './project';

describe('The program `train` that runs a training script', () => {
  const SCRIPT = `
import argparse, json, os, sys
parser = argparse.ArgumentParser()
parser.add_argument('--epochs', type=int, default=10)
parser.add_argument('--rate', type=float)
parser.add_argument('--optimizer')
parser.add_argument('--verbose', action='store_true')
parser.add_argument('--quiet', action="store_true")
arguments = vars(parser.parse_args())
print(json.dumps([arguments, {name: value for name, value in os.environ.items() if name.startswith('SM_')}]))
`;

  /** Runs the program with a directory in place of /opt/ml. */
  function train(
    script: string,
    hyperparameters: Record<string, string>,
  ): ReturnType<typeof spawnSync> & { ml: string } {
    const directory = write(scratch(), { 'train.py': script });
    const ml = path.join(directory, 'ml');
    const { files } = wrappedProject(directory, read(directory), { ...withDefaults({ app: 'none' }), name: 'churn' });
    write(directory, {
      train: String(files.get('train')).replace('/opt/ml', ml),
      'ml/input/config/hyperparameters.json': JSON.stringify(hyperparameters),
      'ml/input/config/inputdataconfig.json': JSON.stringify({ train: {}, extra: {} }),
      'ml/input/config/resourceconfig.json': JSON.stringify({ current_host: 'algo-2', hosts: ['algo-1', 'algo-2'] }),
    });
    return { ml, ...spawnSync(python('python'), [path.join(directory, 'train')], { encoding: 'utf8' }) };
  }

  test('passes hyperparameters as arguments, and switches without a value only if they are true', () => {
    const hyperparameters = {
      epochs: '5',
      rate: '1e-2',
      optimizer: '"-sgd"',
      verbose: 'true',
      quiet: 'false',
      _tuning: 'x',
    };
    const { stdout, status } = train(SCRIPT, hyperparameters);
    const [given] = JSON.parse(String(stdout)) as [object];
    expect(given).toEqual({ epochs: 5, rate: 0.01, optimizer: '-sgd', verbose: true, quiet: false });
    expect(status).toBe(0);
  });

  test('sets the variables of script mode', () => {
    const { stdout, ml } = train(SCRIPT, { epochs: '5', optimizer: 'sgd' });
    const [, variables] = JSON.parse(String(stdout)) as [object, Record<string, string>];
    expect(variables).toEqual({
      SM_CHANNELS: '["extra", "train"]',
      SM_CHANNEL_EXTRA: `${ml}/input/data/extra`,
      SM_CHANNEL_TRAIN: `${ml}/input/data/train`,
      SM_CURRENT_HOST: 'algo-2',
      SM_HOSTS: '["algo-1", "algo-2"]',
      SM_HPS: '{"epochs": 5, "optimizer": "sgd"}',
      SM_HP_EPOCHS: '5',
      SM_HP_OPTIMIZER: 'sgd',
      SM_INPUT_CONFIG_DIR: `${ml}/input/config`,
      SM_INPUT_DIR: `${ml}/input`,
      SM_MODEL_DIR: `${ml}/model`,
      SM_NUM_CPUS: expect.stringMatching(/^[1-9]\d*$/) as string,
      SM_NUM_GPUS: expect.stringMatching(/^\d+$/) as string,
      SM_OUTPUT_DATA_DIR: `${ml}/output/data`,
      SM_OUTPUT_DIR: `${ml}/output`,
      SM_USER_ARGS: '["--epochs", "5", "--optimizer", "sgd"]',
    });
  });

  test.each([
    ['an unknown hyperparameter', SCRIPT, 'train.py: error: unrecognized arguments: --depth 3'],
    ['a syntax error', 'if', 'SyntaxError: invalid syntax'],
  ])('writes the reason of a failure by %s', (_, script, reason) => {
    const { status, ml } = train(script, { depth: '3' });
    expect([status, readFileSync(path.join(ml, 'output', 'failure'), 'utf8')]).toEqual([1, reason]);
  });
});
