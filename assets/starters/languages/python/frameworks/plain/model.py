"""The model: a logistic regression of standardized measurements, in plain Python."""

import json
import math


def fit(rows, labels, epochs, learning_rate):
    """Yields the model after each epoch of stochastic gradient descent."""
    columns = list(zip(*rows))
    mean = [sum(column) / len(column) for column in columns]
    scale = [math.sqrt(sum((value - m) ** 2 for value in column) / len(column)) or 1 for column, m in zip(columns, mean)]
    model = {"mean": mean, "scale": scale, "weights": [0.0] * len(mean), "bias": 0.0}
    inputs = [standardize(model, row) for row in rows]
    for _ in range(epochs):
        for values, label in zip(inputs, labels):
            step = learning_rate * (label - probability(model, values))
            model["weights"] = [weight + step * value for weight, value in zip(model["weights"], values)]
            model["bias"] += step
        yield model


def predict(model, rows):
    """The probability of class 1 of each row."""
    return [probability(model, standardize(model, row)) for row in rows]


def save(model, directory):
    (directory / "model.json").write_text(json.dumps(model))


def load(directory):
    return json.loads((directory / "model.json").read_text())


def standardize(model, row):
    return [(value - mean) / scale for value, mean, scale in zip(row, model["mean"], model["scale"])]


def probability(model, values):
    score = model["bias"] + sum(weight * value for weight, value in zip(model["weights"], values))
    # The branch keeps exp() from overflowing.
    return 1 / (1 + math.exp(-score)) if score >= 0 else 1 - 1 / (1 + math.exp(score))
