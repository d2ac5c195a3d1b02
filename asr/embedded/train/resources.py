"""Stage 3: the words. usage: resources.py FOLDER [sentences]

Writes, for each language, into FOLDER:

    <lang>.lex.gz     word <TAB> phonemes, spaced <TAB> penalty (natural log, to be subtracted), a line per pronunciation
    <lang>.lm.txt.gz  count <TAB> one to three words: n-grams of grammar sentences, with <s> and </s>; rare ones pruned

Pronunciations come from espeak-ng: the word alone, in each main accent, and the word inside sentences wherever its phonemes can be
told from its neighbours' (that is how "to" gets its weak form and "mes" its liaison). Rules add French schwa and liaison variants.
"""
import gzip
import math
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from functools import lru_cache
from multiprocessing import Pool
from pathlib import Path

import agree
import frontend as fe
import grammar
import voices

ACCENTS = {"fr": ["fr", "fr-be"], "en": ["en-us", "en-gb"]}            # the first one is free, others cost OTHER_ACCENT
OTHER_ACCENT, MAX_COST, MAX_FORMS = 0.4, 3.0, 6
ELIDED = {"j'": "Z", "l'": "l", "d'": "d", "m'": "m", "n'": "n", "s'": "s", "t'": "t", "c'": "s", "qu'": "k", "quelqu'": "k E l k",
          "aujourd'": "o Z u r d", "jusqu'": "Z y s k", "lorsqu'": "l O r s k", "puisqu'": "p y i s k", "presqu'": "p r E s k",
          "quoiqu'": "k w a k", "entr'": "A~ t r"}
LETTERS = {"fr": {"y": "i"}, "en": {"a": "@"}}                        # words of one letter, beside the letter's name
LETTER_NAME = 2.0                                                       # nats against hearing a letter in free speech ("q" for "que", "u" for "you")
WORDS_OF_ONE_LETTER = {"fr": "aàyôé", "en": "ai"}
SCOWL = ["english-words.10", "english-words.20", "american-words.10", "american-words.20", "british-words.10", "british-words.20",
         "english-contractions.10", "english-contractions.35"]
MIN_COUNT = {1: 1, 2: 2, 3: 2}                                          # n-grams rarer than this are left out
FRENCH_ENDINGS = set("e es s er ez ait ais ent ont ons é ée és ées ant eur euse eurs euses ion ions ment al ale aux ales ir is it rai ra "
                     "rais rait ront rons rez x t nt a as ai iez aient isse issez issons issent issait eux elle elles le les te tes re "
                     "res ge ges if ive ifs ives".split())


def words_file(lang):
    """Return the words of grammar/<lang>.words."""
    lines = (grammar.HERE / "grammar" / f"{lang}.words").read_text(encoding="utf8").splitlines()
    return [w for line in lines if not line.startswith("#") for w in grammar.split(line, lang)]


def vocabulary(lang, counts):
    """Return the sorted lexicon: words of the grammar's sentences, the words file, their inflections, and common words."""
    words = {g[0] for g in counts if len(g) == 1} - {"<s>", "</s>"}
    words |= {w for alts in grammar.rules(lang, True).values() for a in alts for w in grammar.split(re.sub(r"[{<].*?[>}]s?", " ", a), lang)}
    words |= set(words_file(lang)) | {grammar.plural(w) for w in grammar.rules("en", True)["n2"] if lang == "en" and " " not in w}
    words |= {w for s in grammar.SPELL[lang].split() for w in grammar.split(s, lang)}
    if lang == "fr":
        stems = {w[:max(4, len(w) - 2)] for w in words if len(w) > 3}
        for w in grammar.dictionary("fr"):
            if any(w[:i] in stems and w[i:] in FRENCH_ENDINGS for i in range(max(4, len(w) - 5), len(w))):
                words.add(w)
    else:
        d, known = Path("/usr/share/dict/scowl"), set(words)             # of the possessives, only those that somebody says
        common = {w.strip().lower() for f in SCOWL for w in open(d / f, encoding="latin1")}
        words |= {w for w in common if re.fullmatch(r"[a-z]+('[a-z]+)?", w) and len(w) > 1 and not (w.endswith("'s") and w not in known)}
        stems = {w for w in words if len(w) > 3}
        for w in (x.strip() for x in open(d / "english-words.35", encoding="latin1")):
            if re.fullmatch(r"[a-z]+", w) and any(w == s + e for e in ("s", "es", "ed", "d", "ing", "er", "r", "ly") for s in (w[:len(w) - len(e)],) if s in stems):
                words.add(w)
    return sorted(w for w in words if len(w) > 1 or w in set("abcdefghijklmnopqrstuvwxyzàôéèy"))


