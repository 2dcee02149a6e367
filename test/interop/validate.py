"""Validates requests with the rules of botocore: validate.py OPERATION FILE [SERVICE]; prints the errors by the names of the requests.

botocore checks members, types and minimum lengths. This script checks patterns and maximum lengths with its model.
"""

import json
import re
import sys

from botocore.session import Session
from botocore.validate import ParamValidator

JAVA = {r"\p{Alnum}": "a-zA-Z0-9", r"\p{L}": r"\w", r"\p{M}": "", r"\p{Z}": r"\s", r"\p{S}": "$+<=>^`|~", r"\p{N}": r"\d", r"\p{P}": r"!-/:-@\[-`{-~"}


def limits(value, shape, path, errors):
    kind = shape.type_name
    size = value if kind in ("integer", "long", "float") else len(value) if kind in ("string", "list", "map") else None
    largest = shape.metadata.get("max")
    if size is not None and largest is not None and size > largest:
        errors.append(f"{path}: more than {largest}")
    if kind == "string":
        pattern = shape.metadata.get("pattern", ".*")
        for java, python in JAVA.items():
            pattern = pattern.replace(java, python)
        if not re.fullmatch(pattern, value, re.DOTALL):
            errors.append(f"{path}: {value!r} does not match {pattern}")
        if shape.enum and value not in shape.enum:
            errors.append(f"{path}: {value!r} is not a value of the enum")
    elif kind == "structure":
        for name, member in value.items():
            if name in shape.members:
                limits(member, shape.members[name], f"{path}.{name}", errors)
    elif kind == "list":
        for index, member in enumerate(value):
            limits(member, shape.member, f"{path}[{index}]", errors)
    elif kind == "map":
        for name, member in value.items():
            limits(name, shape.key, f"{path} key", errors)
            limits(member, shape.value, f"{path}.{name}", errors)


operation, file, *service = sys.argv[1:]
shape = Session().get_service_model(service[0] if service else "sagemaker").operation_model(operation).input_shape
result = {}
for name, request in json.load(open(file)).items():
    report = ParamValidator().validate(request, shape)
    errors = [report.generate_report()] if report.has_errors() else []
    limits(request, shape, operation, errors)
    if errors:
        result[name] = "\n".join(errors)
print(json.dumps(result))
