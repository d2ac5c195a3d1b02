package console

// wordsFR is every sentence of the console in French: "vous", present tense, narrow no-break
// space (\u202f) before ? ! ; : and between « ».
var wordsFR = map[string]string{
	"html_lang": "fr",
	"csv_head":  "conversation|début|fin|canal|appelant|bot|langue|demande|issue|terminée par|transfert|file|agent|tours|note sur 5|revenu dans|renseignements",

	"nav_home": "Accueil", "nav_desk": "Poste", "nav_board": "Supervision", "nav_conversations": "Conversations", "nav_label": "Pages", "skip": "Aller au contenu",
	"logout": "Fermer la session", "live": "en direct", "offline": "hors ligne, nouvelle tentative",

	"ready": "Prêt à décrocher", "not_ready": "Ne prend pas de nouvel appel", "reason": "Raison",
	"to_call": "Numéro à composer", "to_call_hint": "Depuis un téléphone SIP ou avec « decroche call ».", "door_fr": "en français", "door_en": "en anglais",
	"no_door": "Aucune adresse SIP n’est ouverte. Vérifiez la section sip de la configuration.",
	"now":     "En ce moment", "now_none": "Aucun appel en cours.", "last_call": "Dernier à %s, %s.",
	"callbacks": "Rappels à faire", "callbacks_none": "Aucun rappel à faire.", "callback_done": "Fait", "callback_drop": "Abandonner",
	"callback_changed": "Rappel classé.", "undo": "Annuler", "callbacks_more": "D’autres rappels attendent, %d sont montrés.",
	"tools": "Pour l’exploitation", "tool_api": "Description de l’API", "tool_metrics": "Mesures Prometheus", "tool_ready": "Disponibilité", "version": "Version %s",
	"started_at": "Démarré le %s",

	"list_title": "Conversations", "all_outcomes": "Toutes", "all_channels": "Tous", "filter": "Filtrer", "clear": "Effacer",
	"only_open": "En cours", "f_outcome": "Issue", "f_channel": "Canal", "f_state": "État", "any_state": "Tous", "older": "Plus anciennes", "newest": "Revenir aux plus récentes",
	"list_empty": "Aucune conversation pour l’instant.", "list_empty_hint": "Composez %s pour faire la première.", "list_empty_hint0": "Elles apparaissent ici dès le premier appel.",
	"list_none": "Aucune conversation ne correspond.", "list_none_hint": "Élargissez les filtres ou effacez-les.",
	"col_who": "Qui", "col_why": "Pourquoi", "col_when": "Quand", "col_length": "Durée", "col_outcome": "Issue", "turns": "%d échanges", "turn": "1 échange", "turns0": "n’a rien dit",
	"unknown_caller": "Appelant inconnu", "no_intent": "Demande non reconnue", "with_agent": "avec %s", "channel_voice": "Voix", "channel_text": "Texte", "channel_speaker": "Enceinte",

	"caller": "Appelant", "bot": "Bot", "agent": "Agent", "cut": "coupé par l’appelant", "keys": "au clavier", "typed": "par écrit",
	"doubt": "Mal entendu, peut-être", "readings": "Autres lectures\u202f: %s", "transcript": "Transcription", "known": "Ce que nous savons", "confirmed": "confirmé", "unconfirmed": "non confirmé",
	"articles": "Réponses utiles", "articles_why": "Mots entendus\u202f:",
	"tried": "Déjà tenté", "brief": "En bref", "details": "Appel", "from": "De", "called": "Vers", "began": "Début", "length": "Durée", "tz": "Fuseau", "id": "Référence",
	"running": "En cours", "nothing_said": "Rien n’a encore été dit.", "nothing_said_over": "Rien n’a été dit pendant cet appel.", "plain": "Version texte", "back": "Toutes les conversations",
	"new_lines": "Dernières phrases ↓", "nothing_known": "Rien de confirmé pour l’instant.", "link_note": "Lien réservé à l’agent, il expire de lui-même.", "wants_human": "Demande un conseiller",

	"recording": "Enregistrement de l’appel", "recording_hint": "À gauche l’appelant, à droite le bot et l’agent. Chaque écoute est notée dans le dossier.",
	"super_listen": "%s écoute", "super_whisper": "%s souffle à l’agent", "super_join": "%s intervient", "super_leave": "%s n’écoute plus",
	"super_hint": "%s donne une consigne au bot", "super_verbatim": "%s fait dire au bot", "super_hint_used": "La consigne de %s est prise en compte", "super_hint_unused": "Le bot n’a pas pu se servir de la consigne de %s", "super_said": "Les mots de %s ont été dits",
	"super_take_over": "%s reprend l’appel", "super_hand_back": "%s rend l’appel au bot", "super_end": "%s met fin à l’appel",
	"unused_sensitive_step": "étape sensible", "unused_not_understood": "pas comprise", "unused_with_agent": "une personne a l’appel", "unused_ending": "l’appel se terminait", "unused_the call is over": "l’appel était terminé",
	"recorded": "Appel enregistré (%s)", "recording_deleted": "Enregistrement effacé\u202f: %s", "recording_opened": "Enregistrement écouté",
	"gone_ttl": "sa durée de conservation est passée", "gone_caller": "les enregistrements de cet appelant ont été effacés", "gone_conversation": "quelqu’un l’a effacé", "gone_refused": "l’appelant n’en voulait pas",

	"tried_misses": "A dû répéter %s", "once": "une fois", "times": "%d fois", "tried_silences": "Silences\u202f: %d", "tried_cuts": "A interrompu le bot %s",
	"tried_act": "%s\u202f: %s", "tried_agent": "%s\u202f: %s",

	"steps": "Étapes du bot (%d)", "started": "Appel de %s vers %s", "answered": "Décroché, son en %s", "silent": "Silence de %s", "acted": "%s\u202f: %s en %s",
	"intent": "Demande comprise\u202f: %s", "trouble": "Incident (%s)\u202f: %s", "callback_taken": "Rappel demandé au %s",
	"language_heard": "L’appelant parle %s\u202f; le bot continue dans cette langue", "language_asked": "Continue en %s, à la demande de l’appelant", "lang_fr": "français", "lang_en": "anglais",
	"ended": "Fin de l’appel, %s\u202f: %s", "transfer_started": "Passage à un conseiller, %s (%s)", "transfer_ringing": "Le téléphone de %s sonne", "transfer_attempt": "%s\u202f: %s après %s",
	"bridged": "%s a pris l’appel", "transfer_done": "%s a parlé %s avec l’appelant, après %s d’attente", "transfer_failed": "Personne n’a pris l’appel\u202f: %s, après %s",

	"act_ok": "réussi", "act_error": "en panne", "act_timeout": "trop lent", "act_not_found": "introuvable", "act_404": "introuvable",
	"try_completed": "abouti", "try_refused": "a refusé", "try_busy": "occupé", "try_no_answer": "sans réponse", "try_unreachable": "injoignable", "try_timeout": "attente dépassée",
	"try_caller_left": "l’appelant a raccroché", "try_agent_left": "l’agent a raccroché", "try_cancelled": "annulé", "try_error": "erreur", "try_unknown": "inconnu", "try_full": "file pleine", "try_closed": "fermé", "try_nobody": "personne de disponible",
	"out_resolved": "résolu", "out_transferred": "transféré", "out_callback": "rappel promis", "out_unconfirmed": "répondu, sans confirmation", "out_abandoned": "abandonné", "out_failed": "échec", "out_unanswered": "sans réponse",
	"by_caller": "par l’appelant", "by_bot": "par le bot", "by_agent": "par l’agent", "by_gateway": "par la passerelle", "by_supervisor": "par la supervision",
	"reason_asked": "à sa demande", "reason_not_understood": "après des incompréhensions", "reason_flow_rule": "prévu par le parcours", "reason_vip": "client prioritaire", "reason_sensitive": "sujet sensible", "reason_other": "autre raison", "reason_error": "après une panne", "reason_nobody": "personne de disponible", "reason_taken_over": "repris par la supervision",
	"with_bot": "avec le bot", "with_ringing": "un conseiller est appelé", "with_arriving": "arrive",

	"inbox_title": "Phrases",
	"summarised":  "Résumé par le modèle %s, vérifié", "by_model": "Résumé par un modèle, vérifié : ", "viewed_by": "Consultée par", "viewed_link": "Lien %s", "viewed_times": "%d fois", "revoke_links": "Révoquer les liens",
	"label_title": "De quoi il s’agissait", "label_save": "Classer",

	"login_title": "Se connecter", "login_name": "Nom", "login_password": "Mot de passe", "login_enter": "Se connecter", "login_or": "ou", "login_with": "Continuer avec %s", "login_other": "Autre moyen",
	"login_hint": "Sur la machine de la passerelle\u202f: collez le jeton affiché au démarrage de decroche serve.", "login_by_token": "Jeton", "login_lost": "Mot de passe oublié\u202f: demandez un lien à un administrateur (decroche users link).",
	"login_ok": "Vous êtes connecté.", "login_go": "Continuer", "login_ended": "Votre session a pris fin. Connectez-vous de nouveau.",
	"login_demo": "Démonstration\u202f: entrer d’un clic comme", "login_as_agent": "Agent", "login_as_supervisor": "Superviseur", "demo_label": "Démonstration", "demo": "Démonstration. Ce qui est fait ici n’engage personne, et quiconque sur cette machine peut entrer.",
	"login_wrong_password": "Le nom ou le mot de passe est faux.", "login_token": "Ce n’est pas le jeton affiché au démarrage.", "login_not_here": "Ce jeton ne sert que sur la machine de la passerelle. Connectez-vous avec votre nom.",
	"login_too_many_tries": "Trop d’essais manqués. Le prochain sera lu dans %s.", "login_too_many_people": "Beaucoup de personnes se connectent en ce moment. Réessayez dans %s.",
	"login_link": "Ce lien a déjà servi ou il a expiré. Demandez-en un autre à un administrateur.", "login_no_demo": "Cette passerelle n’est pas une démonstration. Connectez-vous avec votre nom.", "login_no_oidc": "Aucun service d’identité n’est configuré. Connectez-vous avec votre nom.",
	"login_disabled": "Ce compte est désactivé. Voyez avec un administrateur.", "login_no_role": "Votre entreprise vous reconnaît, mais aucun rôle ne vous est donné ici. Voyez avec un administrateur.", "login_name_taken": "Un autre compte porte votre nom. Voyez avec un administrateur.",
	"login_oidc_down": "Le service d’identité ne répond pas. Réessayez dans un instant, ou utilisez un mot de passe.", "login_oidc_flow": "Cette connexion a été commencée ailleurs, a pris trop de temps ou est revenue deux fois. Recommencez.",
	"login_oidc_denied": "Le service d’identité a refusé la connexion.", "login_oidc_proof": "La réponse du service d’identité n’est pas sûre. Recommencez, et prévenez un administrateur si cela dure.", "login_oidc_clock": "La réponse du service d’identité vient d’une autre heure\u202f: son horloge et celle de cette machine diffèrent.",
	"login_input":   "Ce choix n’existe pas. Recommencez.",
	"welcome_title": "Choisir un mot de passe", "welcome_head": "Bienvenue, %s", "welcome_rule": "Choisissez un mot de passe d’au moins %d caractères. Quelques mots en font un bon.", "welcome_password": "Nouveau mot de passe", "welcome_again": "Encore une fois", "welcome_enter": "Enregistrer et entrer",
	"welcome_differs": "Les deux mots de passe diffèrent.", "welcome_weak": "Ce mot de passe est trop simple\u202f: au moins %d caractères, et autre chose que le nom.",
	"e403": "Réservé à un autre rôle", "e403_hint": "Votre compte ne permet pas cela. Un administrateur peut changer votre rôle.",
	"e404": "Page introuvable", "e404_hint": "La conversation a pu être effacée, ou l’adresse est incomplète.", "e404_link": "Ce lien n’est plus valable", "e404_link_hint": "Les liens de transcription expirent ou sont révoqués, et une adresse recopiée peut être incomplète. La conversation reste dans la liste, pour qui y a accès.",
	"e429": "Trop d’essais", "e429_hint": "Attendez quelques secondes, puis rechargez la page.", "e503": "Momentanément indisponible", "e503_hint": "Rechargez la page dans quelques secondes.",
	"e500": "L’enregistrement ne peut pas être lu", "e500_hint": "Le journal de la passerelle dit pourquoi. Les appels continuent.", "e400": "Cette adresse n’est pas comprise", "e400_hint": "Revenez à la liste et choisissez de nouveau les filtres.", "eother": "Cette demande n’a pas abouti", "eother_hint": "Revenez à l’accueil et recommencez.",
	"agent_lost": "La connexion avec %s est perdue", "agent_back": "%s est de retour", "connected_away": "Le central de l’appelant l’a mis en relation avec %s\u202f; l’appel continue sans la passerelle", "connect_failed": "Le central de l’appelant n’a pas pu le mettre en relation avec %s (%s)\u202f; l’appel reste ici", "agent_replaced": "%s a maintenant l’appel, à la place de %s", "caller_replaced": "%s est maintenant en ligne à la place de l’appelant", "caller_away": "La page a été fermée", "caller_back": "La page est de nouveau ouverte", "caller_away_held": "Le téléphone de l’appelant a mis en attente", "caller_back_held": "L’appelant est de retour",
	"unit_s": "%s\u00a0s", "unit_ms": "%d\u00a0ms", "unit_min": "%d\u00a0min", "unit_min_s": "%d\u00a0min\u00a0%02d", "unit_h_min": "%d\u00a0h\u00a0%02d",
}
