"""Trains the model of model.py, epoch by epoch, with the data and the hyperparameters of the training job."""

import json
import math
from pathlib import Path

import model as algorithm
from rows import FEATURES, parse_csv

OPT_ML = Path("/opt/ml")

# name: (type, default, minimum, maximum), as the algorithm is defined in the stack.
HYPERPARAMETERS = {"epochs": (int, 20, 1, 10000), "learning_rate": (float, 0.1, 1e-6, 1)}


def main(stop):
    settings = read_hyperparameters(OPT_ML / "input/config/hyperparameters.json")
    train = read_channel("train")
    validation = read_channel("validation", required=False)
    if len(set(train[1])) < 2:
        raise ValueError("channel train: rows of both classes are required, got one class")
    for epoch, model in enumerate(algorithm.fit(*train, **settings), start=1):
        # The metric definitions of the algorithm find the numbers in this line.
        print(f"epoch={epoch}; " + metrics(model, train, validation))
        if stop.is_set():
            print(f"stopped after epoch {epoch}; the model so far is saved")
            break
    # SageMaker uploads this directory as the model artifact.
    directory = OPT_ML / "model"
    directory.mkdir(parents=True, exist_ok=True)
    algorithm.save(model, directory)


def metrics(model, train, validation):
    text = f"train:loss={log_loss(algorithm.predict(model, train[0]), train[1]):.6f};"
    if validation:
        text += f" validation:accuracy={accuracy(algorithm.predict(model, validation[0]), validation[1]):.6f};"
    return text


def log_loss(probabilities, labels):
    # The bounds keep log() from 0.
    bounded = (min(max(probability, 1e-15), 1 - 1e-15) for probability in probabilities)
    return -sum(math.log(p if label else 1 - p) for p, label in zip(bounded, labels)) / len(labels)


def accuracy(probabilities, labels):
    return sum((probability >= 0.5) == (label == 1) for probability, label in zip(probabilities, labels)) / len(labels)


def read_hyperparameters(path):
    """The values by name. All values in the file are text, which some clients encode as JSON."""
    given = json.loads(path.read_text()) if path.exists() else {}
    # A tuning job adds _tuning_objective_metric.
    unknown = [name for name in given if name not in HYPERPARAMETERS and not name.startswith("_")]
    if unknown:
        raise ValueError(f"hyperparameters: unknown: {', '.join(unknown)}; use {', '.join(HYPERPARAMETERS)}")
    return {name: number(name, given.get(name)) for name in HYPERPARAMETERS}


def number(name, text):
    kind, default, minimum, maximum = HYPERPARAMETERS[name]
    if text is None:
        return default
    try:
        value = kind(text.strip('"'))
    except ValueError:
        raise ValueError(f"hyperparameter {name}: must be a number ({kind.__name__}), got {text!r}") from None
    if not minimum <= value <= maximum:
        raise ValueError(f"hyperparameter {name}: must be between {minimum} and {maximum}, got {text}")
    return value


def read_channel(name, required=True):
    """The rows and labels of all CSV files of a channel. The label is the first column; 1 is benign."""
    directory = OPT_ML / "input/data" / name
    rows = []
    for path in sorted(directory.rglob("*.csv")):
        rows += parse_csv(path.read_text(), FEATURES + 1, str(path.relative_to(directory.parent)))
    if required and not rows:
        raise ValueError(f"channel {name}: no rows found; it must have a .csv file with the label in the first column and without a header")
    labels = [row[0] for row in rows]
    if not set(labels) <= {0, 1}:
        raise ValueError(f"channel {name}: the label in the first column must be 0 or 1")
    return ([row[1:] for row in rows], [int(label) for label in labels]) if rows else None
