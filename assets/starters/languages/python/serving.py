"""The inference application: /ping and /invocations with the model in /opt/ml/model."""

import sys
from pathlib import Path

import model as algorithm
from asgi import HttpError, application_of
from invocation import invoke


def load():
    """The model, or None if it cannot be loaded: the container then runs, but /ping reports that it is not healthy."""
    try:
        return algorithm.load(Path("/opt/ml/model"))
    except Exception as error:
        print(f"no model: {error}", file=sys.stderr)
        return None


model = load()


def ping(headers, body):
    return (503 if model is None else 200), "text/plain", ""


def invocations(headers, body):
    if model is None:
        raise HttpError(503, "no model is loaded")
    return invoke(model, headers, body)


ROUTES = {"/ping": {"GET": ping, "POST": ping}, "/invocations": {"POST": invocations}}


def route(method, path):
    if path not in ROUTES:
        raise HttpError(404, "no such path")
    if method not in ROUTES[path]:
        raise HttpError(405, f"use {' or '.join(ROUTES[path])}")
    return ROUTES[path][method]


application = application_of(route)
