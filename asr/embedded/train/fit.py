"""Stage 2: train the network. usage: fit.py SPEECH_FOLDER CHECKPOINT --steps N [--minutes M]

One processor thread trains; a second process prepares features. Convolutions run in bfloat16 where the processor serves it.
Every batch has its own seed, so that the same steps see the same audio. Training resumes from CHECKPOINT where it is present.

    epoch 0      the WARM shards, from short to long, light noise: without it, CTC stays on blanks
    epoch 1      the first third of the shards, half augmentation
    then         two thirds once, then all shards, full augmentation; from FINISH on, light in three batches of four
    learning     constant for 30 % of the run, then half a cosine to nothing
"""
import argparse
import os
import random
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

import frontend as fe
import generate
import voices

PEAK, BATCH_SECONDS, FINISH, SEED = 2e-3, 48, 0.60, 20260101
WARPS = [fe.mel_bank(w) for w in np.linspace(0.80, 1.22, 15)]
PAD = 2400                                               # samples of silence shared out around every utterance


class Speech:
    """Utterances in memory, sorted by length, with their phoneme and letter ids."""
    def __init__(self, folder, names, wait=True):
        self.items = []
        for name in names:
            path = Path(folder) / f"{name}.pkl"
            while wait and not path.exists():
                time.sleep(2)
            for u in voices.load(path):
                p, c = fe.phone_ids(u.phones), [fe.CHAR_ID[q] for q in u.text if q in fe.CHAR_ID]
                if p and len(u.pcm) < 9 * fe.RATE and len(u.pcm) / 240 > max(len(p), len(c)) * 1.05 + 2:
                    self.items.append((u.pcm, p, c, u.lang))
        self.items.sort(key=lambda t: len(t[0]))
        self.hours = sum(len(t[0]) for t in self.items) / fe.RATE / 3600

    def batches(self):
        """Return lists of item numbers of like length, about BATCH_SECONDS of audio each."""
        out, b = [], []
        for i, t in enumerate(self.items):
            b.append(i)
            if len(b) * (len(t[0]) + PAD) > fe.RATE * BATCH_SECONDS:
                out.append(b)
                b = []
        return out + ([b] if b else [])


def noise_bank(items):
    """Return 13 noises of 20 s and unit power: white, coloured, and babble of 24 to 34 voices' worth of overlapping speech."""
    r, n, out = np.random.RandomState(SEED), fe.RATE * 20, []
    out += [r.randn(n) for _ in range(3)]
    out += [np.convolve(r.randn(n), np.exp(-np.arange(200) / t), "same") for t in (1.5, 4, 12, 40)]
    for k in range(6):
        b = np.zeros(n)
        for _ in range(24 + 2 * k if k < 3 else 8 * k):
            x = items[r.randint(len(items))][0].astype(np.float32)
            o = r.randint(0, max(1, n - len(x)))
            b[o:o + len(x)] += (x / (x.std() + 1))[:n - o]
        out.append(b)
    return [(x / (x.std() + 1e-6)).astype(np.float32) for x in out]


def room(r, x):
    """Add a short random reverberation."""
    n = r.randint(200, 1600)
    h = r.randn(n) * np.exp(-np.arange(n) / r.uniform(60, 350)) * r.uniform(.03, .25)
    h[0] = 1
    size = 1 << int(np.ceil(np.log2(len(x) + n)))
    return np.fft.irfft(np.fft.rfft(x, size) * np.fft.rfft(h, size), size)[:len(x)].astype(np.float32)


def telephone(r, x):
    """Narrow the band as old lines and handsets do: high-pass somewhere at 150..350 Hz, low-pass at 3,100..3,700 Hz."""
    f = np.fft.rfftfreq(len(x), 1 / fe.RATE)
    h = 1 / (1 + (r.uniform(150, 350) / np.maximum(f, 1)) ** 6) / (1 + (f / r.uniform(3100, 3700)) ** 20)
    return np.fft.irfft(np.fft.rfft(x) * np.sqrt(h), len(x)).astype(np.float32)


