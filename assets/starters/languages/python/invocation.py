"""One invocation: from the body of a request to that of its response."""

import csv
import json

import model as algorithm
from asgi import HttpError
from rows import FEATURES, parse_csv, parse_json

CLASSES = ["malignant", "benign"]


def invoke(model, headers, body):
    accept = negotiate(headers.get("accept") or "*/*")
    rows = read_rows(mime_type(headers.get("content-type") or ""), body)
    predictions = [
        {"label": CLASSES[probability >= 0.5], "probability": probability}
        for probability in algorithm.predict(model, rows)
    ]
    if accept == "text/csv":
        lines = (f"{prediction['label']},{prediction['probability']:.6f}\n" for prediction in predictions)
        return 200, accept, "".join(lines)
    return 200, accept, json.dumps({"predictions": predictions})


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
            rows = parse_csv(body.decode(), FEATURES, "body")
        elif content_type == "application/json":
            rows = parse_json(body.decode())
        else:
            raise HttpError(415, f"the content type must be text/csv or application/json, got {content_type!r}")
    except (ValueError, csv.Error, RecursionError) as error:
        raise HttpError(400, str(error)) from None
    if not rows:
        raise HttpError(400, "body: no rows")
    return rows
