"""Sends requests with exactly one invalid value to the local service: invalid_requests.py; prints the accepted ones as JSON.

The requests are generated from the service model in botocore. For each operation, one request has all members. Each of the
others differs from it in one value: a required member is missing, a value is beyond a limit, does not match the pattern or is
not in the enum, or has another type.
"""

import copy
import json
import os
import re
import sys
import urllib.error
import urllib.request

from botocore.session import Session

JAVA = {r"\p{Alnum}": "a-zA-Z0-9", r"\p{L}": r"\w", r"\p{M}": "", r"\p{Z}": r"\s", r"\p{S}": "$+<=>^`|~", r"\p{N}": r"\d", r"\p{P}": r"!-/:-@\[-`{-~", r"\uD800\uDC00-\uDBFF\uDFFF": r"\U00010000-\U0010FFFF"}
ARN = "arn:aws:{}:us-east-1:000000000000:{}"
CANDIDATES = [
    *("a", "a1", "1", "1.0", "/a", "$", "$.a", "aaaa", "a" * 12, "a-b", "s3://bucket/key", "https://bucket/key", "https://a.b/c", "000000000000", "ml.m5", "1.2.3", "a/b", "1K"),
    *("subnet-0", "sg-0", "fs-01234567", "fs-0123456789abcdef0", "image:1", "sha256:" + "0" * 64, "ml-0123456789abcdef", "ocid1", "[a]", "mig-1g.5gb", "cr-0", "mlflow-a"),
    *(ARN.format("iam", "role/any"), "arn:aws:iam::000000000000:role/any", ARN.format("sns", "topic"), ARN.format("lambda", "function:f"), ARN.format("kms", "key/0")),
    *(ARN.format("sagemaker", kind) for kind in ("model/a", "model-package/a", "model-package/a/1", "training-plan/a", "app/a", "endpoint/a", "model-package-group/a", "lineage-group/a", "mlflow-app/app-ABCDEFGHIJKL", "mlflow-tracking-server/a", "mlflow-app/a", "algorithm/a", "ml-reservation/a", "experiment/a")),
    *("arn:aws:sagemaker:us-east-1:aws:hub-content/SageMakerPublicHub/Model/a/1.0.0", ARN.format("sagemaker", "hub-content/a/Model/a/1.0.0"), ARN.format("sagemaker", "hub-content/a/DataSet/a/1.0.0"), ARN.format("ec2", "capacity-reservation/cr-0123456789abcdef0")),
]


def matches(shape, value):
    pattern = shape.metadata.get("pattern")
    for java, python in JAVA.items():
        pattern = pattern and pattern.replace(java, python)
    pattern = pattern and re.sub(r"\$\{\d+,\d+\}$", "", pattern)
    return pattern is None or re.fullmatch(pattern, value) is not None


def text(shape):
    """A valid string; None if no candidate is one."""
    if shape.enum:
        return shape.enum[0]
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", 1 << 30)
    known = [*CANDIDATES, *(candidate.ljust(least, "a") for candidate in CANDIDATES)]
    return next((one for one in known if least <= len(one) <= most and matches(shape, one)), None)


unknown = set()


def valid(shape, stack=()):
    """A value with all members. Members that contain themselves, and those without a known value, are left out."""
    kind = shape.type_name
    if shape.name in stack:
        return None
    inner = (*stack, shape.name)
    if kind == "structure":
        members = {name: valid(member, inner) for name, member in shape.members.items()}
        if any(members[name] is None for name in shape.required_members):
            return None
        members = {name: value for name, value in members.items() if value is not None}
        return dict([next(iter(members.items()))]) if getattr(shape, "is_tagged_union", False) and members else members
    if kind == "list":
        item = valid(shape.member, inner)
        return None if item is None else [item] * shape.metadata.get("min", 1) or [item]
    if kind == "map":
        key, value = valid(shape.key, inner), valid(shape.value, inner)
        return None if key is None or value is None else {key: value}
    if kind == "string":
        value = text(shape)
        if value is None:
            unknown.add(shape.name)
        return value
    if kind == "boolean":
        return False
    if kind in ("integer", "long"):
        return max(shape.metadata.get("min", 1), min(1, shape.metadata.get("max", 1)))
    if kind in ("float", "double"):
        return max(shape.metadata.get("min", 0), 0.5)
    return 1 if kind == "timestamp" else None


def invalid_values(shape, value, path):
    """The invalid values in place of a valid one: (path, rule, invalid value). The value REMOVED is a missing member."""
    kind, limits = shape.type_name, shape.metadata
    least, most = limits.get("min"), limits.get("max")
    yield path, "type", {"string": {}, "structure": "a", "list": "a", "map": "a", "timestamp": "a"}.get(kind, "a")
    if kind == "string":
        if shape.enum:
            yield path, "enum", "not-in-the-enum"
        elif not matches(shape, "\n"):
            yield path, "pattern", value[:1] + "\n" + value[1:]
        if least:
            yield path, "min", value[: least - 1]
        if most and not shape.enum:
            yield path, "max", value + "a" * (most + 1 - len(value))
    elif kind in ("integer", "long", "float", "double"):
        if least is not None:
            yield path, "min", least - 1
        if most is not None:
            yield path, "max", most + 1
        if kind in ("integer", "long"):
            yield path, "whole number", value + 0.5
    elif kind == "list":
        if least:
            yield path, "min", value[: least - 1]
        if most is not None:
            yield path, "max", value[:1] * (most + 1)
        yield from invalid_values(shape.member, value[0], (*path, 0))
    elif kind == "map":
        [(key, one)] = value.items()
        if least:
            yield path, "min", {}
        if most is not None:
            yield path, "max", {f"k{index}": one for index in range(most + 1)}
        for _, rule, bad in invalid_values(shape.key, key, ()):
            if isinstance(bad, str):
                yield path, f"key {rule}", {bad: one}
        yield from invalid_values(shape.value, one, (*path, key))
    elif kind == "structure":
        yield (*path, "NoSuchMember"), "unknown", "a"
        for name in shape.required_members:
            yield (*path, name), "required", REMOVED
        for name, member in value.items():
            yield from invalid_values(shape.members[name], member, (*path, name))


REMOVED = object()


def broken(request, path, bad):
    result = copy.deepcopy(request)
    if not path:
        return bad
    parent = result
    for part in path[:-1]:
        parent = parent[part]
    if bad is REMOVED:
        del parent[path[-1]]
    else:
        parent[path[-1]] = bad
    return result


def send(operation, request):
    """The error of a request; None if it was accepted."""
    credential = "local/20260101/us-east-1/sagemaker/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 Credential={credential}", "X-Amz-Target": f"SageMaker.{operation}", "Content-Type": "application/x-amz-json-1.1"}
    try:
        urllib.request.urlopen(urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], json.dumps(request).encode(), headers))
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())["message"]
    return None


model = Session().get_service_model("sagemaker")
sent, accepted, rejected = 0, [], {}
for operation in json.load(sys.stdin):
    shape = model.operation_model(operation).input_shape
    request = valid(shape)
    error = send(operation, request)
    if error is not None and "validation error" in error[1]:
        rejected[operation] = error[1]
        continue
    for path, rule, bad in invalid_values(shape, request, ()):
        if not path:
            continue
        sent += 1
        error = send(operation, broken(request, path, bad))
        if error is None or error[0] != 400 or "validation error" not in error[1]:
            accepted.append(f"{operation} {'.'.join(map(str, path))} {rule}: {error}")
print(json.dumps({"sent": sent, "accepted": accepted, "rejected although valid": rejected, "shapes without a value": sorted(unknown)}))
