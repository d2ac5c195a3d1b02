"""Synthesised callers: audio at 8 kHz with the phonemes that were really said.

Kinds of speech, one shard file of pickled `Utterance`s at a time:

    espeak   espeak-ng, both languages, every accent and voice variant that is not held out
    pico     SVOX Pico, three voices built from human recordings: French, American and British English, other throats by resampling
    flite    three voices built from human recordings, English
    fest     Festival's two English diphone voices, also from human recordings
    cross    Italian, Czech, Finnish and South Indian diphones (human recordings) saying French phonemes: foreign mouths that say
             French, and the labels are the sounds they really make
    held     espeak-ng variants that no training shard uses, for watching training and choosing decoder settings

One in eight utterances of pico, flite and fest is a digit, a letter, "oui" or another short answer, cut tightly: that is how callers
answer. NOTICE names the voices and their licences. flite's `slt` is not used: it stays an unseen human-derived voice for tests.
"""
import os
import pickle
import random
import re
import shutil
import subprocess
import tempfile
import wave
from collections import namedtuple
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from scipy.signal import resample_poly

import grammar

Utterance = namedtuple("Utterance", "lang voice text phones pcm")      # pcm: int16, 8 kHz

RATE = 8000
VARIANT_DIR = next(Path("/usr/lib").glob("*/espeak-ng-data/voices/!v"), Path("/usr/share/espeak-ng-data/voices/!v"))
UNLIKE_SPEECH = ("fast", "whisper", "obot", "Demonic", "Mr serious", "Tweaky", "Storm", "croak", "robosoft")
HELD = ["f3", "m5", "Annie", "Hugo", "klatt3", "steph2", "victor", "paul", "linda", "Jacky", "Mario", "zac"]
ACCENTS = {"fr": ["fr", "fr", "fr", "fr-be", "fr-ch"],
           "en": ["en-us", "en-gb", "en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-us-nyc"]}
FRENCH_SHARE = 0.57                     # of espeak; with the other kinds, French is about 55 % of all speech
SCRATCH = "/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir()


def variants():
    """Return the espeak-ng voice variants used in training."""
    return sorted(v for v in os.listdir(VARIANT_DIR) if v not in HELD and not any(b in v for b in UNLIKE_SPEECH))


def phones(s):
    """Read espeak-ng's `-x --sep=_` output as a list of phonemes, stress and length variants merged."""
    s = re.sub(r"[',%=|\-]|\(\w+\)", "", s.replace("\n", " ").replace("_:", ""))
    out = []
    for w in s.split():
        for p in w.split("_"):
            p = re.sub(r"[:!;\[]", "", p)
            if len(p) > 1:
                p = re.sub(r"[0-9#]+$", "", p) or p
            if p:
                out.append(p)
    return out


def pronounce(text, voice):
    """Return espeak-ng's phonemes for a text."""
    q = subprocess.run(["espeak-ng", "-q", "-v", voice, "-x", "--sep=_", text], capture_output=True, timeout=20)
    return phones(q.stdout.decode("utf8", "ignore").strip())


def read8k(path, throat=1.0):
    """Read a mono wav of any rate as float samples at 8 kHz, in int16 units; `throat` shifts pitch and formants up by that factor."""
    with wave.open(str(path)) as w:
        rate, x = w.getframerate(), np.frombuffer(w.readframes(w.getnframes()), np.int16).astype(np.float32)
    up, down = RATE * 50, rate * round(50 * throat)
    g = np.gcd(up, down)
    return x if up == down else resample_poly(x, up // g, down // g)


def another(r):
    """Return a factor for `read8k`: half of the time the voice's own throat, else a shorter or longer one."""
    return 1.0 if r.random() < .5 else r.uniform(.88, 1.12)


def tight(r, x, most=.08):
    """Cut the silence around x to at most `most` seconds on each side."""
    loud = np.flatnonzero(np.abs(x) > .03 * np.abs(x).max())
    if not len(loud):
        return x
    a, b = (int(r.uniform(0, most) * RATE) for _ in range(2))
    return x[max(0, loud[0] - a):loud[-1] + b]


def int16(x):
    return np.clip(x, -32767, 32767).astype(np.int16)


def espeak(text, voice, speed, pitch, gap=0):
    """Say a text with espeak-ng. Returns (phonemes, float samples).

    espeak-ng 1.51 ignores the variant in "en-gb+f3"; "en" is the same British voice and heeds it. The weights in the repository
    were trained before this was known: what they heard as British variants (held ones too) was the plain British voice, so the
    next training hears more British voices than theirs did.
    """
    voice = re.sub(r"^en-gb\+", "en+", voice)
    path = f"{SCRATCH}/espeak-{os.getpid()}.wav"
    q = subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "-g", str(gap), "-w", path, "-x", "--sep=_", text],
                       capture_output=True, timeout=20)
    try:
        return phones(q.stdout.decode("utf8", "ignore").strip()), read8k(path)
    finally:
        if os.path.exists(path):
            os.unlink(path)


