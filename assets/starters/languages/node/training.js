// Trains the model of model.js, epoch by epoch, with the data and the hyperparameters of the training job.

import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fit, predict, save } from './model.js';
import { FEATURES, parseCsv } from './rows.js';

const OPT_ML = '/opt/ml';

/** As the algorithm is defined in the stack. */
const HYPERPARAMETERS = {
  epochs: { type: 'integer', default: 20, minimum: 1, maximum: 10_000 },
  learning_rate: { type: 'continuous', default: 0.1, minimum: 1e-6, maximum: 1 },
};

export async function train(stop) {
  const { epochs, learning_rate: learningRate } = readHyperparameters(`${OPT_ML}/input/config/hyperparameters.json`);
  const training = readChannel('train');
  const validation = readChannel('validation');
  if (training.rows.length === 0) {
    throw new Error(
      'channel train: no rows found; it must have a .csv file with the label in the first column and without a header',
    );
  }
  if (new Set(training.labels).size < 2) {
    throw new Error('channel train: rows of both classes are required, got one class');
  }

  let epoch = 0;
  let model;
  for (model of fit(training.rows, training.labels, epochs, learningRate)) {
    epoch += 1;
    // The metric definitions of the algorithm find the numbers in this line.
    console.log(`epoch=${epoch}; ${metrics(model, training, validation)}`);
    // The handler of SIGTERM runs between two epochs only.
    await setImmediate();
    if (stop.aborted) {
      console.log(`stopped after epoch ${epoch}; the model so far is saved`);
      break;
    }
  }
  // SageMaker uploads this directory as the model artifact.
  mkdirSync(`${OPT_ML}/model`, { recursive: true });
  save(model, `${OPT_ML}/model`);
}

function metrics(model, training, validation) {
  const loss = logLoss(predict(model, training.rows), training.labels);
  const text = `train:loss=${loss.toFixed(6)};`;
  if (validation.rows.length === 0) return text;
  const correct = predict(model, validation.rows).filter((p, index) => p >= 0.5 === (validation.labels[index] === 1));
  return `${text} validation:accuracy=${(correct.length / validation.rows.length).toFixed(6)};`;
}

function logLoss(probabilities, labels) {
  // The bounds keep log() from 0.
  const bounded = probabilities.map((probability) => Math.min(Math.max(probability, 1e-15), 1 - 1e-15));
  return -bounded.reduce((sum, p, index) => sum + Math.log(labels[index] === 1 ? p : 1 - p), 0) / labels.length;
}

/** The values by name. All values in the file are text, which some clients encode as JSON. */
function readHyperparameters(file) {
  const given = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const names = Object.keys(HYPERPARAMETERS);
  // A tuning job adds _tuning_objective_metric.
  const unknown = Object.keys(given).filter((name) => !names.includes(name) && !name.startsWith('_'));
  if (unknown.length > 0) {
    throw new Error(`hyperparameters: unknown: ${unknown.join(', ')}; use ${names.join(', ')}`);
  }
  return Object.fromEntries(names.map((name) => [name, readNumber(name, given[name])]));
}

function readNumber(name, text) {
  const { type, minimum, maximum, ...hyperparameter } = HYPERPARAMETERS[name];
  if (text === undefined) return hyperparameter.default;
  const unquoted = text.replaceAll('"', '').trim();
  // Number('') is 0.
  const value = unquoted === '' ? NaN : Number(unquoted);
  if (Number.isNaN(value) || (type === 'integer' && !Number.isInteger(value))) {
    throw new Error(`hyperparameter ${name}: must be a number (${type}), got ${JSON.stringify(text)}`);
  }
  if (value < minimum || value > maximum) {
    throw new Error(`hyperparameter ${name}: must be between ${minimum} and ${maximum}, got ${text}`);
  }
  return value;
}

/** The rows and labels of all CSV files of a channel, if it exists. The label is the first column; 1 is benign. */
function readChannel(name) {
  const directory = `${OPT_ML}/input/data/${name}`;
  const files = existsSync(directory) ? readdirSync(directory, { recursive: true }) : [];
  const rows = files
    .filter((file) => file.endsWith('.csv'))
    .sort()
    .flatMap((file) => parseCsv(readFileSync(path.join(directory, file), 'utf8'), FEATURES + 1, `${name}/${file}`));
  if (rows.some(([label]) => label !== 0 && label !== 1)) {
    throw new Error(`channel ${name}: the label in the first column must be 0 or 1`);
  }
  return { rows: rows.map((row) => row.slice(1)), labels: rows.map(([label]) => label) };
}
