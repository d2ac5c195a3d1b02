"""Stage 1: make the speech. usage: generate.py FOLDER [processes]

Shards are written whole, in an order that lets training start on the first of them; those present are kept, so that an
interrupted run resumes. Every shard has its own seed: the same shard comes out on any machine with the same packages.
"""
import sys
import time
from multiprocessing import Pool
from pathlib import Path

import voices

SIZE = {"espeak": 2000, "pico": 1375, "flite": 1000, "fest": 1000, "cross": 1600, "held": 400}
SEED = {"espeak": 1_000_000, "flite": 2_000_000, "cross": 3_000_000, "fest": 4_000_000, "pico": 5_000_000, "held": 77_000_000}
WARM = ["espeak-00", "pico-00", "espeak-01", "espeak-02"]                         # the first, easy epoch


def plan():
    """Return the names of all shards, in order of making: espeak 28,000 utterances, pico 11,000, flite 9,000, cross 6,400, fest 3,000."""
    names, count = ["held-00"] + WARM, {"espeak": 3, "pico": 1, "flite": 0, "cross": 0, "fest": 0}
    for kind in ["flite", "cross", "pico", "espeak", "fest", "flite", "pico", "espeak", "espeak", "flite"] + [
            "pico", "espeak", "cross", "flite", "espeak", "flite", "pico", "espeak", "fest"] * 2 + [
            "espeak", "flite", "cross", "pico", "espeak", "flite"]:
        names.append(f"{kind}-{count[kind]:02d}")
        count[kind] += 1
    return names


def make(job):
    """Make one shard unless it is there. Returns (name, utterances, hours, seconds)."""
    folder, name = job
    path, (kind, k) = Path(folder) / f"{name}.pkl", name.split("-")
    if path.exists():
        return name, 0, 0.0, 0.0
    t = time.time()
    got = voices.shard(kind, SIZE[kind], SEED[kind] + 10_000 * int(k))
    voices.save(path, got)
    return name, len(got), sum(len(u.pcm) for u in got) / voices.RATE / 3600, time.time() - t


def main(folder, processes=1):
    Path(folder).mkdir(parents=True, exist_ok=True)
    names, hours = plan(), 0.0
    with Pool(processes) as pool:
        for i, (name, n, h, s) in enumerate(pool.imap(make, [(folder, n) for n in names])):
            hours += h
            print(f"generate [{'#' * (30 * (i + 1) // len(names)):30}] {i + 1}/{len(names)} {name}: {n} utterances, {h:.2f} h in {s:.0f} s; {hours:.1f} h", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
