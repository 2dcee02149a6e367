//! The model: a logistic regression of standardized measurements.

use crate::rows::Row;
use serde::{Deserialize, Serialize};
use std::{error::Error, fs, path::Path};

#[derive(Serialize, Deserialize)]
pub struct Model {
    mean: Vec<f64>,
    scale: Vec<f64>,
    weights: Vec<f64>,
    bias: f64,
}

impl Model {
    /// A model that is not trained, with the mean and the standard deviation of each column.
    pub fn new(rows: &[Row]) -> Self {
        let count = rows.len() as f64;
        let columns = 0..rows[0].len();
        let mean: Vec<f64> = columns
            .clone()
            .map(|c| rows.iter().map(|row| row[c]).sum::<f64>() / count)
            .collect();
        let scale = columns
            .clone()
            .map(|c| {
                (rows
                    .iter()
                    .map(|row| (row[c] - mean[c]).powi(2))
                    .sum::<f64>()
                    / count)
                    .sqrt()
            })
            // A column with a single value has no scale.
            .map(|deviation| if deviation == 0.0 { 1.0 } else { deviation })
            .collect();
        Model {
            scale,
            weights: vec![0.0; mean.len()],
            mean,
            bias: 0.0,
        }
    }

    /// One epoch of stochastic gradient descent.
    pub fn fit_epoch(&mut self, rows: &[Row], labels: &[f64], learning_rate: f64) {
        for (row, label) in rows.iter().zip(labels) {
            let values = self.standardize(row);
            let step = learning_rate * (label - self.probability(&values));
            for (weight, value) in self.weights.iter_mut().zip(values) {
                *weight += step * value;
            }
            self.bias += step;
        }
    }

    /// The probability of class 1 of each row.
    pub fn predict(&self, rows: &[Row]) -> Vec<f64> {
        rows.iter()
            .map(|row| self.probability(&self.standardize(row)))
            .collect()
    }

    pub fn save(&self, directory: &Path) -> Result<(), Box<dyn Error>> {
        Ok(fs::write(
            directory.join("model.json"),
            serde_json::to_vec(self)?,
        )?)
    }

    pub fn load(directory: &Path) -> Result<Self, Box<dyn Error>> {
        Ok(serde_json::from_slice(&fs::read(
            directory.join("model.json"),
        )?)?)
    }

    fn standardize(&self, row: &[f64]) -> Row {
        row.iter()
            .zip(&self.mean)
            .zip(&self.scale)
            .map(|((value, mean), scale)| (value - mean) / scale)
            .collect()
    }

    fn probability(&self, values: &[f64]) -> f64 {
        let score = self.bias
            + self
                .weights
                .iter()
                .zip(values)
                .map(|(weight, value)| weight * value)
                .sum::<f64>();
        1.0 / (1.0 + (-score).exp())
    }
}
