"""From telephone samples to log-mel features, exactly as the gateway computes them, and the network that reads them.

Samples are int16 at 8 kHz, put through G.711 and divided by 32768. A feature frame is 40 log-mel energies over 32 ms, every 10 ms;
frame i ends with sample 80·(i+1), so nothing ahead of the frame is needed. A causal running mean is taken off.
"""
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

RATE, WIN, HOP, MELS, FMIN, FMAX = 8000, 256, 80, 40, 80, 3800
NORM = dict(prior=60, init=-4.0, scale=3.0)              # running mean: `prior` frames of value `init` come before the first
FLOOR = 1e-5                                             # added to every mel energy before the logarithm
PHONES = json.loads((Path(__file__).parent / "phones.json").read_text())
CHARS = list(" abcdefghijklmnopqrstuvwxyz'éèç")          # id 0 is the CTC blank in both heads
PHONE_ID = {p: i + 1 for i, p in enumerate(PHONES)}
CHAR_ID = {c: i + 1 for i, c in enumerate(CHARS)}
PARTS = {"aI@": ["aI", "@"], "aU@": ["aU", "@"], "A": ["a"]}        # rare symbols, said with common ones


def phone_ids(symbols):
    """Return the ids of espeak phonemes; the few that are not in the set are left out."""
    return [PHONE_ID[q] for p in symbols for q in PARTS.get(p, [p]) if q in PHONE_ID]


def alaw_encode(x):
    """G.711 A-law: int16 array to codes (uint8), even bits inverted."""
    x = np.asarray(x, np.int32) >> 3
    sign = np.where(x >= 0, 0xD5, 0x55)
    x = np.where(x >= 0, x, -x - 1)
    seg = np.searchsorted(np.array([0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF]), x)
    code = (seg << 4) | np.where(seg < 2, (x >> 1) & 15, (x >> np.maximum(seg, 1)) & 15)
    return (code ^ sign).astype(np.uint8)


def alaw_decode(a):
    """G.711 A-law: codes to int16."""
    a = np.asarray(a, np.int32) ^ 0x55
    t, seg = (a & 15) << 4, (a & 0x70) >> 4
    t = np.where(seg == 0, t + 8, (t + 0x108) << np.maximum(seg - 1, 0))
    return np.where(a & 0x80, t, -t).astype(np.int16)


def ulaw_round(x):
    """G.711 µ-law there and back, for callers who come over µ-law trunks."""
    x = np.asarray(x, np.int32)
    mag = np.minimum(np.abs(x), 32635) + 132
    seg = np.floor(np.log2(mag)).astype(np.int32) - 7
    step = (mag >> (seg + 3)) & 15
    y = (((step << 3) + 132) << seg) - 132
    return np.where(x < 0, -y, y).astype(np.int16)


EVERY = np.arange(65536, dtype=np.uint16).view(np.int16)
ALAW = alaw_decode(alaw_encode(EVERY)).astype(np.float32) / 32768        # index: the sample's bits as uint16
ULAW = ulaw_round(EVERY).astype(np.float32) / 32768


def companded(x, table=ALAW):
    """Put float samples (-1..1) through a G.711 table; returns float32 in -1..1."""
    return table[np.clip(np.asarray(x) * 32768, -32768, 32767).astype(np.int16).view(np.uint16)]


