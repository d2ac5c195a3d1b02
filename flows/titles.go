package flows

// IntentTitle is an intent as people say it in lang ("Suivre un colis"); "" when the bot has no
// such intent or no title for it.
func (b *Bot) IntentTitle(name, lang string) string {
	if in := b.intent(name); in != nil {
		return in.title[lang]
	}
	return ""
}
