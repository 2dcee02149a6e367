"""Returns the same predictions as the example, with Flask."""

import json

import flask

from serving import model, read_rows

application = flask.Flask(__name__)


@application.route("/ping", methods=["GET"])
def ping():
    return flask.Response(response="\n", status=200, mimetype="application/json")


@application.route("/invocations", methods=["POST"])
def invocations():
    rows = read_rows("text/csv", flask.request.data)
    return flask.Response(response=json.dumps({"predictions": [model.predict(row) for row in rows]}), mimetype="application/json")