def espeak_lines(a):
    """Return espeak-ng's phoneme lines for texts: one process for all, or one for each where lines got lost or joined."""
    texts, voice = a
    run = ["espeak-ng", "-q", "-v", voice, "-x", "--sep=_"]
    q = subprocess.run(run + ["--stdin"], input="\n".join(t + "." for t in texts).encode(), capture_output=True).stdout.decode("utf8", "ignore")
    lines = [x for x in q.split("\n") if x.strip()]
    if len(lines) != len(texts):
        lines = [subprocess.run(run + [t], capture_output=True).stdout.decode("utf8", "ignore").replace("\n", " ") for t in texts]
    return lines


def spoken(pool, texts, voice):
    """Return {text: espeak-ng's phoneme line}."""
    parts = [texts[i:i + 100] for i in range(0, len(texts), 100)]
    return {t: x for p, lines in zip(parts, pool.imap(espeak_lines, [(p, voice) for p in parts])) for t, x in zip(p, lines)}


def in_sentences(lang, lines):
    """Count the forms which words take inside sentences, where the phoneme groups match the words one to one."""
    forms = defaultdict(Counter)
    for text, line in lines.items():
        written, groups = text.split(), line.split()
        if len(written) != len(groups):
            continue
        for w, g in zip(written, groups):
            p, parts = voices.phones(g), grammar.split(w, lang)
            for e in parts[:-1]:                          # take the elision's sounds off the front
                head = ELIDED.get(e, "?").split()
                p = p[len(head):] if p[:len(head)] == head else []
            if p and parts:
                forms[parts[-1]][tuple(p)] += 1
    return forms


def rule_variants(word, p):
    """Return [(phonemes, penalty)] that French speech allows beside p: liaison, dropped or added schwa."""
    out = []
    liaison = {"s": "z", "x": "z", "z": "z", "t": "t", "n": "n", "d": "t", "r": "r"}.get(word[-1])
    if liaison and p[-1] != liaison and p[-1] not in ("s", "d") and len(word) > 1:
        out.append((p + [liaison], 1.2))
    if p[-1] == "@" and len(p) > 1:
        out.append((p[:-1], 0.7))
    elif p[-1] not in "aeiouyEOY@W" and word[-1] == "e":
        out.append((p + ["@"], 1.0))
    if len(p) > 3 and "@" in p[1:-1]:
        i = p.index("@", 1)
        out.append((p[:i] + p[i + 1:], 0.7))
    return out + {"il": [(["i"], .7)], "je": [(["S"], 1.0)], "ils": [(["i"], .7)], "plus": [(["p", "l", "y", "s"], .7)]}.get(word, [])


