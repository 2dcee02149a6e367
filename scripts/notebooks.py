"""
Runs notebooks of examples/notebooks from their Jupytext sources: notebooks.py write|check NAME...

`write` saves each notebook with its outputs as NAME.ipynb. `check` compares the outputs with the saved ones: the text must be equal, and
the numbers nearly. Both fail if a notebook leaves a resource behind that costs money or has a name that is taken.
"""

import math
import re
import sys
from pathlib import Path

import boto3
import jupytext
import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "examples" / "notebooks"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
# Training is not equally exact on every processor.
TOLERANCE = {"rel_tol": 0.01, "abs_tol": 0.005}


def run(name):
    """The notebook with its outputs."""
    notebook = jupytext.read(FOLDER / f"{name}.py")
    # The identifiers that Jupytext generates and the version of Python would differ in every run.
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{number}"
    NotebookClient(notebook, record_timing=False, coalesce_streams=True, timeout=3600, resources={"metadata": {"path": FOLDER}}).execute()
    notebook.metadata.language_info = {"name": "python"}
    return notebook


def check(name, notebook):
    """The differences from the saved notebook."""
    saved = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    if [cell.source for cell in saved.cells] != [cell.source for cell in notebook.cells]:
        return [f"{name}.ipynb is not generated from {name}.py. Run `npm run notebooks -- {name}`."]
    cells = enumerate(zip(saved.cells, notebook.cells), start=1)
    pairs = [(number, text_of(old), text_of(new)) for number, (old, new) in cells]
    return [f"{name}, cell {number}: expected\n{old}\ngot\n{new}" for number, old, new in pairs if not alike(old, new)]


def text_of(cell):
    """The output and the result of a cell, as plain text."""
    outputs = cell.get("outputs", [])
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs)


def alike(old, new):
    # The widths of columns depend on the numbers in them.
    words = [NUMBER.sub("#", text).split() for text in (old, new)]
    numbers = [[float(number) for number in NUMBER.findall(text)] for text in (old, new)]
    return words[0] == words[1] and all(math.isclose(*pair, **TOLERANCE) for pair in zip(*numbers))


def resources():
    """The names of all resources that a notebook must delete if it creates them. Jobs cannot be deleted."""
    sagemaker = boto3.client("sagemaker")
    lists = {
        "list_models": ("Models", "ModelName"),
        "list_endpoint_configs": ("EndpointConfigs", "EndpointConfigName"),
        "list_endpoints": ("Endpoints", "EndpointName"),
    }
    names = {
        (operation, item[name])
        for operation, (items, name) in lists.items()
        for page in sagemaker.get_paginator(operation).paginate()
        for item in page[items]
    }
    groups = sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]
    for group in (group["ModelPackageGroupName"] for group in groups):
        versions = sagemaker.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
        names |= {("list_model_packages", version["ModelPackageArn"]) for version in versions}
    return names


def main(mode, *names):
    failures = []
    for name in names:
        before = resources()
        notebook = run(name)
        failures += [f"{name} leaves {resource} behind." for _, resource in sorted(resources() - before)]
        if mode == "write":
            nbformat.write(notebook, FOLDER / f"{name}.ipynb")
        else:
            failures += check(name, notebook)
        print(f"{name}: {len(notebook.cells)} cells", flush=True)
    sys.exit("\n".join(failures) or None)


main(*sys.argv[1:])
