"""The inference handlers for SageMaker's scikit-learn container. The model is a JSON file of numbers from your own training container."""

import csv
import io
import json
from pathlib import Path

import numpy


def model_fn(model_dir):
    return json.loads(Path(model_dir, "model.json").read_text())


def input_fn(body, content_type):
    if content_type != "text/csv":
        raise ValueError(f"the content type must be text/csv, got {content_type}")
    text = body.decode() if isinstance(body, bytes) else body
    return numpy.array([[float(value) for value in row] for row in csv.reader(io.StringIO(text)) if row])


def predict_fn(rows, model):
    scaled = (rows - numpy.array(model["mean"])) / numpy.array(model["scale"])
    score = scaled @ numpy.array(model["coefficients"]) + model["intercept"]
    return numpy.where(score >= 0, 1 / (1 + numpy.exp(-numpy.abs(score))), 1 - 1 / (1 + numpy.exp(-numpy.abs(score))))


def output_fn(probabilities, accept):
    if accept == "application/json":
        return json.dumps({"probabilities": probabilities.tolist()}), accept
    return "\n".join(str(value) for value in probabilities), "text/csv"
