"""Trains a classifier of handwritten digits on a GPU: rows with the digit and the 64 pixels of an 8x8 image."""

import argparse
import os
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torchmetrics.classification import MulticlassAccuracy


def main() -> None:
    options = parse_options()
    device = torch.device(options.device)
    # Without a GPU, the job fails at once instead of training for hours on the CPU.
    if device.type == "cuda" and not torch.cuda.is_available():
        raise RuntimeError("No GPU is available. Use an instance type with GPUs, or the hyperparameter device=cpu.")
    print(f"Training on {torch.cuda.get_device_name(device) if device.type == 'cuda' else 'the CPU'}", flush=True)

    rows = torch.cat([read_rows(file) for file in sorted(Path(options.train).rglob("*.csv"))])
    images, digits = rows[:, 1:].reshape(-1, 1, 8, 8) / 16, rows[:, 0].long()
    loader = DataLoader(TensorDataset(images, digits), batch_size=options.batch_size, shuffle=True, pin_memory=True)
    model = network().to(device)
    fit(model, loader, device, options.epochs)
    # The model runs on the CPU when it serves.
    torch.jit.script(model.cpu().eval()).save(os.path.join(options.model_dir, "model.pt"))


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch_size", type=int, default=64)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
    parser.add_argument("--model_dir", default=os.environ.get("SM_MODEL_DIR"))
    return parser.parse_args()


def read_rows(file: Path) -> torch.Tensor:
    lines = file.read_text().splitlines()
    return torch.tensor([[float(cell) for cell in line.split(",")] for line in lines if line.strip()])


def network() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 4 * 4, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


def fit(model: nn.Module, loader: DataLoader, device: torch.device, epochs: int) -> None:
    optimizer = torch.optim.Adam(model.parameters())
    accuracy = MulticlassAccuracy(num_classes=10).to(device)
    for epoch in range(1, epochs + 1):
        accuracy.reset()
        for images, digits in loader:
            images, digits = images.to(device, non_blocking=True), digits.to(device, non_blocking=True)
            outputs = model(images)
            loss = nn.functional.cross_entropy(outputs, digits)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            accuracy.update(outputs, digits)
        # The metric definitions find the numbers in this line.
        print(f"epoch={epoch}; train:loss={loss.item():.6f}; train:accuracy={accuracy.compute().item():.6f};", flush=True)


if __name__ == "__main__":
    main()
