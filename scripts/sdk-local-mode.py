"""Runs a local image with the local mode of the SageMaker Python SDK: `sdk-local-mode.py IMAGE [--serve]`.

Calls the functions that `fit` and `deploy` of the SDK use, because `fit` and `deploy` wait for several seconds. Trains as many times as
--times specifies, and prints a line of JSON with the time in seconds for each run. If a call fails, exits with code 1 and prints a line
"SDK: ..." with the end of its error message. The SDK does not remove its containers; the caller must remove them.
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
ERROR_PREFIX = "SDK: "
os.environ.update(AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local", AWS_DEFAULT_REGION="us-east-1")


def disable_telemetry(directory):
    """The SDK reports each call, which takes a long time without a network."""
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
    # The SDK mounts the directory itself: a container that writes to it would change the data of later runs.
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
        # The SDK does not check the status either.
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
    parser.add_argument("--wait", action="store_true", help="train once for each line on standard input")
    scratch = tempfile.mkdtemp()
    disable_telemetry(scratch)
    code = 0
    try:
        main(parser.parse_args(), scratch)
    except Exception as error:  # users of the SDK see any exception that it raises
        print("\n" + ERROR_PREFIX + str(error).strip().split("\n")[-1])
        code = 1
    shutil.rmtree(scratch, ignore_errors=True)
    sys.stdout.flush()
    # The threads of the SDK keep running as long as its container.
    os._exit(code)
