"""Measure the acoustic model alone, without lexicon or decoder. usage: measure.py [WEIGHTS] [--speech FOLDER] [--report FILE]

Phoneme error on the frozen sentences by noise, codec and loss, and on flite's voice slt, which training never heard; with --speech (a
folder made by generate.py) also on its held-out voices, and what the speech was; and, where DECROCHE_TESTDATA names a folder with
data/speech, how often real people are understood when they say one of a known list. WEIGHTS (default ../weights/acoustic.bin) are int8,
as the gateway runs them. The tables go to the screen and into the report.
"""
import argparse
import csv
import os
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch

import export
import frontend as fe
import grammar
import voices

ALPHA, BONUS = 0.6, 2.0                 # power of the phoneme prior; nats per phoneme where candidates differ in length
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


def lossy(x, share, r):
    """Silence the given share of the 20 ms packets: what a phone without concealment would play."""
    x = x.copy()
    for at in np.flatnonzero(r.rand(len(x) // 160 + 1) < share) * 160:
        x[at:at + 160] = 0
    return x


def error(layers, items):
    """Return phoneme error by language of (language, reference ids, int16 samples)."""
    wrong, total = defaultdict(int), defaultdict(int)
    for lang, ref, pcm in items:
        wrong[lang] += fe.distance(ref, fe.best_path(posteriors(layers, pcm)))
        total[lang] += len(ref)
    return {k: wrong[k] / total[k] for k in wrong}


def simulated(layers, say, held):
    items, r = frozen(), np.random.RandomState(1)
    noise = babble(items, r)

    def noisy(x, snr):
        s = r.randint(len(noise) - len(x))
        v = noise[s:s + len(x)]
        return x + v * np.sqrt((x ** 2).mean() / (v ** 2).mean() * 10 ** (-snr / 10))

    say("| phoneme error, best path, no lexicon | French | English |\n|---|---|---|")
    lines = [("clean", lambda x: x)] + [(f"babble, {n} dB", lambda x, n=n: noisy(x, n)) for n in (15, 12, 8)]
    lines += [("µ-law before A-law", lambda x: fe.companded(x / 32768, fe.ULAW) * 32768)]
    lines += [(f"{n} % of the packets lost, silence instead", lambda x, n=n: lossy(x, n / 100, r)) for n in (2, 5)]
    for name, change in lines:
        e = error(layers, ((lang, ref, voices.int16(change(x))) for lang, _, ref, x in items))
        say(f"| frozen sentences, {name} | {100 * e['fr']:.1f} % | {100 * e['en']:.1f} % |")
    if held:
        e = error(layers, ((u.lang, fe.phone_ids(u.phones), u.pcm) for u in held))
        say(f"| held-out espeak-ng voices, one utterance in four of random words | {100 * e['fr']:.1f} % | {100 * e['en']:.1f} % |")
    with tempfile.TemporaryDirectory() as d:
        def slt(text):
            subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", f"{d}/x.wav"], check=True)
            return "en", fe.phone_ids(voices.pronounce(text, "en-us")), voices.int16(voices.read8k(f"{d}/x.wav"))

        say(f"| a voice built from recordings, never heard (flite slt), frozen sentences | | {100 * error(layers, (slt(x[1]) for x in items if x[0] == 'en'))['en']:.1f} % |")


def choose(lp, prior, candidates, bonus):
    """Return the number of the candidate with the best CTC score on posteriors divided by prior^ALPHA."""
    q, n = (lp - ALPHA * prior).log_softmax(-1), torch.tensor([len(c) for c in candidates])
    y = torch.zeros(len(candidates), int(n.max()), dtype=torch.long)
    for i, c in enumerate(candidates):
        y[i, :len(c)] = torch.tensor(c)
    s = -torch.nn.CTCLoss(reduction="none")(q.unsqueeze(1).expand(-1, len(candidates), -1), y, torch.full((len(candidates),), len(q)), n).numpy()
    return int((np.where(np.isfinite(s), s, -1e6) + bonus * n.numpy()).argmax())


def people(layers, prior, say):
    folder = Path(os.environ.get("DECROCHE_TESTDATA", "")) / "data" / "speech"
    if not (folder / "clips.tsv").exists():
        say("Real people were not asked: DECROCHE_TESTDATA names no folder with data/speech.")
        return
    with open(folder / "clips.tsv", encoding="utf8") as f:
        rows = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))

    def heard(row):
        raw = subprocess.run(["sox", folder / row["file"], "-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r", "8000", "-"], capture_output=True, check=True)
        return posteriors(layers, np.frombuffer(raw.stdout, np.int16))

    french = [r for r in rows if r["lang"] == "fr"]
    said = [fe.phone_ids(voices.pronounce(r["transcript"], "fr")) for r in french]
    say("| real people, through A-law, acoustic model alone | right |\n|---|---|")
    say(f"| French sentences, one of {len(french)} | {sum(choose(heard(r), prior, said, BONUS) == i for i, r in enumerate(french))} |")
    digits = [r for r in rows if "fsdd" in r["file"]]
    said = [fe.phone_ids(voices.pronounce(d, "en-us")) for d in DIGITS]
    right = sum(DIGITS[choose(heard(r), prior, said, 0)] == r["transcript"] for r in digits)
    say(f"| English digits, one of ten, {len(digits)} clips | {right} ({100 * right / max(1, len(digits)):.0f} %) |")


def heard_in_training(folder, say):
    """List the speech by voice family and language."""
    n, seconds = defaultdict(int), defaultdict(float)
    for path in sorted(Path(folder).glob("*-[0-9]*.pkl")):
        kind = path.name.split("-")[0]
        for u in voices.load(path) if kind != "held" else []:
            who = {"flite": "flite " + u.voice[6:], "fest": "Festival " + u.voice[6:-8], "pico": "Pico " + u.voice[5:]}.get(kind, kind)
            n[who, u.lang] += 1
            seconds[who, u.lang] += len(u.pcm) / fe.RATE
    say("| trained on | language | utterances | hours |\n|---|---|---|---|")
    for who, lang in sorted(n):
        say(f"| {who} | {lang} | {n[who, lang]:,} | {seconds[who, lang] / 3600:.1f} |")
    say(f"| all | | {sum(n.values()):,} | {sum(seconds.values()) / 3600:.1f} |")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("weights", nargs="?", default=str(grammar.HERE.parent / "weights" / "acoustic.bin"))
    ap.add_argument("--speech", help="folder that generate.py filled")
    ap.add_argument("--report", help="file to write, Markdown")
    a = ap.parse_args()
    torch.set_num_threads(1)
    head, layers = export.read(a.weights)
    lines = []

    def say(line):
        print(line, flush=True)
        lines.append(line)

    t = head["trained"]
    say(f"# Embedded recogniser, trained {t['date']}\n\n{t['steps']:,} steps in {t['minutes']} minutes, {t['hours_heard']} hours heard, seed {t['seed']}. The acoustic "
        "model alone, int8; words: `DECROCHE_REPORT=1 go test ./asr/embedded -run TestReport -v`.\n")
    if a.speech:
        heard_in_training(a.speech, say)
        say("")
    simulated(layers, say, voices.load(Path(a.speech) / "held-00.pkl") if a.speech else [])
    say("")
    people(layers, torch.tensor(head["log_prior"]), say)
    if a.report:
        Path(a.report).write_text("\n".join(lines) + "\n", encoding="utf8")
        print(f"report: {a.report}")


if __name__ == "__main__":
    main()
