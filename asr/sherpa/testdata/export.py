#!/usr/bin/python3
"""Write the letters of our acoustic model as two ONNX models in layouts that sherpa-onnx accepts.

    /usr/bin/python3 export.py [acoustic.bin]

offline.onnx    the layout "omnilingual": a whole utterance of samples at 16 kHz, normalised -> letters
streaming.onnx  the layout "t_one_ctc": 300 ms of samples at 8 kHz and a state -> letters, 260 ms late
weights.bin     the int8 weights of both, as ONNX external data
tokens.txt      the letters

The front end (log-mel, running mean) is part of the graphs, hence features are ours and not the library's. Letters without a
language model make poor text; they prove that a real model is loaded, fed and read. Needs numpy, no onnx package: the few
messages of onnx.proto that are used are written by hand below.
"""
import json
import struct
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
FLOAT, INT8, INT32, INT64, BOOL, HALF = 1, 3, 6, 7, 9, 10
KINDS = {np.dtype(np.float32): FLOAT, np.dtype(np.int8): INT8, np.dtype(np.int64): INT64}


def varint(n):
    n &= (1 << 64) - 1
    out = b""
    while True:
        n, low = n >> 7, n & 127
        out += bytes([low | (128 if n else 0)])
        if not n:
            return out


def field(number, value):
    """One field of a protobuf message: numbers as varints, floats as 32 bits, the rest with its length."""
    if isinstance(value, bool) or isinstance(value, int):
        return varint(number << 3) + varint(int(value))
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def message(*fields):
    return b"".join(field(n, v) for n, v in fields)


class Graph:
    """A model being written. Weights that are int8 go to a file of their own, which models share."""

    def __init__(self, store):
        self.nodes, self.tensors, self.store, self.count = [], [], store, 0

    def name(self, hint="v"):
        self.count += 1
        return f"{hint}{self.count}"

    def constant(self, array, name=None):
        array = np.ascontiguousarray(array)
        name = name or self.name("c")
        fields = [(1, d) for d in array.shape] + [(2, KINDS[array.dtype]), (8, name)]
        if array.dtype == np.int8:
            at, size = self.store.put(array.tobytes())
            fields += [(13, message((1, k), (2, str(v)))) for k, v in (("location", "weights.bin"), ("offset", at), ("length", size))]
            fields.append((14, 1))                                   # EXTERNAL
        else:
            fields.append((9, array.tobytes()))
        self.tensors.append(message(*fields))
        return name

    def node(self, op, *inputs, out=None, **attributes):
        out = out or self.name()
        attrs = []
        for key, v in attributes.items():
            if isinstance(v, list):
                attrs.append((5, message((1, key), *[(8, i) for i in v], (20, 7))))
            elif isinstance(v, float):
                attrs.append((5, message((1, key), (2, v), (20, 1))))
            else:
                attrs.append((5, message((1, key), (3, v), (20, 2))))
        self.nodes.append(message(*[(1, i) for i in inputs], (2, out), (4, op), *attrs))
        return out

    def number(self, x):
        return self.constant(np.float32(x))

    def ints(self, *x):
        return self.constant(np.array(x, np.int64))

    def cut(self, x, start, end, axis, step=1):
        return self.node("Slice", x, self.ints(start), self.ints(end), self.ints(axis), self.ints(step))

    def write(self, path, inputs, outputs, metadata):
        def info(name, kind, shape):
            dims = message(*[(1, message((1, d) if isinstance(d, int) else (2, d))) for d in shape])
            return message((1, name), (2, message((1, message((1, kind), (2, dims))))))

        graph = message(*[(1, n) for n in self.nodes], (2, path.stem), *[(5, t) for t in self.tensors],
                        *[(11, info(*i)) for i in inputs], *[(12, info(*o)) for o in outputs])
        model = message((1, 8), (2, "decroche"), (7, graph), (8, message((1, ""), (2, 13))),
                        *[(14, message((1, k), (2, str(v)))) for k, v in metadata.items()])
        path.write_bytes(model)


class Store:
    """weights.bin: what is put twice is kept once."""

    def __init__(self):
        self.bytes, self.seen = b"", {}

    def put(self, data):
        if data not in self.seen:
            self.seen[data] = len(self.bytes)
            self.bytes += data
        return self.seen[data], len(data)


def read(path):
    """Return the header of acoustic.bin and its layers as (spec, int8 [out, in, taps], scale, bias)."""
    raw = Path(path).read_bytes()
    n = struct.unpack("<I", raw[:4])[0]
    head, at, layers = json.loads(raw[4:4 + n]), 4 + n, []
    for spec in head["layers"]:
        out, taps, inp = spec["out"], spec["taps"], spec["inp"]
        w = np.frombuffer(raw, np.int8, out * taps * inp, at).reshape(out, taps, inp)
        at += out * taps * inp
        scale, bias = np.frombuffer(raw, np.float32, 2 * out, at).reshape(2, out)
        at += 8 * out
        layers.append((spec, np.maximum(w, -127).transpose(0, 2, 1), scale, bias))
    return head, layers


