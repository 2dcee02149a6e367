"""The models of the example algorithm: JSON files of numbers, of which the container loads several."""

import csv
import json
import math
from pathlib import Path

# The loaded models, by the name that SageMaker gives them.
loaded = {}


def load(name, directory):
    loaded[name] = {"url": directory, **json.loads(Path(directory, "model.json").read_text())}


def summary(name):
    return {"modelName": name, "modelUrl": loaded[name]["url"]}


def predict(name, text):
    """A row of CSV for each row of the request: the label and the probability of the second class."""
    model = loaded[name]
    rows = [[float(value) for value in row] for row in csv.reader(text.splitlines()) if row]
    if not rows or any(len(row) != len(model["coefficients"]) for row in rows):
        raise ValueError(f"body: rows of {len(model['coefficients'])} numbers expected")
    probabilities = [probability_of(model, row) for row in rows]
    return "".join(f"{model['classes'][one >= 0.5]},{one:.6f}\n" for one in probabilities)


def probability_of(model, row):
    scaled = ((value - mean) / scale for value, mean, scale in zip(row, model["mean"], model["scale"]))
    score = model["intercept"] + sum(weight * value for weight, value in zip(model["coefficients"], scaled))
    # The branch keeps exp() from overflowing.
    return 1 / (1 + math.exp(-score)) if score >= 0 else 1 - 1 / (1 + math.exp(score))