def lexicon(lang, words, sentences):
    """Return {word: {phonemes: penalty}}."""
    lex = defaultdict(dict)

    def add(w, p, cost):
        p = tuple(fe.PHONES[i - 1] for i in fe.phone_ids(p))
        if p and cost <= MAX_COST and cost < lex[w].get(p, 99):
            lex[w][p] = round(cost, 2)

    known = set(words)
    with Pool(1) as pool:
        for k, voice in enumerate(ACCENTS[lang]):
            extra = OTHER_ACCENT * (k > 0)
            alone = spoken(pool, [w for w in words if w not in ELIDED], voice)
            inside = in_sentences(lang, spoken(pool, sentences, voice))
            for w, line in alone.items():
                p = voices.phones(line)
                forms = inside.get(w, Counter())
                top = max(forms.values(), default=0)
                add(w, p, extra if not forms else extra + min(1.0, max(0.0, math.log((top + 1) / (forms[tuple(p)] + 1)))))
                for q, n in forms.items():
                    if n >= 2 and w in known:
                        add(w, list(q), extra + math.log(top / n))
                if lang == "fr" and p:
                    for q, cost in rule_variants(w, p):
                        add(w, q, extra + cost)
    for w in words:
        if w in ELIDED:
            add(w, ELIDED[w].split(), 0)
        if w in LETTERS[lang]:
            add(w, LETTERS[lang][w].split(), 0)
    for w in lex:
        if len(w) == 1 and w not in WORDS_OF_ONE_LETTER[lang]:
            lex[w] = {p: round(c + LETTER_NAME, 2) for p, c in lex[w].items()}
    return {w: dict(sorted(f.items(), key=lambda x: x[1])[:MAX_FORMS]) for w, f in lex.items()}


@lru_cache(None)
def number_words(lang):
    say = grammar.french if lang == "fr" else grammar.english
    return {w for n in range(1000) for w in say(n).split()} | set("abcdefghijklmnopqrstuvwxyz") | {"oh", "comme", "et"} - {"a", "i", "y"}


def only_data(s, lang):
    """Tell whether a sentence has more numbers and letters than words."""
    w = s.split()
    return sum(x in number_words(lang) for x in w) * 2 > len(w)


def main(folder, n=300_000):
    Path(folder).mkdir(parents=True, exist_ok=True)
    for lang in ("fr", "en"):
        r, counts, texts = random.Random(424242), Counter(), set()
        for i in range(n):
            s = grammar.sentence(r, lang, 0, more=True)
            while r.random() < .7 and only_data(s, lang):      # numbers and spelling have grammars of their own in the gateway
                s = grammar.sentence(r, lang, 0, more=True)
            s = agree.agree(s) if lang == "fr" else s
            if len(texts) < 6000 and 2 <= s.count(" ") < 14:
                texts.add(re.sub(r"[^\w' ]", " ", s.lower()))
            w = ["<s>", *grammar.split(s, lang), "</s>"]
            for k in (1, 2, 3):
                counts.update(tuple(w[j:j + k]) for j in range(len(w) - k + 1))
            if i % 20_000 == 19_999:
                print(f"resources {lang} [{'#' * (30 * (i + 1) // n):30}] {i + 1} sentences, {len(counts)} n-grams", flush=True)
        words = vocabulary(lang, counts)
        lex = lexicon(lang, words, sorted(texts))
        write(Path(folder) / f"{lang}.lex.gz", (f"{w}\t{' '.join(p)}\t{c:g}" for w in sorted(lex) for p, c in sorted(lex[w].items(), key=lambda x: x[1])))
        kept = [(g, c) for g, c in counts.items() if c >= MIN_COUNT[len(g)]]
        write(Path(folder) / f"{lang}.lm.txt.gz", (f"{c}\t{' '.join(g)}" for g, c in sorted(kept)))
        print(f"resources {lang}: {len(lex)} words, {sum(map(len, lex.values()))} pronunciations, {len(kept)} of {len(counts)} n-grams; "
              f"{(Path(folder) / f'{lang}.lex.gz').stat().st_size} and {(Path(folder) / f'{lang}.lm.txt.gz').stat().st_size} bytes", flush=True)


def write(path, lines):
    """Write gzipped lines; the same lines make the same bytes."""
    with open(path, "wb") as f, gzip.GzipFile(fileobj=f, mode="wb", mtime=0, compresslevel=9, filename="") as z:
        z.write("".join(x + "\n" for x in lines).encode())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 300_000)
