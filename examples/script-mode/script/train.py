"""Logistic regression in SageMaker's PyTorch container. The model is a JSON file of numbers for your own inference container."""

import argparse
import csv
import json
import os
from pathlib import Path

import torch


def read(directory):
    rows = [[float(value) for value in row] for file in sorted(Path(directory).glob("*.csv")) for row in csv.reader(file.open()) if row]
    table = torch.tensor(rows)
    return table[:, 1:], table[:, 0]


parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=20)
parser.add_argument("--rate", type=float, default=0.1)
arguments, _ = parser.parse_known_args()

# The first weights are random: with a seed, two jobs with the same arguments have the same result.
torch.manual_seed(0)
features, labels = read(os.environ["SM_CHANNEL_TRAIN"])
mean, scale = features.mean(dim=0), features.std(dim=0).clamp(min=1e-9)
layer = torch.nn.Linear(features.shape[1], 1)
optimizer = torch.optim.Adam(layer.parameters(), lr=arguments.rate)
for epoch in range(arguments.epochs):
    optimizer.zero_grad()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(layer((features - mean) / scale).squeeze(1), labels)
    loss.backward()
    optimizer.step()
    print(f"train:loss={loss.item():.6f};", flush=True)

model = {
    "classes": ["malignant", "benign"],
    "mean": mean.tolist(),
    "scale": scale.tolist(),
    "coefficients": layer.weight.detach()[0].tolist(),
    "intercept": layer.bias.item(),
}
Path(os.environ["SM_MODEL_DIR"], "model.json").write_text(json.dumps(model))