def mel_bank(warp=1.0):
    """Return the [129, 40] triangular filter bank; warp stretches it, as a shorter or longer throat would."""
    def mel(f):
        return 2595 * np.log10(1 + f / 700)

    pts = np.clip(700 * (10 ** (np.linspace(mel(FMIN), mel(FMAX), MELS + 2) / 2595) - 1) * warp, 0, RATE / 2 - 1)
    f = np.linspace(0, RATE / 2, WIN // 2 + 1)[:, None]
    a, b, c = pts[:-2], pts[1:-1], pts[2:]
    bank = np.minimum((f - a) / np.maximum(b - a, 1e-3), (c - f) / np.maximum(c - b, 1e-3))
    return torch.tensor(np.maximum(0, bank).astype(np.float32))


BANK = mel_bank()
HANN = torch.hann_window(WIN)                            # periodic


def power(x):
    """[batch, samples] -> power spectrum [batch, frames, 129]."""
    f = torch.fft.rfft(nn.functional.pad(x, (WIN - HOP, 0)).unfold(1, WIN, HOP) * HANN)
    return f.real ** 2 + f.imag ** 2


def normalise(m):
    """Take the causal running mean off log-mel frames [batch, frames, 40]."""
    n = torch.arange(1, m.shape[1] + 1).view(1, -1, 1)
    return (m - (torch.cumsum(m, 1) + NORM["prior"] * NORM["init"]) / (n + NORM["prior"])) / NORM["scale"]


def features(x):
    """[batch, samples] float in -1..1, already companded -> features [batch, frames, 40]."""
    return normalise(torch.log(power(x) @ BANK + FLOOR))


def padded(pcm, seconds=0.2):
    """Return one utterance as the tests hear it: int16 -> [1, samples] float with silence around, a faint hiss, A-law."""
    n = int(seconds * RATE)
    x = np.concatenate([np.zeros(n), pcm, np.zeros(n)]).astype(np.float32) / 32768
    x += np.random.RandomState(0).randn(len(x)).astype(np.float32) * 3e-4
    return torch.from_numpy(companded(x)[None])


class Block(nn.Module):
    """A residual dilated convolution; `right` of its reach lies in the future."""
    def __init__(self, width, taps, dilation, right, drop):
        super().__init__()
        self.conv = nn.Conv1d(width, width, taps, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(width)
        self.drop = nn.Dropout1d(drop)              # whole channels: a mask per sample costs an eighth of the time
        self.pad = ((taps - 1) * dilation - right, right)

    def forward(self, x):
        return x + self.drop(torch.relu(self.norm(self.conv(nn.functional.pad(x, self.pad)))))


class Net(nn.Module):
    """40 mel every 10 ms -> convolution, stride 3 -> six residual convolutions every 30 ms -> phoneme head and letter head.

    2.06 M weights. Look-ahead: 20 ms in front, 8 frames of 30 ms in the blocks: 260 ms. The letter head only helps training.
    """
    LAYERS = [(1, 2), (1, 2), (2, 2), (2, 2), (4, 0), (4, 0)]       # (dilation, frames of look-ahead)
    FRONT_PAD = (4, 2)

    def __init__(self, width=256, taps=5, drop=0.05):
        super().__init__()
        self.front = nn.Conv1d(MELS, width, 7, stride=3, bias=False)
        self.front_norm = nn.BatchNorm1d(width)
        self.blocks = nn.ModuleList(Block(width, taps, d, r, drop) for d, r in self.LAYERS)
        self.phones = nn.Conv1d(width, len(PHONES) + 1, 1)
        self.chars = nn.Conv1d(width, len(CHARS) + 1, 1)

    def forward(self, m):
        x = torch.relu(self.front_norm(self.front(nn.functional.pad(m.transpose(1, 2), self.FRONT_PAD))))
        for b in self.blocks:
            x = b(x)
        return self.phones(x).transpose(1, 2).float(), self.chars(x).transpose(1, 2).float()


def best_path(logits):
    """Return the greedy CTC reading of [frames, symbols]: ids without repeats and blanks."""
    out, last = [], 0
    for c in logits.argmax(-1).tolist():
        if c != last and c:
            out.append(c)
        last = c
    return out


def distance(a, b):
    """Return the edit distance of two sequences."""
    d = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, d[0] = d[0], i
        for j, y in enumerate(b, 1):
            last, d[j] = d[j], min(d[j] + 1, d[j - 1] + 1, last + (x != y))
    return d[-1]
