"""Predictions with a model of the XGBoost algorithm of SageMaker: the probability of the second class, for each row of CSV."""

import csv
import sys

import numpy
import xgboost

MODEL = "/opt/ml/model/xgboost-model"


def load():
    """The model, or None if it cannot be loaded: the container then runs, but /ping reports that it is not healthy."""
    try:
        return xgboost.Booster(model_file=MODEL)
    except xgboost.core.XGBoostError as error:
        print(f"no model: {error}", file=sys.stderr)
        return None


model = load()


def application(environ, start_response):
    """The WSGI entry point."""
    status, text = respond(environ)
    body = text.encode()
    headers = [("Content-Type", "text/csv"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body]


def respond(environ):
    if environ["PATH_INFO"] == "/ping":
        return ("200 OK" if model else "503 Service Unavailable"), ""
    if environ["PATH_INFO"] != "/invocations":
        return "404 Not Found", "no such path"
    if environ["REQUEST_METHOD"] != "POST":
        return "405 Method Not Allowed", "use POST"
    if environ.get("CONTENT_TYPE", "").split(";")[0].strip().lower() != "text/csv":
        return "415 Unsupported Media Type", "the content type must be text/csv"
    try:
        return "200 OK", predict(environ["wsgi.input"].read().decode())
    except ValueError as error:
        return "400 Bad Request", str(error)


def predict(text):
    rows = numpy.array([[float(value) for value in row] for row in csv.reader(text.splitlines()) if row])
    if rows.ndim != 2 or rows.shape[1] != model.num_features():
        raise ValueError(f"body: rows of {model.num_features()} numbers expected")
    return "".join(f"{probability:.6f}\n" for probability in model.predict(xgboost.DMatrix(rows)))
