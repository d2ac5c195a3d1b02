"""What the synthetic callers say: a grammar of spoken hotline sentences, in French and English.

The grammar lives in grammar/fr.txt and grammar/en.txt, one rule per line:

    name: alternative|alternative|...      {x} expands rule x, {x}s its plural, <x> calls a generator below

A name that comes back adds alternatives to the earlier line. grammar/<lang>.more.txt holds alternatives which only the language
model and the lexicon read: words that the acoustic model need not have heard. Sentences of the frozen test sets are never
produced (see `frozen`).
"""
import random
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

HERE = Path(__file__).parent
TESTS = HERE.parent / "testdata" / "frozen"

FR_UNITS = "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
EN_UNITS = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
            "eighteen nineteen").split()
EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
EN_ORDINALS = ("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
               "sixteenth seventeenth eighteenth nineteenth twentieth").split()
SPELL = {
    "fr": "anatole anne berthe bernard béatrice célestin camille désiré david eugène émile françois gaston georges henri irma isabelle "
          "joseph jean kléber louis lucien marcel marie nicolas oscar olivier pierre paul quintal raoul robert suzanne sophie "
          "thérèse thomas ursule victor william xavier yvonne zoé",
    "en": "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra tango "
          "uniform victor whiskey yankee zulu apple boy dog easy george harry john king mary nancy peter queen sam tom zebra",
}