def say_espeak(r, lang, names):
    text = grammar.sentence(r, lang, 0.25)
    voice = r.choice(ACCENTS[lang]) + "+" + r.choice(names)
    ph, x = espeak(text, voice, int(r.triangular(105, 250, 165)), r.randint(10, 90), r.choice([0, 0, 0, 2, 5]))
    return Utterance(lang, voice, grammar.normal(text), ph, int16(x))


SHORT = 0.125                           # share of short answers in speech made from human recordings


def answer(r, lang, odd):
    """Return (text, whether it is a short answer) for a voice built from recordings."""
    return (grammar.short(r, lang), True) if r.random() < SHORT else (grammar.sentence(r, lang, odd), False)


def say_flite(r):
    text, brief = answer(r, "en", 0.3)
    voice, path = r.choice(["awb", "rms", "kal16", "awb", "rms"]), f"{SCRATCH}/flite-{os.getpid()}.wav"
    subprocess.run(["flite", "-voice", voice, "--setf", f"duration_stretch={r.uniform(.7, 1.35):.2f}",
                    "--setf", f"int_f0_target_mean={r.uniform(80, 230):.0f}", "--setf", f"int_f0_target_stddev={r.uniform(5, 40):.0f}",
                    "-t", text, "-o", path], capture_output=True, timeout=20)
    x = read8k(path, another(r))
    return Utterance("en", "flite-" + voice, grammar.normal(text), pronounce(text, "en-us"), int16(tight(r, x) if brief else x))


PICO = {"fr-FR": "fr", "en-US": "en-us", "en-GB": "en-gb"}          # Pico's voice -> espeak-ng's, which tells the phonemes


def say_pico(r):
    """Say a text with SVOX Pico. Its three voices are women's; slower playing with a lower pitch makes men of nearly half of them."""
    voice = r.choices(list(PICO), (8, 1.7, 1.3))[0]
    lang, path = voice[:2], f"{SCRATCH}/pico-{os.getpid()}.wav"
    text, brief = answer(r, lang, 0.25)
    throat, level = (r.uniform(.78, .92), r.uniform(60, 95)) if r.random() < .45 else (r.uniform(.92, 1.12), r.uniform(75, 140))
    speed = r.uniform(75, 140) / throat
    said = f"<speed level='{speed:.0f}'><pitch level='{level:.0f}'>{escape(text)}</pitch></speed>"
    if os.path.exists(path):
        os.unlink(path)                                 # what fails leaves no file, and must not return the one before
    subprocess.run(["pico2wave", "-l", voice, "-w", path, said], capture_output=True, timeout=20)
    x = tight(r, read8k(path, throat), .08 if brief else .2)
    return Utterance(lang, "pico-" + voice, grammar.normal(text), pronounce(text, PICO[voice]), int16(x))


# Foreign diphones. Each table: French phoneme -> (what the voice is told to say, what that sounds like in our symbols).
ITALIAN = {p: (p, p) for p in "a e E i o O u l m n p t k b d g f v s z S j w r".split()}
ITALIAN.update({"y": ("i", "i"), "Y": ("e", "e"), "W": ("E", "E"), "@": ("e", "e"), "Z": ("dZ", "dZ"), "A~": ("a n", "a n"),
                "O~": ("o n", "o n"), "E~": ("E n", "E n"), "W~": ("E n", "E n")})
CZECH = {p: (p, p) for p in "a l m n p t k b d f v s z j".split()}
CZECH.update({"e": ("e", "E"), "E": ("e", "E"), "i": ("i:", "i"), "o": ("o", "O"), "O": ("o", "O"), "u": ("u:", "u"), "g": ("g", "g"),
              "y": ("i:", "i"), "Y": ("e:", "E"), "W": ("e", "E"), "@": ("e", "E"), "S": ("s~", "S"), "Z": ("z~", "Z"), "w": ("v", "v"),
              "r": ("ch", "r"), "A~": ("a n", "a n"), "O~": ("o n", "O n"), "E~": ("e n", "E n"), "W~": ("e n", "E n")})
FINNISH = {p: (p, p) for p in "a e i o u y l m n p t k b d g f v s j r".split()}
FINNISH.update({"E": ("e", "e"), "O": ("o", "o"), "Y": ("7", "Y"), "W": ("7", "W"), "@": ("7", "@"), "z": ("s", "s"), "S": ("s", "s"),
                "Z": ("s", "s"), "w": ("v", "v"), "A~": ("a n", "a n"), "O~": ("o n", "o n"), "E~": ("e n", "e n"), "W~": ("7 n", "W n")})
INDIAN = {p: (p, p) for p in "l m n p k b g f v s r".split()}                  # one man, recorded for Tamil; t and d dental, as in French
INDIAN.update({"a": ("aa", "a"), "e": ("ee", "e"), "E": ("eh", "E"), "i": ("iy", "i"), "o": ("oo", "o"), "O": ("oh", "O"), "u": ("uw", "u"),
               "y": ("iy", "i"), "Y": ("ee", "e"), "W": ("eh", "E"), "@": ("eh", "E"), "t": ("th", "t"), "d": ("dh", "d"), "z": ("s", "s"),
               "S": ("sh", "S"), "Z": ("j", "dZ"), "j": ("y", "j"), "w": ("v", "v"), "A~": ("aa n", "a n"), "O~": ("oo n", "o n"),
               "E~": ("eh n", "E n"), "W~": ("eh n", "E n")})