def prepare(xs, level, seed, noises):
    """Return augmented features of a batch of int16 utterances. level 0: as in tests; 1: everything thrown at it."""
    r = np.random.RandomState(seed % 2 ** 32)
    torch.manual_seed(seed)
    lead = r.randint(0, 2 * fe.RATE) if level > 0 and r.rand() < .06 else 0         # a caller who thinks first
    size = max(len(x) for x in xs) + PAD + lead
    X = np.zeros((len(xs), size), np.float32)
    for i, x in enumerate(xs):
        x = x.astype(np.float32) / 32768
        offset = 800
        if level > 0:
            if r.rand() < .3 * level:
                x = room(r, x)
            if r.rand() < .3 * level:
                x = telephone(r, x)
            x = x * 10 ** (r.uniform(-24, 6) / 20 * level)
            offset = lead + r.randint(0, PAD)
        X[i, offset:offset + len(x)] = x
        noise = noises[r.randint(len(noises))]
        s = r.randint(0, len(noise) - size)
        snr = r.uniform(35 - 32 * level, 45) if level > 0 else 40
        hiss = 0 if level > 0 and r.rand() < .15 else 10 ** r.uniform(-4, -3)       # some lines are digitally silent
        X[i] += noise[s:s + size] * (x.std() * 10 ** (-snr / 20) + hiss)
    P = fe.power(torch.from_numpy(fe.companded(X, fe.ULAW if level > 0 and r.rand() < .15 else fe.ALAW)))
    if level > 0:
        banks = [WARPS[r.randint(15) if level >= .5 or r.rand() < .3 else 7] for _ in xs]
        m = torch.log(torch.stack([P[i] @ b for i, b in enumerate(banks)]) + fe.FLOOR)
        bend = torch.randn(len(xs), 1, 6) * 1.2 * level                             # a random smooth equaliser
        m = m + nn.functional.interpolate(bend, size=fe.MELS, mode="linear", align_corners=True)
    else:
        m = torch.log(P @ fe.BANK + fe.FLOOR)
    m = fe.normalise(m)
    if level >= 1:
        for i in range(len(xs)):
            for _ in range(2):
                f, t = r.randint(0, fe.MELS - 7), r.randint(0, max(1, m.shape[1] - 14))
                m[i, :, f:f + r.randint(1, 8)] = 0
                m[i, t:t + r.randint(1, 13)] = 0
    return m


_items, _noises = None, None                             # what the feature process works on, inherited by fork


def _job(a):
    batch, level, seed = a
    return prepare([_items[i][0] for i in batch], level, seed, _noises).numpy()


def _nice():
    torch.set_num_threads(1)
    os.nice(5)


def evaluate(net, held, device):
    """Return phoneme and letter error per language, on clean held-out voices."""
    net.eval()
    q = {}
    with torch.no_grad():
        for u in held:
            lp, lc = net(fe.features(fe.padded(u.pcm)).to(device))
            ref, letters = fe.phone_ids(u.phones), [fe.CHAR_ID[c] for c in u.text if c in fe.CHAR_ID]
            r = q.setdefault(u.lang, [0, 0, 0, 0])
            for k, v in enumerate((fe.distance(ref, fe.best_path(lp[0])), len(ref), fe.distance(letters, fe.best_path(lc[0])), len(letters))):
                r[k] += v
    net.train()
    return {k: (v[0] / v[1], v[2] / v[3]) for k, v in sorted(q.items())}


