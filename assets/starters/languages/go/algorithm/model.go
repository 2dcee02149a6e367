package algorithm

import (
	"encoding/json"
	"iter"
	"math"
	"os"
	"path/filepath"
)

// Model is a logistic regression of standardized measurements.
type Model struct {
	Mean    []float64 `json:"mean"`
	Scale   []float64 `json:"scale"`
	Weights []float64 `json:"weights"`
	Bias    float64   `json:"bias"`
}

// Fit yields the model after each epoch of stochastic gradient descent.
func Fit(rows [][]float64, labels []float64, epochs int, learningRate float64) iter.Seq2[int, *Model] {
	return func(yield func(int, *Model) bool) {
		model := scaled(rows)
		inputs := make([][]float64, len(rows))
		for index, row := range rows {
			inputs[index] = model.standardize(row)
		}
		for epoch := 1; epoch <= epochs; epoch++ {
			for index, values := range inputs {
				step := learningRate * (labels[index] - model.probability(values))
				for column, value := range values {
					model.Weights[column] += step * value
				}
				model.Bias += step
			}
			if !yield(epoch, model) {
				return
			}
		}
	}
}

// Predict returns the probability of class 1 of each row.
func (model *Model) Predict(rows [][]float64) []float64 {
	probabilities := make([]float64, len(rows))
	for index, row := range rows {
		probabilities[index] = model.probability(model.standardize(row))
	}
	return probabilities
}

// Save writes the model to a directory.
func (model *Model) Save(directory string) error {
	text, err := json.Marshal(model)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(directory, "model.json"), text, 0o644)
}

// Load reads the model that Save has written.
func Load(directory string) (*Model, error) {
	text, err := os.ReadFile(filepath.Join(directory, "model.json"))
	if err != nil {
		return nil, err
	}
	model := &Model{}
	return model, json.Unmarshal(text, model)
}

// scaled returns a model with the mean and the standard deviation of each column.
func scaled(rows [][]float64) *Model {
	columns, count := len(rows[0]), float64(len(rows))
	model := &Model{make([]float64, columns), make([]float64, columns), make([]float64, columns), 0}
	for column := range columns {
		for _, row := range rows {
			model.Mean[column] += row[column] / count
		}
		variance := 0.0
		for _, row := range rows {
			variance += (row[column] - model.Mean[column]) * (row[column] - model.Mean[column]) / count
		}
		// A column with a single value has no scale.
		if model.Scale[column] = math.Sqrt(variance); variance == 0 {
			model.Scale[column] = 1
		}
	}
	return model
}

func (model *Model) standardize(row []float64) []float64 {
	values := make([]float64, len(row))
	for column, value := range row {
		values[column] = (value - model.Mean[column]) / model.Scale[column]
	}
	return values
}

func (model *Model) probability(values []float64) float64 {
	score := model.Bias
	for column, value := range values {
		score += model.Weights[column] * value
	}
	return 1 / (1 + math.Exp(-score))
}
