"""Logistic regression by stochastic gradient descent over a stream. In each epoch, the data is read once, row by row."""

import json
import math
import time
from pathlib import Path

OPT_ML = Path("/opt/ml")
RATE = 0.05


def main():
    hyperparameters = json.loads((OPT_ML / "input/config/hyperparameters.json").read_text())
    # The SageMaker Python SDK encodes values as JSON, with quotes.
    epochs = int(hyperparameters.get("epochs", "3").strip('"'))
    # The first pass only measures the columns. Each pass has a FIFO of its own.
    model = standardization(rows(0))
    for epoch in range(1, epochs + 1):
        print(f"epoch={epoch}; train:loss={pass_over(model, rows(epoch)):.6f};")
    (OPT_ML / "model/model.json").write_text(json.dumps({"classes": ["malignant", "benign"], **model}))


def rows(epoch):
    """The label and the features of each row. SageMaker writes the objects of the channel to the FIFO, one after the other."""
    count, fifo = 0, OPT_ML / f"input/data/train_{epoch}"
    # SageMaker creates the FIFO of the next epoch when the last one has been read.
    while not fifo.exists():
        time.sleep(0.01)
    with fifo.open() as stream:
        for count, line in enumerate(filter(str.strip, stream), start=1):
            label, *features = (float(cell) for cell in line.split(","))
            yield label, features
    if count == 0:
        raise ValueError("channel train: no rows")
    print(f"read {count} rows from train_{epoch}")


def standardization(stream):
    """A model without knowledge: the mean and the standard deviation of each column, by the algorithm of Welford."""
    mean, squares = None, None
    for count, (_, features) in enumerate(stream, start=1):
        mean, squares = mean or [0.0] * len(features), squares or [0.0] * len(features)
        for column, value in enumerate(features):
            difference = value - mean[column]
            mean[column] += difference / count
            squares[column] += difference * (value - mean[column])
    scale = [math.sqrt(square / count) or 1.0 for square in squares]
    return {"mean": mean, "scale": scale, "coefficients": [0.0] * len(mean), "intercept": 0.0}


def pass_over(model, stream):
    """Adapts the model to each row. Returns the mean loss before each adaptation."""
    total = 0.0
    for count, (label, features) in enumerate(stream, start=1):
        scaled = [(value - mean) / scale for value, mean, scale in zip(features, model["mean"], model["scale"])]
        score = model["intercept"] + sum(weight * value for weight, value in zip(model["coefficients"], scaled))
        probability = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
        total -= math.log(probability if label == 1 else 1 - probability)
        step = RATE * (label - probability)
        model["coefficients"] = [weight + step * value for weight, value in zip(model["coefficients"], scaled)]
        model["intercept"] += step
    return total / count
