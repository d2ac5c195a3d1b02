"""Write the frozen test sets once: ids, held-out voice, speed and pitch per item, and spoken eight-digit numbers.

This ran before any training (see the repository's history) and refuses to run again over existing files: a test set that
changes is not a test set. Sentences were written by hand, not produced by the training grammar; `grammar.frozen()` keeps the
generator from ever saying one of them.
"""
import random
import sys
from pathlib import Path

HELD = ["f3", "m5", "Annie", "Hugo", "klatt3", "steph2", "victor", "paul", "linda", "Jacky", "Mario", "zac"]
BASE = {"fr": ["fr", "fr", "fr", "fr-be", "fr-ch"], "en": ["en-us", "en-gb", "en-us", "en-gb"]}
UNITS = {
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split(),
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
          "eighteen nineteen".split(),
}


def pair(n, lang):
    """Return the spoken form of a two-digit pair, leading zero said ("zéro six", "oh" is never used)."""
    u = UNITS[lang]
    if n < 10:
        return u[0] + " " + u[n]
    if n < len(u):
        return u[n]
    if lang == "en":
        tens = "twenty thirty forty fifty sixty seventy eighty ninety".split()[n // 10 - 2]
        return tens + (" " + u[n % 10] if n % 10 else "")
    if n < 20:
        return "dix " + u[n - 10]
    if n >= 80:
        return "quatre vingts" if n == 80 else "quatre vingt " + pair(n - 80, lang).removeprefix("zéro ")
    if n >= 70:
        return "soixante et onze" if n == 71 else "soixante " + pair(n - 60, lang)
    tens = "vingt trente quarante cinquante soixante".split()[n // 10 - 2]
    return tens + (" et un" if n % 10 == 1 else " " + u[n % 10] if n % 10 else "")


def main(folder, seed=20241):
    """Read fr.txt and en.txt in `folder`, write fr.tsv, en.tsv, digits.tsv and manifest.tsv beside them."""
    d = Path(folder)
    if (d / "manifest.tsv").exists():
        sys.exit("the test sets are frozen already")
    r, manifest = random.Random(seed), []

    def render(i, ident, lang):
        variant = HELD[i % len(HELD)]
        manifest.append((ident, lang, f"{BASE[lang][i % len(BASE[lang])]}+{variant}", int(r.triangular(125, 215, 165)), r.randint(25, 75)))

    for lang in ("fr", "en"):
        lines = [s for s in (d / f"{lang}.txt").read_text().splitlines() if s]
        with open(d / f"{lang}.tsv", "w") as f:
            for i, s in enumerate(lines):
                ident = f"{lang}{i + 1:03d}"
                f.write(f"{ident}\t{s}\n")
                render(i, ident, lang)
        (d / f"{lang}.txt").unlink()
    with open(d / "digits.tsv", "w") as f:
        for lang in ("fr", "en"):
            for i in range(60):
                n = f"{r.randrange(10 ** 8):08d}"
                words = " ".join(pair(int(n[k:k + 2]), lang) for k in range(0, 8, 2)) if i % 2 == 0 else " ".join(UNITS[lang][int(c)] for c in n)
                ident = f"{lang}d{i + 1:02d}"
                f.write(f"{ident}\t{lang}\t{words}\t{n}\n")
                render(i, ident, lang)
    (d / "manifest.tsv").write_text("".join("\t".join(map(str, m)) + "\n" for m in manifest))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