FOREIGN = {"voice_lp_diphone": ITALIAN, "voice_pc_diphone": ITALIAN, "voice_czech_ph": CZECH, "voice_czech_dita": CZECH,
           "voice_czech_krb": CZECH, "voice_czech_machac": CZECH, "voice_suo_fi_lj_diphone": FINNISH, "voice_hy_fi_mv_diphone": FINNISH,
           "voice_telugu_NSK_diphone": INDIAN}
FESTIVAL_ENGLISH = ["voice_kal_diphone", "voice_ked_diphone"]


def foreign_segments(r, ph, voice):
    """Return (Festival segment list, phonemes really said) for French phonemes through a foreign voice, or None if it cannot."""
    table = FOREIGN[voice]
    if not ph or len(ph) > 70 or any(p not in table for p in ph):
        return None
    pitch = r.uniform(150, 230) if "dita" in voice else r.uniform(85, 150)
    pause = "(pau 0.15)" if table is INDIAN else "(# 0.15)"
    rate, segs, said = r.uniform(.7, 1.25), [pause], []
    for j, p in enumerate(ph):
        tell, sound = table[p]
        if table is CZECH and p == "r" and r.random() < .4:
            tell = "r"
        for u in tell.split():
            long = r.gauss(.085, .02) if u[0] in "aeiouyEO7" else r.gauss(.07, .015)
            long *= rate * (1.6 if j == len(ph) - 1 else 1)
            pitch = min(260, max(70, pitch * r.gauss(1, .05)))
            segs.append(f"({u} {max(.03, long):.3f} (0.01 {pitch:.0f}))")
        said += sound.split()
    return " ".join(segs + [pause]), said


def festival(kind, voice, seed, n):
    """Say n utterances with one Festival process (its start is what costs). Returns the utterances that worked."""
    r, d = random.Random(seed), tempfile.mkdtemp(dir=SCRATCH)
    script, meta = [f"({voice})"], []
    for i in range(n):
        if kind == "fest":
            text, brief = answer(r, "en", 0.3)
            text = grammar.normal(text)
            said = pronounce(text, "en-us")
            synth = f"(Parameter.set 'Duration_Stretch {r.uniform(.7, 1.3):.2f}) (utt.synth (Utterance Text \"{text}\"))"
            synth = synth.replace("(utt.synth", "(set! u (utt.synth", 1) + ")"
        else:
            text, brief = "", False                     # the letters were not what was said
            got = foreign_segments(r, pronounce(grammar.sentence(r, "fr", 0.3), "fr"), voice)
            if got is None:
                continue
            segs, said = got
            synth = f"(set! u (utt.synth (Utterance Segments ({segs}))))"
        script.append(f"(unwind-protect (begin {synth} (utt.save.wave u \"{d}/{i}.wav\")))")
        meta.append((i, text, said, brief))
    try:
        (Path(d) / "s.scm").write_text("\n".join(script))
        subprocess.run(["festival", "-b", f"{d}/s.scm"], capture_output=True, timeout=300)
        out = []
        for i, text, said, brief in meta:
            if os.path.exists(f"{d}/{i}.wav"):
                x = read8k(f"{d}/{i}.wav", another(r))
                x = tight(r, x) if brief else x
                out.append(Utterance("en" if kind == "fest" else "fr", voice, text, said, int16(x / (np.abs(x).max() + 1) * 20000)))
        return out
    finally:
        shutil.rmtree(d)


def shard(kind, n, seed, tick=lambda k: None):
    """Make up to n utterances of one kind; the same seed makes the same shard. Too short or failed ones are left out."""
    out, bad = [], 0
    if kind in ("fest", "cross"):
        names = FESTIVAL_ENGLISH if kind == "fest" else list(FOREIGN)
        for i in range(n // 50):
            out += festival(kind, names[i % len(names)], seed + i, 50)
            tick(50)
    else:
        names = HELD if kind == "held" else variants()
        for i in range(n):
            r = random.Random(seed + i)
            try:
                say = {"flite": say_flite, "pico": say_pico}.get(kind)
                out.append(say(r) if say else say_espeak(r, "fr" if r.random() < FRENCH_SHARE else "en", names))
            except (OSError, EOFError, wave.Error, subprocess.SubprocessError):
                bad += 1                                # espeak-ng trips over a voice file now and then
            tick(1)
    assert bad < n / 20, f"{kind}: {bad} of {n} utterances failed; are the Debian packages installed?"
    return [u for u in out if len(u.pcm) > 1000 and u.phones]


def save(path, utterances):
    """Write a shard; the file appears whole or not at all, so that a trainer may wait for it."""
    tmp = str(path) + ".part"
    with open(tmp, "wb") as f:
        pickle.dump([tuple(u) for u in utterances], f, protocol=4)
    os.replace(tmp, path)


def load(path):
    with open(path, "rb") as f:
        return [Utterance(*u) for u in pickle.load(f)]