def main():
    global _items, _noises
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("speech")
    ap.add_argument("checkpoint")
    ap.add_argument("--steps", type=int, default=20000)
    ap.add_argument("--minutes", type=float, default=1e9, help="a ceiling: the schedule hurries when the clock is ahead of the steps, and no epoch but the first two waits for speech")
    ap.add_argument("--workers", type=int, default=1)
    a = ap.parse_args()
    torch.set_num_threads(1)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    bf16 = device == "cuda" or "avx512_bf16" in Path("/proc/cpuinfo").read_text() or "amx_bf16" in Path("/proc/cpuinfo").read_text()
    print(f"train: on {device}, convolutions in {'bfloat16' if bf16 else 'float32: expect half the speed'}", flush=True)
    torch.manual_seed(SEED)
    net = fe.Net().to(device)
    opt = torch.optim.AdamW(net.parameters(), lr=PEAK, weight_decay=1e-2)
    ctc = nn.CTCLoss(zero_infinity=True, reduction="none")
    step, epoch, skip, clock, heard = 0, 0, 0, 0.0, 0.0
    if os.path.exists(a.checkpoint):
        ck = torch.load(a.checkpoint, map_location=device)
        net.load_state_dict(ck["net"]), opt.load_state_dict(ck["opt"])
        step, epoch, skip, clock, heard = ck["step"], ck["epoch"], ck["batch"], ck["clock"], ck["heard"]
        print(f"train: resumed at step {step}", flush=True)
    plan = generate.plan()
    Path(a.speech).mkdir(parents=True, exist_ok=True)
    while not (Path(a.speech) / "held-00.pkl").exists():
        time.sleep(2)
    held = voices.load(Path(a.speech) / "held-00.pkl")[:200]
    names, speech, pool, started, done = None, None, None, time.time(), False
    _noises = noise_bank(Speech(a.speech, generate.WARM[:1]).items)

    def progress():
        return max(step / a.steps, (clock + time.time() - started) / (60 * a.minutes))

    def save(batch):
        torch.save(dict(net=net.state_dict(), opt=opt.state_dict(), step=step, epoch=epoch, batch=batch, clock=clock + time.time() - started,
                        heard=heard, progress=progress()), a.checkpoint + ".part")
        os.replace(a.checkpoint + ".part", a.checkpoint)

    while not done:
        want = generate.WARM if epoch == 0 else plan[1:1 + len(plan) * epoch // 3]
        if a.minutes < 1e9 and epoch > 1:                       # the clock runs: take the speech that is there
            want = [n for n in want if n in (names or []) or (Path(a.speech) / f"{n}.pkl").exists()]
        if want != names:
            names, speech = want, Speech(a.speech, want)
            _items = speech.items
            if pool:
                pool.terminate()
            pool = get_context("fork").Pool(a.workers, _nice)
            print(f"train: epoch {epoch}: {len(_items)} utterances, {speech.hours:.1f} h", flush=True)
        r, order = random.Random(SEED + epoch), speech.batches()
        if epoch > 0:
            r.shuffle(order)

        def jobs():
            for n, b in list(enumerate(order))[skip:]:
                light = progress() > FINISH and r.random() < .75        # read a few batches ahead of the training step
                yield b, (.15, .5)[epoch] if epoch < 2 else .3 if light else 1.0, SEED + 100_003 * epoch + n

        class Ahead:
            """Keep a few batches in preparation, never a whole epoch."""
            def __iter__(self):
                queue = []
                for n, j in enumerate(jobs()):
                    queue.append((skip + n, j[0], pool.apply_async(_job, (j,))))
                    if len(queue) > 6:
                        yield queue.pop(0)
                yield from queue

        recent, waited = [], 0.0
        for n, batch, result in Ahead():
            done = progress() >= 1
            if done:
                break
            f = progress()
            lr = PEAK * min(1, (step + 1) / 100) * (1 if f < .3 else .5 * (1 + np.cos(np.pi * (f - .3) / .7)) + .005)
            for g in opt.param_groups:
                g["lr"] = lr
            t = time.time()
            m = torch.from_numpy(result.get()).to(device)
            waited += time.time() - t
            ts = [_items[i] for i in batch]
            with torch.autocast(device, torch.bfloat16, enabled=bf16):
                lp, lc = net(m)
            lens = torch.full((len(ts),), lp.shape[1], dtype=torch.long)

            def loss(logits, k):                          # per label; what has no letters (cross) does not count
                n_ = torch.tensor([len(x[k]) for x in ts])
                y = torch.tensor(sum([x[k] for x in ts], []), dtype=torch.long)
                v = ctc(logits.log_softmax(-1).transpose(0, 1), y.to(device), lens, n_).cpu()
                return (v / n_.clamp(min=1) * (n_ > 0)).sum() / (n_ > 0).sum().clamp(min=1)

            l1, l2 = loss(lp, 1), loss(lc, 2)
            opt.zero_grad()
            (l1 + .3 * l2).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5)
            opt.step()
            step += 1
            heard += m.shape[0] * m.shape[1] * fe.HOP / fe.RATE
            recent.append((l1.item(), l2.item()))
            if step % 200 == 0:
                el = time.time() - started
                ph, ch = np.mean(recent[-200:], 0)
                print(f"train [{'#' * int(30 * f):30}] {100 * f:.1f} % step {step} {clock + el:.0f} s, waited {waited:.0f} s, heard {heard / 3600:.1f} h "
                      f"({heard / (clock + el):.0f} x real time), {(clock + el) * (1 - f) / max(f, 1e-3) / 60:.0f} min left, lr {lr:.1e}, loss {ph:.3f} letters {ch:.3f}", flush=True)
            if step % 1500 == 0:
                save(n + 1)
                print("  held-out " + ", ".join(f"{k}: PER {p:.3f} CER {c:.3f}" for k, (p, c) in evaluate(net, held, device).items()), flush=True)
        if not done:
            epoch, skip = epoch + 1, 0
            save(0)
            print(f"train: epoch {epoch} begins; held-out " + ", ".join(f"{k}: PER {p:.3f} CER {c:.3f}" for k, (p, c) in evaluate(net, held, device).items()), flush=True)
    save(0)
    pool.terminate()
    print("train: done; held-out " + ", ".join(f"{k}: PER {p:.3f} CER {c:.3f}" for k, (p, c) in evaluate(net, held, device).items()), flush=True)


if __name__ == "__main__":
    main()
