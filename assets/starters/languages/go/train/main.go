// The training program, which SageMaker runs with `docker run IMAGE train`.
package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/signal"
	"syscall"

	"algorithm/algorithm"
)

const failure = "/opt/ml/output/failure"

func main() {
	// SageMaker sends SIGTERM when a job is stopped, when a Spot Instance is interrupted and at the maximum run time. It uploads
	// /opt/ml/model 120 seconds later.
	stop, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	if err := train(stop); err != nil {
		// The first 1024 characters of this file are the failure reason of the job.
		fmt.Fprintln(os.Stderr, err)
		_ = os.WriteFile(failure, []byte(fmt.Sprintf("%.1024s", err)), 0o644)
		os.Exit(1)
	}
}

func train(stop context.Context) error {
	given, err := readHyperparameters("/opt/ml/input/config/hyperparameters.json")
	if err != nil {
		return err
	}
	training, err := readChannel("train")
	if err != nil {
		return err
	}
	validation, err := readChannel("validation")
	if err != nil {
		return err
	}
	if err := training.check(); err != nil {
		return err
	}

	var model *algorithm.Model
	for epoch, fitted := range algorithm.Fit(training.rows, training.labels, given.epochs, given.learningRate) {
		model = fitted
		// The metric definitions of the algorithm find the numbers in this line.
		fmt.Printf("epoch=%d; %s\n", epoch, metrics(model, training, validation))
		if stop.Err() != nil {
			fmt.Printf("stopped after epoch %d; the model so far is saved\n", epoch)
			break
		}
	}
	// SageMaker uploads this directory as the model artifact.
	return model.Save("/opt/ml/model")
}

func (training *channel) check() error {
	classes := map[float64]bool{}
	for _, label := range training.labels {
		classes[label] = true
	}
	switch len(classes) {
	case 0:
		return errors.New("channel train: no rows found; it must have a .csv file with the label in the first column and without a header")
	case 1:
		return errors.New("channel train: rows of both classes are required, got one class")
	}
	return nil
}

func metrics(model *algorithm.Model, training, validation *channel) string {
	text := fmt.Sprintf("train:loss=%.6f;", logLoss(model.Predict(training.rows), training.labels))
	if len(validation.rows) > 0 {
		text += fmt.Sprintf(" validation:accuracy=%.6f;", accuracy(model.Predict(validation.rows), validation.labels))
	}
	return text
}

func logLoss(probabilities, labels []float64) float64 {
	sum := 0.0
	for index, probability := range probabilities {
		// The bounds keep the logarithm from 0.
		bounded := min(max(probability, 1e-15), 1-1e-15)
		sum -= labels[index]*math.Log(bounded) + (1-labels[index])*math.Log(1-bounded)
	}
	return sum / float64(len(labels))
}

func accuracy(probabilities, labels []float64) float64 {
	correct := 0
	for index, probability := range probabilities {
		if (probability >= 0.5) == (labels[index] == 1) {
			correct++
		}
	}
	return float64(correct) / float64(len(labels))
}
