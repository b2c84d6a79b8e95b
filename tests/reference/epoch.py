"""An epoch as in the notebook's MNIST cells, for the references of `train`."""


def train_epoch(model, loader, criterion, optimizer):
    """The mean cost, added up as the notebook adds it."""
    avg_cost = 0
    for X, Y in loader:
        hypothesis = model(X.view(len(X), -1))
        cost = criterion(hypothesis, Y)
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
        avg_cost += cost.item() / len(loader)
    return avg_cost
