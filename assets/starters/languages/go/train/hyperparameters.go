package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

type hyperparameters struct {
	epochs       int
	learningRate float64
}

// readHyperparameters returns the values in a file, where all are text, which some clients encode as JSON.
func readHyperparameters(file string) (*hyperparameters, error) {
	given := map[string]string{}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &given)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("hyperparameters: %w", err)
	}
	values := &hyperparameters{epochs: 20, learningRate: 0.1}
	for name, value := range given {
		unquoted := strings.Trim(value, `"`)
		switch {
		case name == "epochs":
			values.epochs, err = strconv.Atoi(unquoted)
			err = checkNumber(name, value, "integer", err, float64(values.epochs), 1, 10000)
		case name == "learning_rate":
			values.learningRate, err = strconv.ParseFloat(unquoted, 64)
			err = checkNumber(name, value, "continuous", err, values.learningRate, 1e-6, 1)
		// A tuning job adds _tuning_objective_metric.
		case !strings.HasPrefix(name, "_"):
			err = fmt.Errorf("hyperparameters: unknown: %s; use epochs, learning_rate", name)
		}
		if err != nil {
			return nil, err
		}
	}
	return values, nil
}

// checkNumber tests a value as the algorithm is defined in the stack.
func checkNumber(name, text, kind string, err error, value, minimum, maximum float64) error {
	if err != nil {
		return fmt.Errorf("hyperparameter %s: must be a number (%s), got %q", name, kind, text)
	}
	// No comparison with NaN is true.
	if !(value >= minimum && value <= maximum) {
		return fmt.Errorf("hyperparameter %s: must be between %g and %g, got %s", name, minimum, maximum, text)
	}
	return nil
}
