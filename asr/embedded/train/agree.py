"""French agreement for the language model's sentences.

The grammar joins any article, noun and adjective, which is good enough to be pronounced ("mes nouveau facture" sounds right); a language
model that counts it would spell so. `agree` mends noun phrases: article, adjectives and noun get the noun's gender and the article's number.
Genders are guessed from endings, with the exceptions that occur in the grammar.
"""
import re
from functools import lru_cache

import grammar

PLURAL_DET = "les des mes tes ses nos vos leurs ces aux deux trois quatre cinq quelques plusieurs".split()
DETS = {  # singular masculine, feminine, plural
    "le": ("le", "la", "les"), "un": ("un", "une", "des"), "mon": ("mon", "ma", "mes"), "son": ("son", "sa", "ses"),
    "ce": ("ce", "cette", "ces"), "du": ("du", "de la", "des"), "notre": ("notre", "notre", "nos"), "votre": ("votre", "votre", "vos"),
    "leur": ("leur", "leur", "leurs"), "au": ("au", "à la", "aux")}
BASE = {form: k for k, forms in DETS.items() for form in forms if " " not in form}
for d in ("deux", "trois", "quelques", "plusieurs"):
    BASE[d] = d
MASCULINE = set("""compte code chèque téléphone portable meuble article message site formulaire siège voyage bagage garage étage immeuble village
livre magazine vase verre litre mètre casque problème service modèle sinistre poste horaire salaire anniversaire interphone disque répertoire
lave mode grille chauffage centime prélèvement bordereau contenu dommage mensonge manque nuage orage fromage beurre sucre gendre oncle homme
pilote ministre juge arbre chiffre timbre titre nombre ventre centre cadre ordre cercle siècle spectacle miracle obstacle vinaigre poivre
signe domaine phénomène système thème poème rêve style rythme symbole contrôle rôle vote geste reste texte contexte prétexte doute
quatre type groupe principe téléphone microphone organe crâne domicile véhicule ménage mariage visage virage chantage avantage garage passage
paysage potage partage orage stage usage nuage péage relevé dégât guichet abonnement employé échange état avion avis identifiant internet incident
historique utilisateur opérateur électricien hôtel hôpital hiver été an aéroport emballage impôt intérêt ami appareil envoi essai examen
objet père frère docteur ordinateur avoir accès accord achat appel argent écran email enfant appartement""".split())
FEMININE = set("""fleur fleurs clé eau fois couleur erreur télé box fin main odeur chaleur clef mer mère sœur femme fille vis paire chaussures baskets
chaussettes lunettes vacances toilettes coordonnées informations données taille échéance urgence option offre heure réclamation société
sécurité puce caisse cuisine fête famille personne question réponse solution fraude banque taxe retraite ruine peau part dent nuit mort""".split())
FEMININE_ENDING = re.compile(r"(tion|sion|xion|son|té|ée|e|eur)$")
PLURAL_ONLY = set("""horaires chaussures baskets points frais informations coordonnées résultats vacances fleurs travaux impôts agios données
chaussettes lunettes toilettes euros centimes chaînes affaires courses""".split())
SAME = set("colis gaz prix temps poids avis devis repas pays bras corps cours bois mois fois vis tapis matelas accès dépôts virus débris relais".split())
NEUTRAL = set("autre même rouge jaune vide mobile fixe large triste libre rapide double simple propre sale utile inutile valable jeune calme".split())
PAIRS = {}
for m, f in (p.split("/") for p in """nouveau/nouvelle petit/petite grand/grande premier/première dernier/dernière bon/bonne gros/grosse
mauvais/mauvaise vieux/vieille ancien/ancienne prochain/prochaine beau/belle joli/jolie cassé/cassée perdu/perdue volé/volée bloqué/bloquée
abîmé/abîmée ouvert/ouverte fermé/fermée gratuit/gratuite cher/chère bleu/bleue vert/verte noir/noire blanc/blanche gris/grise
incorrect/incorrecte faux/fausse différent/différente incomplet/incomplète défectueux/défectueuse bancaire/bancaire médical/médicale
personnel/personnelle professionnel/professionnelle important/importante urgent/urgente normal/normale expiré/expirée
supplémentaire/supplémentaire mensuel/mensuelle annuel/annuelle impayé/impayée lent/lente neuf/neuve complet/complète deuxième/deuxième
bizarre/bizarre disponible/disponible invalide/invalide""".split()):
    for x in (m, f):
        PAIRS[x] = (m, f)


