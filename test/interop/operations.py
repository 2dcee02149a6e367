"""Records the SageMaker operations that a script calls, for the last test of the suite."""

import boto3

called = set()


def session():
    """A session whose clients record the operations that they call."""
    boto3.setup_default_session()
    boto3.DEFAULT_SESSION.events.register("before-call.sagemaker", lambda model, **_: called.add(model.name))
    return boto3