def french(n):
    """Spell 0 <= n < 1,000,000 in French words, without hyphens."""
    if n < 17:
        return FR_UNITS[n]
    if n < 20:
        return "dix " + FR_UNITS[n - 10]
    if n < 70:
        tens, r = ["vingt", "trente", "quarante", "cinquante", "soixante"][n // 10 - 2], n % 10
        return tens if r == 0 else tens + (" et un" if r == 1 else " " + FR_UNITS[r])
    if n < 80:
        return "soixante et onze" if n == 71 else "soixante " + french(n - 60)
    if n < 100:
        return "quatre vingts" if n == 80 else "quatre vingt " + french(n - 80)
    if n < 1000:
        h, r = divmod(n, 100)
        return (("" if h == 1 else FR_UNITS[h] + " ") + "cent " + (french(r) if r else "")).strip()
    h, r = divmod(n, 1000)
    return (("" if h == 1 else french(h) + " ") + "mille " + (french(r) if r else "")).strip()


def english(n):
    """Spell 0 <= n < 1,000,000 in English words, without hyphens."""
    if n < 20:
        return EN_UNITS[n]
    if n < 100:
        return EN_TENS[n // 10 - 2] + (" " + EN_UNITS[n % 10] if n % 10 else "")
    if n < 1000:
        return EN_UNITS[n // 100] + " hundred" + (" and " + english(n % 100) if n % 100 else "")
    return english(n // 1000) + " thousand" + (" " + english(n % 1000) if n % 1000 else "")


def plural(s):
    """Return the English plural of the last word of s."""
    head, _, w = s.rpartition(" ")
    irregular = {"child": "children", "woman": "women", "man": "men", "person": "people", "wife": "wives", "shelf": "shelves"}
    if w in irregular:
        w = irregular[w]
    elif re.search(r"(s|x|ch|sh)$", w):
        w += "" if w.endswith("s") and not w.endswith("ss") else "es"
    elif re.search(r"[^aeiou]y$", w):
        w = w[:-1] + "ies"
    else:
        w += "s"
    return (head + " " + w).strip()


def parse(*paths):
    """Read rule files into {name: [alternatives]}; later lines extend earlier ones."""
    rules = {}
    for p in paths:
        for line in p.read_text(encoding="utf8").splitlines():
            if line.strip() and not line.startswith("#"):
                k, v = line.split(":", 1)
                rules.setdefault(k, []).extend(v.strip().split("|"))
    for k, alts in rules.items():
        for a in alts:
            for m in re.findall(r"\{(\w+)\}", a):
                assert m in rules, f"rule {k!r} names {m!r}, which does not exist"
    return rules


@lru_cache(None)
def rules(lang, more=False):
    """Return the rules of a language; more=True adds what only the language model reads."""
    extra = HERE / "grammar" / f"{lang}.more.txt"
    return parse(HERE / "grammar" / f"{lang}.txt", *([extra] if more and extra.exists() else []))


def generated(r, kind, lang):
    """Expand one <kind>: digits, numbers, dates, hours, spelling."""
    fr = lang == "fr"
    num = french if fr else english
    zero = num(0) + " "

    def singles(n):
        return " ".join("oh" if not fr and oh and d == 0 else num(d) for d in (r.randint(0, 9) for _ in range(n)))

    def pair():
        n = r.randint(0, 99)
        return zero + num(n) if n < 10 else num(n)

    oh = r.random() < .25
    if kind == "digit":
        return num(r.randint(0, 9))
    if kind == "dig":
        return singles(r.randint(2, 6))
    if kind == "dig8":
        return singles(8)
    if kind == "pairs":
        return " ".join(pair() for _ in range(r.randint(2, 4)))
    if kind == "pairs8":
        return " ".join(pair() for _ in range(4))
    if kind == "mixed8":
        return " ".join(pair() if r.random() < .5 else singles(2) for _ in range(4))
    if kind == "phone":
        return zero + num(r.randint(1, 9)) + " " + " ".join(pair() for _ in range(4)) if fr else singles(r.choice((7, 10)))
    if kind == "num":
        return num(int(10 ** r.uniform(0.3, 3.6)))
    if kind == "num31":
        return num(r.randint(2, 31))
    if kind == "post":
        return num(r.randint(1, 95)) + " " + r.choice(["mille", num(r.randint(1, 9)) + " cents", num(r.randint(100, 990))])
    if kind == "year":
        return num(r.randint(1940, 2030)) if fr else num(r.randint(19, 20)) + " " + num(r.randint(10, 99))
    if kind == "hour":
        h = r.randint(1, 23 if fr else 12)
        if not fr:
            return num(h) + r.choice([" o'clock", "", " thirty", " fifteen", " pm", " am", " forty five"])
        minutes = ["", "", " trente", " quinze", " et demie", " et quart", " moins le quart", " quarante cinq", " " + num(r.randint(1, 59))]
        return ("une" if h == 1 else num(h)) + " heure" + ("s" if h > 1 else "") + r.choice(minutes)
    if kind == "date":
        d, m = r.randint(1, 31), r.choice(rules(lang)["month"])
        if fr:
            return ("premier" if d == 1 else num(d)) + " " + m
        return m + " " + (EN_ORDINALS[d - 1] if d <= 20 else num(d))
    if kind == "ordinal":
        return r.choice(EN_ORDINALS)
    if kind == "spell":
        return " ".join(r.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(r.randint(2, 7)))
    if kind == "letter":
        return r.choice("abcdefghijklmnopqrstuvwxyz")
    if kind == "spellas":
        words = [r.choice(SPELL[lang].split()) for _ in range(r.randint(1, 5))]
        return " ".join(normal(w)[0] + (" comme " if fr else r.choice([" as in ", " for ", " like "])) + w for w in words)
    raise KeyError(kind)


def expand(r, lang, name="S", more=False, depth=0):
    """Expand a rule at random; beyond depth 5 it prefers alternatives with little left to expand."""
    def sub(m):
        if m.group(3):
            return generated(r, m.group(3), lang)
        s = expand(r, lang, m.group(1), more, depth + 1)
        return plural(s) if m.group(2) else s

    alts = rules(lang, more)[name]
    a = r.choice(alts)
    if depth > 5:
        a = min((r.choice(alts) for _ in range(4)), key=lambda s: s.count("{"))
    return re.sub(r"\{(\w+)\}(s\b)?|<(\w+)>", sub, a)


VOWEL = r"(?!on[zc]|oui|un\b|une\b|huit)[aeiouéèêœ]\w|h(?:eure|ôtel|ôpital|oraire|istor)"
REPAIR = {
    "fr": [(rf"\b([ldLD])(?:e|a) (?={VOWEL})", r"\1'"), (r"\bde le\b", "du"), (r"\bde les\b", "des"), (r"\bde des\b", "de"),
           (r"\bà le\b", "au"), (r"\bà les\b", "aux"), (r"\bde du\b", "du"), (r"\bque (?=un|on\b|il|elle)", "qu'"),
           (r"\bde (?=un\b|une\b|il|elle|on\b)", "d'"), (r"\bje (?=ai|habite|attends|appelle|arrive|utilise)", "j'"), (r"\bsi il", "s'il")],
    "en": [(r"\ba (?=[aeio]|umb|un[a-hj-z]|up|hour)", "an "), (r"\ban (?=[bcdfgjklmnpqrstvwxyz]|h(?!our))", "a ")],
}


def normal(s):
    """Fold text to the letters that the network's letter head knows: a-z, é è ç, apostrophe and space."""
    s = s.lower().replace("œ", "oe").replace("æ", "ae").replace("’", "'")
    out = []
    for ch in s:
        if ch in "éèç":
            out.append(ch)
        elif ch in "êë":
            out.append("è")
        elif ch in "-.,;:!?\"":
            out.append(" ")
        else:
            d = unicodedata.normalize("NFD", ch)[0]
            if d.isascii() and (d.isalpha() or d in " '"):
                out.append(d)
    return re.sub(r"\s+", " ", "".join(out)).strip()


def split(s, lang):
    """Return the language model's words of s: lower case with its accents, no punctuation. A French elision is a word of its own
    ("j'ai" -> "j'", "ai"); an English contraction stays whole ("don't")."""
    s = re.sub(r"[^\w' ]|[\d_]", " ", s.lower().replace("’", "'"))
    return (re.sub(r"'(?=\S)", "' ", s) if lang == "fr" else s).split()


@lru_cache(None)
def frozen():
    """Return the normalised sentences of three words or more which the grammar must never produce."""
    out = set()
    for lang in ("fr", "en"):
        for line in (TESTS / f"{lang}.tsv").read_text(encoding="utf8").splitlines():
            s = normal(line.split("\t")[1])
            if s.count(" ") >= 2:
                out.add(s)
    return out


@lru_cache(None)
def dictionary(lang):
    """Return the words of Debian's word list (wfrench, wamerican): lower case, letters only, not too long."""
    f, longest = ("/usr/share/dict/french", 12) if lang == "fr" else ("/usr/share/dict/american-english", 11)
    words = (w.strip() for w in open(f, encoding="utf8"))
    return [w for w in words if w.isalpha() and w.islower() and 2 <= len(w) <= longest and (lang == "fr" or w.isascii())]


CARRIERS = {
    "fr": "c'est {} qui {}|je voudrais {} et {}|le {} de {}|il y a {} dans {}|{} avec {}|j'ai dit {}|mon {} est {}|vous avez {}|une {} pour {}|pas {} mais {}",
    "en": "it is {} and {}|i want {} or {}|the {} of {}|there is {} in {}|{} with {}|i said {}|my {} is {}|you have {}|a {} for {}|not {} but {}",
}


def unusual(r, lang):
    """Return random dictionary words, bare or in a carrier phrase: sounds in orders the grammar never makes."""
    words, common = dictionary(lang), rules(lang)["noun" if lang == "fr" else "n2"]

    def word():
        return r.choice(words) if r.random() < .7 else r.choice(common)

    if r.random() < .4:
        c = r.choice(CARRIERS[lang].split("|"))
        return c.format(*[word() for _ in range(c.count("{}"))])
    return " ".join(word() for _ in range(r.randint(1, 7)))


SHORT = {
    "fr": "oui non|oui oui|ouais|d'accord|merci|bonjour|allô|au revoir|stop|annuler|répéter|répétez|aide|conseiller|un conseiller|retour|"
          "oui merci|non merci|oui c'est ça|c'est ça|exact|exactement|pas du tout|bien sûr|valider|suivant|continuer|étoile|dièse|"
          "je ne sais pas|commande|livraison|facture|rendez vous|réclamation|matin|après midi|demain|aujourd'hui|lundi|mardi|mercredi|"
          "jeudi|vendredi|samedi|dimanche|madame|monsieur|attendez|pardon|comment",
    "en": "yes please|no thanks|yeah|yep|nope|okay|right|correct|thanks|thank you|hello|goodbye|stop|cancel|repeat|help|agent|operator|"
          "an agent|back|that's right|that's it|exactly|not at all|sure|confirm|next|continue|star|pound|i don't know|order|delivery|"
          "invoice|billing|appointment|complaint|morning|afternoon|tomorrow|today|monday|tuesday|wednesday|thursday|friday|saturday|"
          "sunday|wait|sorry|pardon|oh",
}


def short(r, lang):
    """Return one short answer: a digit (half of them), yes or no, a letter, a few digits, a command."""
    kind = r.random()
    if kind < .5:
        return generated(r, "digit", lang)
    if kind < .62:
        return r.choice(["oui", "non"] if lang == "fr" else ["yes", "no"])
    if kind < .7:
        return generated(r, "letter", lang)
    if kind < .8:
        return " ".join(generated(r, "digit", lang) for _ in range(r.randint(2, 3)))
    return r.choice(SHORT[lang].split("|"))


def sentence(r, lang, odd=0.2, more=False):
    """Return one sentence; with probability `odd`, of random words. Never one of the frozen test sentences."""
    if r.random() < odd:
        return unusual(r, lang)
    while True:
        s = expand(r, lang, more=more)
        for a, b in REPAIR[lang]:
            s = re.sub(a, b, s)
        if len(s) < 110 and normal(s) not in frozen():
            return s


if __name__ == "__main__":
    R = random.Random(1)
    for lang in ("fr", "en"):
        for _ in range(30):
            print(lang, sentence(R, lang))
