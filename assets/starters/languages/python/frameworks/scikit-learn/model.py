"""The model: a logistic regression of standardized measurements, with scikit-learn."""

import joblib
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def fit(rows, labels, epochs, learning_rate):
    """Yields the model after each epoch of stochastic gradient descent."""
    scaler = StandardScaler().fit(rows)
    classifier = SGDClassifier(loss="log_loss", learning_rate="constant", eta0=learning_rate, random_state=0)
    inputs = scaler.transform(rows)
    for _ in range(epochs):
        classifier.partial_fit(inputs, labels, classes=[0, 1])
        yield make_pipeline(scaler, classifier)


def predict(model, rows):
    """The probability of class 1 of each row."""
    return model.predict_proba(rows)[:, 1].tolist()


def save(model, directory):
    joblib.dump(model, directory / "model.joblib")


def load(directory):
    return joblib.load(directory / "model.joblib")