@lru_cache(None)
def heads():
    """Return the first words of the grammar's nouns."""
    r = grammar.rules("fr", True)
    return {n.split()[0] for k in ("noun", "vnoun") for n in r[k] if "{" not in n}


def feminine(noun):
    if noun in MASCULINE:
        return False
    if noun in FEMININE:
        return True
    if re.search(r"(ateur|iteur|oteur|veur|deur|lecteur|acteur|facteur|vendeur|livreur|moteur|routeur|chargeur|répondeur|compteur|transporteur|aspirateur)$", noun):
        return False
    return bool(FEMININE_ENDING.search(noun))


def plural(w):
    """Return the plural of a French noun or adjective."""
    if w in SAME or w[-1] in "sxz":
        return w
    if re.search(r"(eau|eu|au)$", w) and w not in ("bleu", "pneu"):
        return w + "x"
    if w.endswith("al") and w not in ("récital", "festival", "carnaval"):
        return w[:-2] + "aux"
    if w.endswith("ail") and w in ("travail", "vitrail", "émail"):
        return w[:-3] + "aux"
    return w + "s"


def adjective(w, fem, many):
    if w in PAIRS:
        w = PAIRS[w][fem]
    elif w not in NEUTRAL:
        return w
    return plural(w) if many else w


VERBS = {"est": "sont", "n'est": "ne sont", "s'est": "se sont", "a": "ont", "n'a": "n'ont", "était": "étaient", "n'était": "n'étaient", "sera": "seront",
         "va": "vont", "ne va": "ne vont", "doit": "doivent", "devait": "devaient", "peut": "peuvent", "veut": "veulent", "vient": "viennent", "fait": "font"}


def predicate(w, k, fem, many):
    """Make the verb at w[k] and its participle agree with a subject, in place."""
    if k >= len(w) or w[k] not in VERBS:
        return
    verb = w[k]
    if many:
        w[k] = VERBS[verb]
    k += 1
    if verb in ("a", "n'a", "va", "doit", "devait", "peut", "veut", "vient", "fait"):
        while k < len(w) and w[k] in ("pas", "plus", "jamais", "toujours", "déjà", "encore"):
            k += 1
        if k >= len(w) or w[k] not in ("été", "être"):
            return
        k += 1
    while k < len(w) and w[k] in ("pas", "plus", "jamais", "toujours", "déjà", "encore", "très", "trop", "bien", "mal", "arrivé", "tombé") and w[k + 1:]:
        if w[k] in ("arrivé", "tombé"):
            w[k] += "e" * fem + "s" * many
        k += 1
    if k < len(w) and (w[k] in PAIRS or w[k] in NEUTRAL):
        w[k] = adjective(w[k], fem, many)
    elif k < len(w) and re.search(r"[éui]$", w[k]) and len(w[k]) > 3 and w[k] not in ("parti pris",):
        w[k] += "e" * fem + "s" * many


def agree(sentence):
    """Mend the noun phrases of a sentence of the French grammar."""
    w = sentence.split()
    for i in range(len(w) - 1):
        base = BASE.get(w[i])
        if base is None:
            continue
        j = i + 1
        while j < len(w) and j - i <= 2 and (w[j] in PAIRS or w[j] in NEUTRAL) and w[j + 1:j + 2] not in (["père"], ["mère"]):
            j += 1
        if j >= len(w) or w[j] not in heads():
            continue
        noun, many = w[j], w[i] in PLURAL_DET
        if noun in PLURAL_ONLY and not many:
            many = True
        fem = feminine(noun)
        if base in DETS:
            w[i] = DETS[base][2 if many else fem]
            vowel = re.match(r"[aeiouéèêœ]|h(?:eure|ôtel|ôpital|oraire|istor)", w[i + 1])
            if not many and vowel and w[i] in ("ma", "sa"):
                w[i] = "mon" if w[i] == "ma" else "son"
            if not many and vowel and w[i] == "ce":
                w[i] = "cet"
        for k in range(i + 1, j):
            w[k] = adjective(w[k], fem, many)
        if many and noun not in PLURAL_ONLY:
            w[j] = plural(noun)
        if j + 1 < len(w) and w[j + 1] in PAIRS:
            w[j + 1] = adjective(w[j + 1], fem, many)
        if i and w[i - 1] in ("tout", "toute", "toutes"):
            w[i - 1] = ("tout", "toute", "tous", "toutes")[fem + 2 * many]
        if w[i] == "de la" and w[i - 1] == "de":
            w[i] = "la"
        predicate(w, j + 1, fem, many)
    return " ".join(w)
