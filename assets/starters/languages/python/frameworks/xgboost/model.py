"""The model: gradient boosted trees, with XGBoost. An epoch is a round of boosting, and the learning rate is `eta`."""

import numpy as np
import xgboost


def fit(rows, labels, epochs, learning_rate):
    """Yields the model after each round, which adds a tree."""
    data = xgboost.DMatrix(np.array(rows), labels)
    booster = xgboost.Booster({"objective": "binary:logistic", "eta": learning_rate, "max_depth": 3}, [data])
    for epoch in range(epochs):
        booster.update(data, epoch)
        yield booster


def predict(model, rows):
    """The probability of class 1 of each row."""
    return model.inplace_predict(np.array(rows)).tolist()


def save(model, directory):
    model.save_model(directory / "model.ubj")


def load(directory):
    model = xgboost.Booster()
    model.load_model(directory / "model.ubj")
    # Each of the processes of the server uses one processor.
    model.set_param({"nthread": 1})
    return model
