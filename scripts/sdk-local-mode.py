"""Runs a local image as the local mode of SageMaker's Python SDK does: `sdk-local-mode.py IMAGE [--serve]`.

Uses what is below the SDK's `fit` and `deploy`, which wait for seconds at a time. Trains as often as --times says, and prints
a line of JSON for each run, with its seconds. Ends with 1 and a line "SDK: ..." of its last words when something fails. The containers
are left to whoever calls this, as the SDK leaves them.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, "test", "fixtures", "containers", "data")
SAYS = "SDK: "
os.environ.update(AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local", AWS_DEFAULT_REGION="us-east-1")


def silence(directory):
    """The SDK tells its makers of each call, which takes long where nobody hears it."""
    config = os.path.join(directory, "config.yaml")
    with open(config, "w") as file:
        file.write("SchemaVersion: '1.0'\nSageMaker:\n  PythonSDK:\n    Modules:\n      TelemetryOptOut: true\n")
    os.environ["SAGEMAKER_USER_CONFIG_OVERRIDE"] = config


def container_of(image, directory):
    import boto3
    from sagemaker.local import LocalSession
    from sagemaker.local.image import _SageMakerContainer

    session = LocalSession(boto3.Session(region_name="us-east-1"))
    session.config = {"local": {"local_code": True, "region_name": "us-east-1", "container_root": directory}}
    return _SageMakerContainer("local", 1, image, session)


def train(image, directory, number):
    # The SDK mounts the directory itself, and whoever writes to it changes the data of all others.
    own = os.path.join(directory, "data")
    shutil.copytree(os.path.join(DATA, "train"), own, dirs_exist_ok=True)
    uri = "file://" + own
    data = {"FileUri": uri, "FileDataDistributionType": "FullyReplicated"}
    channel = {"ChannelName": "train", "DataUri": uri, "DataSource": {"FileDataSource": data}}
    output = {"S3OutputPath": "file://" + directory}
    return container_of(image, directory).train([channel], output, {"epochs": "20"}, {}, f"job-{number}")


def serve(image, directory, model):
    import urllib3
    from sagemaker.local.entities import _wait_for_serving_container

    container_of(image, directory).serve(model, {})
    _wait_for_serving_container(8080)
    with open(os.path.join(DATA, "request.csv"), "rb") as request:
        headers = {"Content-Type": "text/csv", "Accept": "text/csv"}
        # The SDK does not look at the status either.
        urllib3.PoolManager().request("POST", "http://localhost:8080/invocations", body=request.read(), headers=headers)


def main(arguments, directory):
    for number in range(arguments.times):
        if arguments.wait and not sys.stdin.readline():
            break
        started = time.monotonic()
        model = train(arguments.image, directory, number)
        print(json.dumps({"seconds": time.monotonic() - started}), flush=True)
    if arguments.serve:
        serve(arguments.image, directory, model)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("image")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--wait", action="store_true", help="train when a line comes in")
    scratch = tempfile.mkdtemp()
    silence(scratch)
    code = 0
    try:
        main(parser.parse_args(), scratch)
    except Exception as error:  # whatever the SDK raises is what its user sees
        print("\n" + SAYS + str(error).strip().split("\n")[-1])
        code = 1
    shutil.rmtree(scratch, ignore_errors=True)
    sys.stdout.flush()
    # The SDK's threads go on as long as its container does.
    os._exit(code)
