// The model: a logistic regression of standardized measurements.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Yields the model after each epoch of stochastic gradient descent. */
export function* fit(rows, labels, epochs, learningRate) {
  const model = { ...scaling(rows), weights: rows[0].map(() => 0), bias: 0 };
  const inputs = rows.map((row) => standardize(model, row));
  for (let epoch = 1; epoch <= epochs; epoch++) {
    inputs.forEach((values, index) => {
      const step = learningRate * (labels[index] - probability(model, values));
      model.weights = model.weights.map((weight, column) => weight + step * values[column]);
      model.bias += step;
    });
    yield model;
  }
}

/** The probability of class 1 of each row. */
export function predict(model, rows) {
  return rows.map((row) => probability(model, standardize(model, row)));
}

export function save(model, directory) {
  writeFileSync(path.join(directory, 'model.json'), JSON.stringify(model));
}

export function load(directory) {
  return JSON.parse(readFileSync(path.join(directory, 'model.json'), 'utf8'));
}

function scaling(rows) {
  const columns = rows[0].map((_, column) => rows.map((row) => row[column]));
  const mean = columns.map(average);
  const scale = columns.map((values, column) => Math.sqrt(average(values.map((x) => (x - mean[column]) ** 2))) || 1);
  return { mean, scale };
}

function average(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardize({ mean, scale }, row) {
  return row.map((value, column) => (value - mean[column]) / scale[column]);
}

function probability({ weights, bias }, values) {
  return 1 / (1 + Math.exp(-values.reduce((sum, value, column) => sum + weights[column] * value, bias)));
}
