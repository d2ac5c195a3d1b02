#!/usr/bin/env python3
"""Writes the number fixture beside this file from ICU's rule-based number formatting.

    apt-get install python3-icu && /usr/bin/python3 flows/entity/testdata/icu/make.py

Every file is the spoken form of 0 .. 999 999 in order, one line each, then of a seeded
sample up to 10^9. A line holds how many bytes to drop from the end of the line before and
what to append then, so that the lines of each thousand repeat and gzip takes them well: the
text is ICU's, only its repetition is left out. The lines of the sample begin with "=", the
number and a space, and are whole.
"""
import gzip
import os
import random

import icu

FORMS = [  # file, locale, rule set
    ("fr", "fr", "%spellout-cardinal-masculine"),
    ("fr-feminine", "fr", "%spellout-cardinal-feminine"),
    ("fr-BE", "fr_BE", "%spellout-cardinal-masculine"),
    ("fr-CH", "fr_CH", "%spellout-cardinal-masculine"),
    ("en", "en", "%spellout-cardinal"),
    ("en-and", "en", "%spellout-cardinal-verbose"),
    ("fr-ordinal", "fr", "%spellout-ordinal-masculine"),
    ("en-ordinal", "en", "%spellout-ordinal"),
]
SMALL = {"fr-feminine": 10_000, "fr-ordinal": 1000, "en-ordinal": 1000}  # the others: a million


def lines(locale, rules, count):
    spell = icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, icu.Locale(locale))
    spell.setDefaultRuleSet(rules)
    # ICU marks where a number may be broken with soft hyphens; a caller says none.
    text = lambda n: spell.format(n).replace("\u00ad", "")
    last = b""
    for n in range(count):
        here = text(n).encode()
        same = len(os.path.commonprefix([last, here]))
        yield b"%d %s\n" % (len(last) - same, here[same:])
        last = here
    if count == 1_000_000:
        rng = random.Random(20261122)
        for _ in range(2000):
            n = int(10 ** rng.uniform(6, 9))
            yield b"=%d %s\n" % (n, text(n).encode())
        yield b"=1000000000 %s\n" % text(10**9).encode()


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    for name, locale, rules in FORMS:
        data = b"".join(lines(locale, rules, SMALL.get(name, 1_000_000)))
        packed = gzip.compress(gzip.compress(data, 9, mtime=0), 9, mtime=0)  # twice: the first leaves repeats
        with open(os.path.join(here, name + ".gz.gz"), "wb") as f:
            f.write(packed)
        print(name, "ICU", icu.ICU_VERSION, len(data), "->", len(packed))


if __name__ == "__main__":
    main()
