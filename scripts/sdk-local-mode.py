"""Runs a local image as the local mode of SageMaker's Python SDK does: `sdk-local-mode.py IMAGE [--serve]`.

With --bare it trains as often as --times says and prints a line of JSON for each run, with its seconds. It ends with 1 and
the SDK's last words when something fails.
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
ROLE = "arn:aws:iam::000000000000:role/local"
os.environ.update(AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local", AWS_DEFAULT_REGION="us-east-1")


def session_in(directory):
    import boto3
    from sagemaker.local import LocalSession

    session = LocalSession(boto3.Session(region_name="us-east-1"))
    session.config = {"local": {"local_code": True, "region_name": "us-east-1", "container_root": directory}}
    return session


def silence(directory):
    """The SDK tells its makers of each call, which takes long where nobody hears it."""
    config = os.path.join(directory, "config.yaml")
    with open(config, "w") as file:
        file.write("SchemaVersion: '1.0'\nSageMaker:\n  PythonSDK:\n    Modules:\n      TelemetryOptOut: true\n")
    os.environ["SAGEMAKER_USER_CONFIG_OVERRIDE"] = config


def train_bare(arguments, directory):
    """What the local mode itself takes, without the waiting of `fit`."""
    from sagemaker.local.image import _SageMakerContainer

    session = session_in(directory)
    for number in range(arguments.times):
        if arguments.wait and not sys.stdin.readline():
            break
        started = time.monotonic()
        container = _SageMakerContainer("local", 1, arguments.image, session)
        uri = "file://" + os.path.join(DATA, "train")
        data = {"FileUri": uri, "FileDataDistributionType": "FullyReplicated"}
        channel = {"ChannelName": "train", "DataUri": uri, "DataSource": {"FileDataSource": data}}
        container.train([channel], {"S3OutputPath": "file://" + directory}, {"epochs": "20"}, {}, f"job-{number}")
        print(json.dumps({"seconds": time.monotonic() - started}), flush=True)


def main(arguments, directory):
    from sagemaker.estimator import Estimator

    if arguments.bare:
        return train_bare(arguments, directory)
    estimator = Estimator(
        image_uri=arguments.image,
        role=ROLE,
        instance_count=1,
        instance_type="local",
        hyperparameters={"epochs": "20"},
        output_path="file://" + directory,
        sagemaker_session=session_in(directory),
    )
    estimator.fit({"train": "file://" + os.path.join(DATA, "train")}, logs=False)
    if arguments.serve:
        from sagemaker.serializers import IdentitySerializer

        # Who calls this removes the container: the SDK takes half a minute for that.
        predictor = estimator.deploy(1, "local", serializer=IdentitySerializer("text/csv"))
        with open(os.path.join(DATA, "request.csv"), "rb") as request:
            predictor.predict(request.read())
        os._exit(0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("image")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--bare", action="store_true", help="train with what is below `fit`, which waits")
    parser.add_argument("--wait", action="store_true", help="train when a line comes in")
    scratch = tempfile.mkdtemp()
    silence(scratch)
    try:
        main(parser.parse_args(), scratch)
    except Exception as error:  # whatever the SDK raises is what its user sees
        print(str(error).strip().split("\n")[-1])
        sys.exit(1)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
