package flowtest_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows/flowtest"
)

// The worked example of the flow language, with the names of a French shop.
var worked = map[string]string{
	"bot.yaml": `name: boutique
languages: [fr]
timezone: Europe/Paris
called: {boutique: fr}
vars: {orders: "https://orders.example.org"}
disclosure: {fr: "Je suis un assistant automatique."}
greeting: {fr: "Bonjour. {{disclosure}} Que puis-je faire pour vous ?"}
policy: {transfer: {skills: [fr]}, callback: {}}
`,
	"intents/colis.yaml": `suivi_colis:
  title: {fr: "suivre un colis"}
  fr: ["où est mon colis", "j'ai toujours pas reçu mon paquet", "je veux suivre ma livraison", "mon colis n'arrive pas",
    "le [45127802](numero_commande) n'est pas arrivé", "il est où mon paquet", "ma commande est en retard", "quand arrive ma livraison"]
conseiller:
  title: {fr: "parler à quelqu'un"}
  flow: conseiller
  fr: ["un conseiller", "quelqu'un s'il vous plaît", "je veux une vraie personne", "le service client", "un être humain",
    "passez-moi un collègue", "je ne veux pas de machine", "votre responsable"]
`,
	"flows/suivi_colis.yaml": `entities:
  numero_commande: {type: digits, length: 8, dtmf: true}
flows:
  conseiller:
    steps: [{transfer: {skills: [fr]}}]
  suivi_colis:
    start: [suivi_colis]
    steps:
      - collect: numero_commande
        ask:
          fr: {text: "Quel est votre numéro de commande ?", voice: "Quel est votre numéro de commande ? Il a huit chiffres."}
        listen: {timeout: 8s, bargein: true}
        retry:
          - fr: "Je n'ai pas bien saisi. Dites-moi les huit chiffres, deux par deux."
          - {fr: "Vous pouvez aussi les taper sur votre téléphone.", dtmf: only}
          - transfer: {skills: [livraison, fr], reason: numero_incompris}
        confirm: {when: "channel != 'text' && conf < 0.9", fr: "J'ai bien compris le {{digits numero_commande}} ?"}
      - http: suivi
        url: "{{vars.orders}}/commandes/{{numero_commande}}"
        headers: {Authorization: "secret:API_SUIVI"}
        timeout: 3s
        retry: 1
        wait_say: {fr: {voice: "Un instant, je regarde."}}
        save: {etat: body.statut, prevu: body.date_prevue}
        outcomes:
          "404": {say: {fr: "Je ne trouve pas cette commande."}, reset: [numero_commande], goto: numero_commande, max: 2}
          error: panne
          timeout: panne
      - switch:
          - if: etat == "livre"
            say: {fr: "Votre colis a été livré {{date prevu}}."}
            goto: pas_recu
          - if: etat == "en_route"
            say: {fr: {text: "Votre colis arrive {{date prevu}}.", quick: [Changer l'adresse, Autre question]}}
          - else: {transfer: {skills: [livraison, fr], priority: 5}}
      - end: true
      - id: pas_recu
        ask_yes_no: {fr: "L'avez-vous bien reçu ?"}
        if_no: {transfer: {skills: [litige, fr], outcomes: {full: {callback: {phone: caller}}}}}
        if_yes: {end: true}
      - id: panne
        say: {fr: "Le suivi est indisponible pour le moment."}
        callback: {phone: caller, else: {transfer: {skills: [livraison, fr]}}}
`,
	"tests/suivi_colis.yaml": `tests:
  - name: colis en route, numéro corrigé en un tour
    channel: voice
    lang: fr
    http: {suivi: {status: 200, body: {statut: en_route, date_prevue: 2026-11-24}}}
    steps:
      - user: "euh bonjour j'ai toujours pas reçu mon paquet"
      - flow: suivi_colis
      - bot: "numéro de commande"
      - silence: 6s
      - bot: "deux par deux"
      - asr: [{text: "quarante-cinq douze soixante-dix-huit zéro un", conf: 0.71}]
      - bot: "45 12 78 01"
      - user: "non zéro deux à la fin"
      - slot: {numero_commande: "45127802"}
      - bot: /arrive .*24 novembre/
  - name: le numéro reste incompris
    steps:
      - user: "où est mon colis"
      - user: "tralala"
      - silence: 8s
      - bot: "les taper"
      - user: "pouet pouet"
      - event: {transfer: {reason: numero_incompris, skills: [livraison, fr]}}
  - name: litige complet, rappel
    caller: "+33612345678"
    http: {suivi: {status: 200, body: {statut: livre, date_prevue: "2026-11-20"}}}
    steps:
      - user: "où est mon colis"
      - dtmf: "45127802"
      - user: "non"
      - event: {transfer: {skills: [litige, fr]}}
      - returned: full
      - user: "oui"
      - event: {callback: {phone: "+33612345678"}}
`,
}

