"""Answers /ping and /invocations with the model in /opt/ml/model. Needs nothing but Python itself."""

import json
import math
import sys
from pathlib import Path

from rows import FEATURES, parse_row, parse_rows

MODEL = Path("/opt/ml/model/model.json")
MAX_BODY = 25 * 1024 * 1024
EXECUTION_PARAMETERS = {"MaxConcurrentTransforms": 8, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6}


class HttpError(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def load():
    """The model, or None: a container without one is alive and not healthy, and says why once."""
    try:
        return json.loads(MODEL.read_text())
    except (OSError, ValueError) as error:
        print(f"no model: {error}", file=sys.stderr)
        return None


model = load()


def predict(row):
    scaled = ((value - mean) / scale for value, mean, scale in zip(row, model["mean"], model["scale"]))
    score = model["intercept"] + sum(weight * value for weight, value in zip(model["coefficients"], scaled))
    # The branch keeps exp() from overflowing.
    probability = 1 / (1 + math.exp(-score)) if score >= 0 else 1 - 1 / (1 + math.exp(score))
    return {"label": model["classes"][probability >= 0.5], "probability": probability}


def application(environ, start_response):
    try:
        route = ROUTES.get(environ["PATH_INFO"])
        if route is None:
            raise HttpError("404 Not Found", "no such path")
        methods, answer = route
        if environ["REQUEST_METHOD"] not in methods:
            raise HttpError("405 Method Not Allowed", f"use {' or '.join(methods)}")
        status, content_type, body = answer(environ)
    except HttpError as error:
        status, content_type, body = error.status, "text/plain", str(error)
    payload = body.encode()
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(payload)))])
    return [payload]


def ping(_):
    return ("200 OK" if model else "404 Not Found"), "text/plain", ""


def execution_parameters(_):
    return "200 OK", "application/json", json.dumps(EXECUTION_PARAMETERS)


def invocations(environ):
    if model is None:
        raise HttpError("503 Service Unavailable", "no model is loaded")
    accept = choose(environ.get("HTTP_ACCEPT") or "*/*")
    rows = read_rows(mime_type(environ.get("CONTENT_TYPE") or ""), read_body(environ))
    predictions = [predict(row) for row in rows]
    if accept == "text/csv":
        lines = (f"{prediction['label']},{prediction['probability']:.6f}\n" for prediction in predictions)
        return "200 OK", accept, "".join(lines)
    return "200 OK", accept, json.dumps({"predictions": predictions})


ROUTES = {
    "/ping": (["GET", "POST"], ping),
    "/execution-parameters": (["GET"], execution_parameters),
    "/invocations": (["POST"], invocations),
}


def mime_type(header):
    """`text/csv; charset=utf-8` is text/csv."""
    return header.split(";")[0].strip().lower()


def choose(accept):
    wanted = [mime_type(part) for part in accept.split(",")]
    for offered in ("application/json", "text/csv"):
        if any(want in (offered, "*/*", offered.split("/")[0] + "/*") for want in wanted):
            return offered
    raise HttpError("406 Not Acceptable", f"this model answers application/json or text/csv, not {accept}")


def read_body(environ):
    """The whole body; with chunked encoding the server ends the stream, and no length is known before."""
    body = environ["wsgi.input"].read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        raise HttpError("413 Payload Too Large", f"a body has at most {MAX_BODY} bytes")
    return body


def read_rows(content_type, body):
    try:
        if content_type == "text/csv":
            rows = parse_rows(body.decode().splitlines(), FEATURES, "body")
        elif content_type == "application/json":
            rows = instances(json.loads(body))
        else:
            raise HttpError("415 Unsupported Media Type", f"send text/csv or application/json, not {content_type!r}")
    except (ValueError, TypeError) as error:
        raise HttpError("400 Bad Request", str(error)) from None
    if not rows:
        raise HttpError("400 Bad Request", "body: no rows")
    return rows


def instances(document):
    if not isinstance(document, dict) or not isinstance(document.get("instances"), list):
        raise ValueError('body: {"instances": [[...], ...]} is expected')
    rows = []
    for index, cells in enumerate(document["instances"]):
        if not isinstance(cells, list) or len(cells) != FEATURES:
            raise ValueError(f"instances[{index}]: a list of {FEATURES} numbers is expected")
        rows.append(parse_row(map(str, cells), f"instances[{index}]"))
    return rows
