"""Retrieves image URIs with the Python SDK: images.py FILE; reads queries as JSON, and prints a URI or an error for each."""

import functools
import json
import logging
import sys

logging.disable(logging.CRITICAL)
from sagemaker.core import common_utils, image_uris  # noqa: E402

# The SDK parses the endpoints of botocore again for each query, which takes a minute for all of them.
common_utils._botocore_resolver = functools.cache(common_utils._botocore_resolver)

INSTANCES = {"cpu": "ml.m5.xlarge", "gpu": "ml.g5.xlarge", "any": "ml.m5.xlarge", "graviton": "ml.c7g.xlarge", "inf": "ml.inf2.xlarge", "inf2": "ml.inf2.xlarge", "trn": "ml.trn1.2xlarge", "neuronx": "ml.inf2.xlarge", "neuron": "ml.inf1.xlarge"}


def uri(query):
    try:
        return image_uris.retrieve(
            framework=query["family"],
            region=query["region"],
            version=query["version"],
            py_version=query.get("python"),
            image_scope=query["purpose"],
            base_framework_version=query.get("base"),
            instance_type=INSTANCES[query["processor"]],
        )
    except Exception as error:  # the SDK has no common class of its errors
        return f"error: {type(error).__name__}: {error}"


print(json.dumps([uri(query) for query in json.load(open(sys.argv[1]))]))
