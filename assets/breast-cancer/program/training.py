"""Trains a logistic regression by stochastic gradient descent, epoch by epoch."""

import json
import os
from pathlib import Path

import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.preprocessing import StandardScaler

from rows import FEATURES, parse_rows

OPT_ML = Path("/opt/ml")
CHECKPOINT = OPT_ML / "checkpoints" / "state.json"
CLASSES = ["malignant", "benign"]

# name: (type, default, minimum, maximum), as the algorithm is defined in the stack.
NUMBERS = {
    "alpha": (float, 0.001, 1e-6, 10),
    "epochs": (int, 20, 1, 1000),
    "pause_seconds": (float, 0, 0, 60),
}
PENALTIES = ["l2", "l1", "elasticnet"]


def main(stop):
    settings = read_hyperparameters(OPT_ML / "input/config/hyperparameters.json")
    train = read_channel("train")
    held_out = read_channel("validation", required=False)
    if len(set(train[1])) < 2:
        raise ValueError("channel train: rows of both classes are required, got one class")

    scaler = StandardScaler().fit(train[0])
    classifier = SGDClassifier(
        loss="log_loss", alpha=settings["alpha"], penalty=settings["penalty"], random_state=0
    )
    metrics = fit(classifier, scaler, train, held_out or train, settings, stop)
    save(scaler, classifier, metrics)


def fit(classifier, scaler, train, held_out, settings, stop):
    features, labels = scaler.transform(train[0]), train[1]
    first, metrics = resume(classifier, features, labels), {}
    for epoch in range(first, settings["epochs"] + 1):
        classifier.partial_fit(features, labels, classes=[0, 1])
        metrics = measure(classifier, scaler, features, labels, held_out)
        print(f"epoch={epoch}; " + " ".join(f"{name}={value:.6f};" for name, value in metrics.items()))
        checkpoint(classifier, epoch)
        if stop.is_set() or stop.wait(settings["pause_seconds"]):
            print(f"stopped after epoch {epoch}; the model so far is saved")
            break
    return metrics or measure(classifier, scaler, features, labels, held_out)


def measure(classifier, scaler, features, labels, held_out):
    probabilities = classifier.predict_proba(scaler.transform(held_out[0]))[:, 1]
    return {
        "train:loss": log_loss(labels, classifier.predict_proba(features)[:, 1]),
        "validation:accuracy": accuracy_score(held_out[1], probabilities >= 0.5),
        "validation:auc": roc_auc_score(held_out[1], probabilities) if len(set(held_out[1])) > 1 else 0,
    }


def save(scaler, classifier, metrics):
    """Writes the model as JSON, so that the inference image needs no training library."""
    model = {
        "classes": CLASSES,
        "mean": scaler.mean_.tolist(),
        "scale": scaler.scale_.tolist(),
        "coefficients": classifier.coef_[0].tolist(),
        "intercept": float(classifier.intercept_[0]),
    }
    write_json(OPT_ML / "model/model.json", model)
    write_json(OPT_ML / "output/data/metrics.json", metrics)


def checkpoint(classifier, epoch):
    """Writes a checkpoint if the job has checkpoints, for which SageMaker creates the directory."""
    if CHECKPOINT.parent.is_dir():
        state = {"epoch": epoch, "coef": classifier.coef_.tolist(), "intercept": classifier.intercept_.tolist()}
        write_json(CHECKPOINT, state)


def resume(classifier, features, labels):
    """Restores the last checkpoint, if one exists, and returns the next epoch."""
    if not CHECKPOINT.is_file():
        return 1
    state = json.loads(CHECKPOINT.read_text())
    classifier.partial_fit(features[:2], labels[:2], classes=[0, 1])  # allocates the arrays
    classifier.coef_, classifier.intercept_ = np.array(state["coef"]), np.array(state["intercept"])
    print(f"resumed after epoch {state['epoch']}")
    return state["epoch"] + 1


def write_json(path, value):
    """Writes a file atomically, since the program can be killed at any time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(value))
    os.replace(partial, path)


def read_hyperparameters(path):
    """All values are text, which some clients encode as JSON. Unknown names are ignored."""
    values = {name: decoded(value) for name, value in json.loads(path.read_text()).items()} if path.exists() else {}
    settings = {name: number(name, values.get(name, default)) for name, (_, default, _, _) in NUMBERS.items()}
    settings["penalty"] = values.get("penalty", PENALTIES[0])
    if settings["penalty"] not in PENALTIES:
        raise ValueError(f"hyperparameter penalty: must be one of {', '.join(PENALTIES)}, got {settings['penalty']!r}")
    return settings


def decoded(value):
    try:
        inner = json.loads(value)
    except (TypeError, ValueError):
        return value
    return inner if isinstance(inner, str) else value


def number(name, value):
    kind, _, minimum, maximum = NUMBERS[name]
    try:
        parsed = kind(value)
    except ValueError:
        raise ValueError(f"hyperparameter {name}: must be a number ({kind.__name__}), got {value!r}") from None
    if not minimum <= parsed <= maximum:
        raise ValueError(f"hyperparameter {name}: must be between {minimum} and {maximum}, got {value}")
    return parsed


def read_channel(name, required=True):
    """The features and labels of all CSV files of a channel. The label is the first column; 1 is benign."""
    directory = OPT_ML / "input/data" / name
    rows = []
    for path in sorted(directory.rglob("*.csv")):
        with path.open(newline="") as lines:
            rows += parse_rows(lines, FEATURES + 1, str(path.relative_to(directory.parent)))
    if rows:
        table = np.array(rows)
        return table[:, 1:], table[:, 0].astype(int)
    if required:
        raise ValueError(f"channel {name}: no rows found; it must have a .csv file with the label in the first column and without a header")
    return None
