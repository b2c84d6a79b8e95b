"""Does in Python what examples/char_rnn.rs does.

usage: char_rnn.py FILE
"""

import sys

import first_call  # noqa: F401  (before torch)
import torch
import torch.nn as nn
import torch.nn.functional as F

LENGTH = 64
BATCH_SIZE = 32
HIDDEN_SIZE = 128


class CharRNN(nn.Module):
    def __init__(self, letters):
        super().__init__()
        self.embedding = nn.Embedding(letters, 32)
        self.gru = nn.GRU(32, HIDDEN_SIZE, batch_first=True)
        self.fc = nn.Linear(HIDDEN_SIZE, letters)

    def forward(self, x, hidden):
        x, hidden = self.gru(self.embedding(x), hidden)
        return self.fc(x), hidden


def main():
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        text = file.read()
    char_set = sorted(set(text))
    char_dic = {c: i for i, c in enumerate(char_set)}
    indices = torch.LongTensor([char_dic[c] for c in text])
    starts = indices.size(0) - LENGTH
    print(f"{indices.size(0)} letters, {len(char_set)} different ones")

    torch.manual_seed(1)
    letters = len(char_set)
    model = CharRNN(letters)
    print(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    offsets = torch.arange(LENGTH)
    for step in range(1, 301):
        places = torch.randint(0, starts, [BATCH_SIZE, 1]) + offsets
        x, y = indices[places], indices[places + 1]
        scores, _ = model(x, torch.zeros([1, BATCH_SIZE, HIDDEN_SIZE]))
        loss = F.cross_entropy(scores.view(-1, letters), y.view(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 50 == 0:
            print(f"step {step}: loss {loss.item()}")

    temperature = 0.7
    letter = indices[0]
    written = char_set[letter.item()]
    with torch.no_grad():
        hidden = torch.zeros([1, 1, HIDDEN_SIZE])
        for _ in range(400):
            scores, hidden = model(letter.view(1, 1), hidden)
            probabilities = torch.softmax(scores.view(-1) / temperature, 0)
            letter = torch.multinomial(probabilities, 1)
            written += char_set[letter.item()]
    print(written)


main()
