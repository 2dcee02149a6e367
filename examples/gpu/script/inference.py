"""Serves the classifier on CPUs. Each row of a request has the 64 pixels of an image, and each row of the response a digit."""

import os

import torch


def model_fn(model_dir):
    return torch.jit.load(os.path.join(model_dir, "model.pt"), map_location="cpu").eval()


def input_fn(body, content_type):
    if content_type != "text/csv":
        raise ValueError(f"The content type must be text/csv, got {content_type!r}.")
    text = body.decode() if isinstance(body, (bytes, bytearray)) else body
    rows = [[float(cell) for cell in line.split(",")] for line in text.splitlines() if line.strip()]
    return torch.tensor(rows).reshape(-1, 1, 8, 8) / 16


def predict_fn(images, model):
    with torch.no_grad():
        return model(images).argmax(dim=1)


def output_fn(digits, accept):
    return "".join(f"{digit}\n" for digit in digits.tolist()), "text/csv"
