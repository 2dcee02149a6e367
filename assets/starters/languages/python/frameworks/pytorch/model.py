"""The model: a neural network of standardized measurements, with PyTorch."""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits


class Network(nn.Module):
    def __init__(self, columns):
        super().__init__()
        self.register_buffer("mean", torch.zeros(columns))
        self.register_buffer("scale", torch.ones(columns))
        self.layers = nn.Sequential(nn.Linear(columns, 16), nn.ReLU(), nn.Linear(16, 1), nn.Flatten(0))

    def forward(self, rows):
        return self.layers((rows - self.mean) / self.scale)


def fit(rows, labels, epochs, learning_rate):
    """Yields the model after each epoch of stochastic gradient descent."""
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    inputs, targets = tensor(rows, device), tensor(labels, device)
    model = Network(inputs.shape[1]).to(device)
    model.mean.copy_(inputs.mean(0))
    # A column with a single value has no scale.
    model.scale.copy_(inputs.std(0).clamp(min=1e-9))
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    for _ in range(epochs):
        for batch in torch.randperm(len(inputs), device=device).split(16):
            optimizer.zero_grad()
            binary_cross_entropy_with_logits(model(inputs[batch]), targets[batch]).backward()
            optimizer.step()
        yield model


@torch.inference_mode()
def predict(model, rows):
    """The probability of class 1 of each row."""
    return torch.sigmoid(model(tensor(rows, model.mean.device))).tolist()


def save(model, directory):
    torch.save(model.state_dict(), directory / "model.pt")


def load(directory):
    """The model on the CPU: the server loads it before its processes fork, and a forked process cannot use a GPU."""
    torch.set_num_threads(1)  # Each of the processes uses one processor.
    state = torch.load(directory / "model.pt", map_location="cpu", weights_only=True)
    model = Network(len(state["mean"]))
    model.load_state_dict(state)
    return model


def tensor(values, device):
    return torch.tensor(values, dtype=torch.float32, device=device)
