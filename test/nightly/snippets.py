"""Compiles modules, and finds the names that they import, and the attributes of these, that do not exist. Prints one line for each."""

import ast
import importlib
import sys
from pathlib import Path


def imported(tree):
    """The objects of all imports by their name in the module."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name] = importlib.import_module(alias.name)
        elif isinstance(node, ast.ImportFrom):
            module = importlib.import_module(node.module)
            for alias in node.names:
                names[alias.asname or alias.name] = value_of(module, alias.name)
    return names


def value_of(owner, name):
    try:
        return getattr(owner, name)
    except AttributeError:
        return importlib.import_module(f"{owner.__name__}.{name}")


def missing(node, names):
    """The first part of a chain of attributes that does not exist, if the chain begins with an import."""
    chain = []
    while isinstance(node, ast.Attribute):
        chain.insert(0, node.attr)
        node = node.value
    owner = names.get(node.id) if isinstance(node, ast.Name) else None
    for name in chain if owner is not None else []:
        if not hasattr(owner, name):
            return f"{getattr(owner, '__name__', owner)}.{name} does not exist"
        owner = getattr(owner, name)
        if not isinstance(owner, type) and not hasattr(owner, "__path__"):
            return None
    return None


def errors(text):
    try:
        tree = ast.parse(text)
        compile(text, "snippet", "exec")
        names = imported(tree)
    except (SyntaxError, ImportError) as error:
        return [str(error)]
    found = [missing(node, names) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return sorted({error for error in found if error is not None})


for file in sorted(Path(sys.argv[1]).glob("*.py")):
    for error in errors(file.read_text()):
        print(f"{file.stem}: {error}")
