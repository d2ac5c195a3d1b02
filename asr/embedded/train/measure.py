"""Measure the acoustic model alone, without lexicon or decoder. usage: measure.py [CHECKPOINT]

Phoneme error on the frozen sentences by noise and on flite's voice slt, which training never heard; and, where DECROCHE_TESTDATA names
a folder with data/speech, how often real people are understood when they say one of a known list. The network is that of CHECKPOINT
(default out/asr/model.pt), quantised as exported.
"""
import csv
import json
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

import export
import frontend as fe
import grammar
import voices

ALPHA, BONUS = 0.7, 2.0                 # power of the phoneme prior; nats per phoneme where candidates differ in length
DIGITS = "zero one two three four five six seven eight nine".split()


def posteriors(layers, pcm):
    with torch.no_grad():
        return export.run(layers, fe.features(fe.padded(pcm)))


def frozen():
    """Say the frozen sentences: [(language, text, phoneme ids, float samples)]."""
    how = {r[0]: r for r in (x.split("\t") for x in (grammar.TESTS / "manifest.tsv").read_text().splitlines())}
    out = []
    for lang in ("fr", "en"):
        for line in (grammar.TESTS / f"{lang}.tsv").read_text(encoding="utf8").splitlines():
            ident, text = line.split("\t")
            said, x = voices.espeak(text, *how[ident][2:5])
            out.append((lang, text, fe.phone_ids(said), x))
    return out


def babble(items, r, n=20 * fe.RATE):
    b = np.zeros(n)
    for _ in range(40):
        x = items[r.randint(len(items))][3]
        np.add.at(b, (r.randint(n) + np.arange(len(x))) % n, x / (np.sqrt((x ** 2).mean()) + 1))
    return b


def simulated(layers):
    items, r = frozen(), np.random.RandomState(1)
    noise = babble(items, r)
    for name, snr in (("clean", None), ("babble 15 dB", 15), ("babble 8 dB", 8)):
        err = {"fr": [0, 0], "en": [0, 0]}
        for lang, _, ref, x in items:
            if snr is not None:
                s = r.randint(len(noise) - len(x))
                v = noise[s:s + len(x)]
                x = x + v * np.sqrt((x ** 2).mean() / (v ** 2).mean() * 10 ** (-snr / 10))
            err[lang][0] += fe.distance(ref, fe.best_path(posteriors(layers, voices.int16(x))))
            err[lang][1] += len(ref)
        print(f"phoneme error, {name}: " + ", ".join(f"{k} {a / b:.3f}" for k, (a, b) in err.items()), flush=True)
    wrong = total = 0
    with tempfile.TemporaryDirectory() as d:
        for lang, text, _, _ in items:
            if lang == "en":
                subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", f"{d}/x.wav"], check=True)
                ref = fe.phone_ids(voices.pronounce(text, "en-us"))
                wrong += fe.distance(ref, fe.best_path(posteriors(layers, voices.int16(voices.read8k(f"{d}/x.wav")))))
                total += len(ref)
    print(f"phoneme error, flite slt, never heard: {wrong / total:.3f}")


def choose(lp, prior, candidates, bonus):
    """Return the number of the candidate with the best CTC score on posteriors divided by prior^ALPHA."""
    q, n = (lp - ALPHA * prior).log_softmax(-1), torch.tensor([len(c) for c in candidates])
    y = torch.zeros(len(candidates), int(n.max()), dtype=torch.long)
    for i, c in enumerate(candidates):
        y[i, :len(c)] = torch.tensor(c)
    s = -torch.nn.CTCLoss(reduction="none")(q.unsqueeze(1).expand(-1, len(candidates), -1), y, torch.full((len(candidates),), len(q)), n).numpy()
    return int((np.where(np.isfinite(s), s, -1e6) + bonus * n.numpy()).argmax())


def people(layers, prior):
    folder = Path(os.environ.get("DECROCHE_TESTDATA", "")) / "data" / "speech"
    if not (folder / "clips.tsv").exists():
        print("real people: skipped, DECROCHE_TESTDATA names no folder with data/speech")
        return
    with open(folder / "clips.tsv", encoding="utf8") as f:
        rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))

    def heard(row):
        raw = subprocess.run(["sox", folder / row["file"], "-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r", "8000", "-"], capture_output=True, check=True)
        return posteriors(layers, np.frombuffer(raw.stdout, np.int16))

    french = [r for r in rows if r["lang"] == "fr"]
    said = [fe.phone_ids(voices.pronounce(r["transcript"], "fr")) for r in french]
    print(f"real people, French sentences, one of {len(french)}: {sum(choose(heard(r), prior, said, BONUS) == i for i, r in enumerate(french))} right")
    digits = [r for r in rows if "fsdd" in r["file"]]
    said = [fe.phone_ids(voices.pronounce(d, "en-us")) for d in DIGITS]
    print(f"real people, English digits, one of 10: {sum(DIGITS[choose(heard(r), prior, said, 0)] == r['transcript'] for r in digits)} of {len(digits)} right")


def main(checkpoint=grammar.HERE.parents[2] / "out" / "asr" / "model.pt"):
    torch.set_num_threads(1)
    net = fe.Net()
    net.load_state_dict(torch.load(checkpoint, map_location="cpu")["net"])
    layers = export.quantised(net.eval())
    b = (grammar.HERE.parent / "weights" / "acoustic.bin").read_bytes()
    prior = torch.tensor(json.loads(b[4:4 + struct.unpack("<I", b[:4])[0]])["log_prior"])
    simulated(layers)
    people(layers, prior)


if __name__ == "__main__":
    main(*sys.argv[1:])
