"""The inference application of a multi-model endpoint, which loads and unloads models by requests to /models."""

import json
import sys
from pathlib import Path
from urllib.parse import unquote

import model as algorithm
from asgi import HttpError, application_of
from invocation import invoke

# The loaded models by the name that SageMaker gives them: (URL, model).
models = {}


def route(method, path):
    if path == "/ping" and method in ("GET", "POST"):
        return ping
    if path == "/models" and method in ("GET", "POST"):
        return {"GET": list_models, "POST": load}[method]
    match path.split("/"):
        case ["", "models", name] if method in ("GET", "DELETE"):
            function = {"GET": describe, "DELETE": unload}[method]
        case ["", "models", name, "invoke"] if method == "POST":
            function = invocations
        case _:
            raise HttpError(404, "no such path or method")
    return lambda headers, body: function(loaded(unquote(name)), headers, body)


def ping(headers, body):
    return 200, "text/plain", ""


def list_models(headers, body):
    return respond({"models": [summary(name) for name in models]})


def load(headers, body):
    request = json.loads(body)
    name, url = request["model_name"], request["url"]
    if name in models:
        raise HttpError(409, f"the model {name} is loaded already")
    try:
        models[name] = url, algorithm.load(Path(url))
    except MemoryError:
        # SageMaker then unloads other models, and tries again.
        raise HttpError(507, f"not enough memory for the model {name}") from None
    except Exception as error:
        print(f"cannot load the model {name}: {error}", file=sys.stderr)
        raise HttpError(500, f"cannot load the model {name}: {error}") from None
    return respond(summary(name))


def loaded(name):
    if name not in models:
        raise HttpError(404, f"the model {name} is not loaded")
    return name


def describe(name, headers, body):
    return respond(summary(name))


def unload(name, headers, body):
    del models[name]
    return respond({})


def invocations(name, headers, body):
    _, model = models[name]
    return invoke(model, headers, body)


def summary(name):
    return {"modelName": name, "modelUrl": models[name][0]}


def respond(document):
    return 200, "application/json", json.dumps(document)


application = application_of(route)
