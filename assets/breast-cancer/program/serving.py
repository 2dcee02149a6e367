"""The inference application: /ping and /invocations with the model in /opt/ml/model. It only requires an ASGI server."""

import asyncio
import csv
import json
import math
import sys
from operator import mul
from pathlib import Path

from rows import FEATURES, parse_row, parse_rows

MODEL = Path("/opt/ml/model/model.json")
MAX_BODY = 25 * 1024 * 1024
IN_THREAD_FROM = 64 * 1024
HEADERS = (b"accept", b"content-type")
EXECUTION_PARAMETERS = {"MaxConcurrentTransforms": 8, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6}


class HttpError(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Model:
    """A logistic regression for rows that are not scaled: the scaling is part of its weights."""

    def __init__(self, classes, mean, scale, coefficients, intercept):
        self.classes = classes
        self.weights = [coefficient / one for coefficient, one in zip(coefficients, scale, strict=True)]
        self.intercept = intercept - sum(map(mul, self.weights, mean))

    def predict(self, row):
        score = self.intercept + sum(map(mul, self.weights, row))
        # The branch keeps exp() from overflowing.
        probability = 1 / (1 + math.exp(-score)) if score >= 0 else 1 - 1 / (1 + math.exp(score))
        return {"label": self.classes[probability >= 0.5], "probability": probability}


def load():
    """The model, or None if it cannot be loaded: the container then runs, but /ping reports that it is not healthy."""
    try:
        return Model(**json.loads(MODEL.read_text()))
    except (OSError, ValueError, TypeError) as error:
        print(f"no model: {error}", file=sys.stderr)
        return None


model = load()


async def application(scope, receive, send):
    """The ASGI entry point."""
    try:
        status, content_type, body = await respond(scope, receive)
    except HttpError as error:
        status, content_type, body = error.status, "text/plain", str(error)
    payload = body.encode()
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(payload)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": payload})


async def respond(scope, receive):
    route = ROUTES.get(scope["path"])
    if route is None:
        raise HttpError(404, "no such path")
    methods, handle = route
    if scope["method"] not in methods:
        raise HttpError(405, f"use {' or '.join(methods)}")
    headers = {name: value.decode("latin-1") for name, value in scope["headers"] if name in HEADERS}
    body = await read_body(receive)
    # Large bodies are processed in a thread, so that /ping still responds.
    if len(body) > IN_THREAD_FROM:
        return await asyncio.to_thread(handle, headers, body)
    return handle(headers, body)


async def read_body(receive):
    """The complete body, whose length is unknown in advance with chunked transfer encoding."""
    body, has_more = bytearray(), True
    while has_more:
        message = await receive()
        body += message.get("body", b"")
        has_more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            raise HttpError(413, f"the body must have at most {MAX_BODY} bytes")
    return bytes(body)


def ping(_, __):
    return (200 if model else 404), "text/plain", ""


def execution_parameters(_, __):
    return 200, "application/json", json.dumps(EXECUTION_PARAMETERS)


def invocations(headers, body):
    if model is None:
        raise HttpError(503, "no model is loaded")
    accept = negotiate(headers.get(b"accept") or "*/*")
    rows = read_rows(mime_type(headers.get(b"content-type") or ""), body)
    predictions = [model.predict(row) for row in rows]
    if accept == "text/csv":
        lines = (f"{prediction['label']},{prediction['probability']:.6f}\n" for prediction in predictions)
        return 200, accept, "".join(lines)
    return 200, accept, json.dumps({"predictions": predictions})


ROUTES = {
    "/ping": (["GET", "POST"], ping),
    "/execution-parameters": (["GET"], execution_parameters),
    "/invocations": (["POST"], invocations),
}


def mime_type(header):
    """The MIME type without parameters: `text/csv; charset=utf-8` is text/csv."""
    return header.split(";")[0].strip().lower()


def negotiate(accept):
    accepted = [mime_type(part) for part in accept.split(",")]
    for offered in ("application/json", "text/csv"):
        if any(type_ in (offered, "*/*", offered.split("/")[0] + "/*") for type_ in accepted):
            return offered
    raise HttpError(406, f"accept must include application/json or text/csv, got {accept}")


def read_rows(content_type, body):
    try:
        if content_type == "text/csv":
            rows = parse_rows(body.decode().splitlines(), FEATURES, "body")
        elif content_type == "application/json":
            rows = parse_instances(json.loads(body))
        else:
            raise HttpError(415, f"the content type must be text/csv or application/json, got {content_type!r}")
    except (ValueError, TypeError, csv.Error) as error:
        raise HttpError(400, str(error)) from None
    if not rows:
        raise HttpError(400, "body: no rows")
    return rows


def parse_instances(document):
    if not isinstance(document, dict) or not isinstance(document.get("instances"), list):
        raise ValueError('body: {"instances": [[...], ...]} expected')
    rows = []
    for index, cells in enumerate(document["instances"]):
        if not isinstance(cells, list) or len(cells) != FEATURES:
            raise ValueError(f"instances[{index}]: a list of {FEATURES} numbers expected")
        rows.append(parse_row(list(map(str, cells)), f"instances[{index}]"))
    return rows