def features(g, head, x):
    """Samples [1, n] -> normalised log-mel [1, mels, frames]. Frames of no sound at all do not count for the running mean."""
    win, hop, mels = head["win"], head["hop"], head["mels"]
    k, t = np.arange(win // 2 + 1)[:, None], np.arange(win)
    hann = .5 - .5 * np.cos(2 * np.pi * t / win)
    waves = np.concatenate([np.cos(2 * np.pi * k * t / win), np.sin(2 * np.pi * k * t / win)]) * hann
    x = g.node("Unsqueeze", x, g.ints(1))
    spec = g.node("Conv", x, g.constant(waves[:, None, :].astype(np.float32)), strides=[hop], pads=[win - hop, 0])
    squared = g.node("Mul", spec, spec)
    half = win // 2 + 1
    power = g.node("Add", g.cut(squared, 0, half, 1), g.cut(squared, half, 2 * half, 1))
    mel = lambda f: 2595 * np.log10(1 + f / 700)
    pts = 700 * (10 ** (np.linspace(mel(head["fmin"]), mel(head["fmax"]), mels + 2) / 2595) - 1)
    f = np.linspace(0, head["rate"] / 2, half)[:, None]
    a, b, c = pts[:-2], pts[1:-1], pts[2:]
    bank = np.maximum(0, np.minimum((f - a) / np.maximum(b - a, 1e-3), (c - f) / np.maximum(c - b, 1e-3)))
    energy = g.node("Conv", power, g.constant(bank.T[:, :, None].astype(np.float32)))
    log = g.node("Log", g.node("Add", energy, g.number(head["floor"])))
    loud = g.node("ReduceSum", energy, g.ints(1), keepdims=1)
    counts = g.node("Cast", g.node("Greater", loud, g.number(1e-12)), to=FLOAT)
    norm, two = head["norm"], g.constant(np.int64(2))
    total = g.node("CumSum", g.node("Mul", log, counts), two)
    n = g.node("CumSum", counts, two)
    mean = g.node("Div", g.node("Add", total, g.number(norm["prior"] * norm["init"])), g.node("Add", n, g.number(norm["prior"])))
    return g.node("Div", g.node("Sub", log, mean), g.number(norm["scale"]))


def letters(g, layers, x, out):
    """Features -> log-probabilities of letters [1, rows, letters], as the tensor `out`."""
    for spec, w, scale, bias in layers:
        if spec["name"] == "phones":                                # the other head
            continue
        zero = g.constant(np.zeros(len(scale), np.int8))
        kernel = g.node("DequantizeLinear", g.constant(w), g.constant(scale), zero, axis=0)
        y = g.node("Conv", x, kernel, g.constant(bias), strides=[spec["stride"]], dilations=[spec["dil"]], pads=[spec["left"], spec["right"]])
        if spec["name"] == "chars":
            return g.node("LogSoftmax", g.node("Transpose", y, perm=[0, 2, 1]), out=out, axis=2)
        y = g.node("Relu", y)
        x = g.node("Add", x, y) if spec["res"] else y
    raise SystemExit("the model has no head of letters")


SPEECH = 0.07          # the root mean square that speech has in training; sherpa normalises it to one
STATE = 19200          # samples before a chunk that the streaming model sees again
CHUNK, LATE, ROWS = 2400, 9, 10


def offline(head, layers, store):
    g = Graph(store)
    x = g.node("Mul", g.cut("x", 0, 1 << 40, 1, step=2), g.number(SPEECH))      # 16 kHz that was 8
    letters(g, layers, features(g, head, x), "logits")
    g.write(HERE / "offline.onnx", [("x", FLOAT, [1, "T"])], [("logits", FLOAT, [1, "R", len(head["chars"]) + 1])], {})


def streaming(head, layers, store):
    g = Graph(store)
    new = g.node("Mul", g.node("Cast", g.node("Squeeze", "signal", g.ints(2)), to=FLOAT), g.number(1 / 32768))
    window = g.node("Concat", g.node("Cast", "state", to=FLOAT), new, axis=1)
    g.node("Cast", g.cut(window, CHUNK, CHUNK + STATE, 1), out="next", to=HALF)
    rows = letters(g, layers, features(g, head, window), g.name("rows"))
    g.node("Slice", rows, g.ints(-LATE - ROWS), g.ints(-LATE), g.ints(1), g.ints(1), out="logprobs")
    g.write(HERE / "streaming.onnx", [("signal", INT32, [1, CHUNK, 1]), ("state", HALF, [1, STATE])],
            [("logprobs", FLOAT, [1, ROWS, len(head["chars"]) + 1]), ("next", HALF, [1, STATE])],
            {"frame_length_ms": 300, "state_dim": STATE, "sample_rate": 8000})


def main():
    head, layers = read(sys.argv[1] if len(sys.argv) > 1 else HERE / "../../embedded/weights/acoustic.bin")
    store = Store()
    offline(head, layers, store)
    streaming(head, layers, store)
    (HERE / "weights.bin").write_bytes(store.bytes)
    names = ["<blk>"] + ["▁" if c == " " else c for c in head["chars"]]
    (HERE / "tokens.txt").write_text("".join(f"{s} {i}\n" for i, s in enumerate(names)))


if __name__ == "__main__":
    main()