func workedFS() fstest.MapFS {
	fs := fstest.MapFS{}
	for name, src := range worked {
		fs[name] = &fstest.MapFile{Data: []byte(src)}
	}
	return fs
}

func TestWorkedExample(t *testing.T) {
	t.Parallel()
	results := flowtest.Run(workedFS())
	if len(results) != 3 {
		t.Fatalf("%d results: %+v", len(results), results)
	}
	for _, r := range results {
		if !r.OK {
			t.Errorf("%s: %s\n%s", r.File, r.Name, r.Diff)
		}
	}
}

// A conversation that goes another way says where, with what was expected and what came.
func TestDiff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, new, want string }{
		{"bot", `bot: "45 12 78 01"`, `bot: "99"`, "- bot : 99\n+ bot : J’ai bien compris le 45 12 78 01 ? (heard: J'ai bien compris le quarante-cinq, douze, soixante-dix-huit, zéro un ?)\n(step 7, line 13)"},
		{"slot", `slot: {numero_commande: "45127802"}`, `slot: {numero_commande: "1"}`, `- slot: numero_commande = "1"`},
		{"flow", "flow: suivi_colis", "flow: conseiller", "- flow: conseiller\n+ flow: "},
		{"no stub", "http: {suivi: {status: 200, body: {statut: en_route, date_prevue: 2026-11-24}}}", "http: {}", `the bot calls http "suivi"`},
		{"event", "event: {transfer: {reason: numero_incompris", "event: {transfer: {reason: other", "+ event: transfer: reason numero_incompris"},
		{"unknown key", `- silence: 6s`, `- silense: 6s`, "tests/suivi_colis.yaml:10:"},
		{"regular expression", "/arrive .*24 novembre/", "/arrive (/", "missing closing )"},
		{"engine refuses", `- user: "euh bonjour j'ai toujours pas reçu mon paquet"`, `- returned: busy`, "no hand-off is out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fs := workedFS()
			src := string(fs["tests/suivi_colis.yaml"].Data)
			if !strings.Contains(src, c.old) {
				t.Fatalf("no %q", c.old)
			}
			fs["tests/suivi_colis.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(src, c.old, c.new, 1))}
			var all strings.Builder
			bad := 0
			for _, r := range flowtest.Run(fs) {
				if !r.OK {
					bad++
					all.WriteString(r.Diff + "\n")
				}
			}
			if bad != 1 || !strings.Contains(all.String(), c.want) {
				t.Errorf("%d failed:\n%s\nwant: %s", bad, all.String(), c.want)
			}
		})
	}
}

func TestRunWithoutABot(t *testing.T) {
	t.Parallel()
	r := flowtest.Run(fstest.MapFS{})
	if len(r) != 1 || r[0].OK || !strings.Contains(r[0].Diff, "bot.yaml") {
		t.Errorf("%+v", r)
	}
}
