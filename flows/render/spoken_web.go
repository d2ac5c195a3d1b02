package render

import "strings"

// webSigns are how the signs of an address are called, beside those of e-mail.
var (
	frWebSigns = map[rune]string{'/': "slash", '?': "point d'interrogation", '=': "égale", '&': "et", '#': "dièse", '%': "pour cent", ':': "deux points", '~': "tilde"}
	enWebSigns = map[rune]string{'/': "slash", '?': "question mark", '=': "equals", '&': "and", '#': "hash", '%': "percent", ':': "colon", '~': "tilde"}
)

// sayAddress says an address of mail or web: signs by their names, digits as people give them, the
// two letters at its end and what has no vowel letter by letter.
func sayAddress(m match) string {
	addr := strings.TrimRight(m.g[0], "/.,;:!?")
	tail := strings.TrimLeft(m.g[0][len(addr):], "/")
	for _, scheme := range []string{"https://", "http://"} {
		addr = strings.TrimPrefix(addr, scheme)
	}
	host, _, _ := strings.Cut(addr[strings.IndexByte(addr, '@')+1:], "/")
	last := host[strings.LastIndexByte(host, '.')+1:]
	var out []string
	seen := 0
	for _, run := range pieces(addr) {
		seen += len(run)
		switch sign := webSign(m.lang, run); {
		case sign != "":
			out = append(out, sign)
		case allDigits(run):
			out = append(out, groups(m.lang, pairs(run)))
		case run == "www" && !inEnglish(m.lang):
			out = append(out, "trois double vé")
		case len(run) > 1 && len(run) < 7 && !strings.ContainsAny(strings.ToLower(run), "aeiouyàâéèêëîïôûù") || run == last && len(run) == 2 && strings.HasSuffix(addr[:seen], host):
			out = append(out, spaced(run))
		default:
			out = append(out, run)
		}
	}
	return strings.Join(out, " ") + tail
}

func webSign(lang, run string) string {
	mail, web := frMailSigns, frWebSigns
	if inEnglish(lang) {
		mail, web = enMailSigns, enWebSigns
	}
	for _, r := range run {
		if s := mail[r]; s != "" {
			return s
		}
		if s := web[r]; s != "" {
			return s
		}
		return ""
	}
	return ""
}

// pieces cuts an address into runs of letters, runs of digits and single signs.
func pieces(s string) (out []string) {
	kind := func(r rune) int {
		switch {
		case isDigit(r):
			return 1
		case isLetter(r):
			return 2
		}
		return 0
	}
	before := -1
	for _, r := range s {
		if k := kind(r); k == 0 || k != before {
			out = append(out, "")
			before = k
		}
		out[len(out)-1] += string(r)
	}
	return out
}

// mailRE and webRE find addresses; a bare host needs an ending that people know.
const (
	mailRE = `[\pL0-9][\pL0-9._+-]*@[\pL0-9-]+(?:\.[\pL0-9-]+)+`
	webRE  = `https?://[^\s<>]+|www\.[^\s<>]+|[\pL0-9][\pL0-9-]*(?:\.[\pL0-9-]+)*\.(?:fr|com|org|net|eu|be|ch|lu|ca|uk|info|io|app|bzh|paris)(?:/[^\s<>]*)?`
)

// markdown takes out what a model or an editor wrote for the eye.
var markdown = []rewrite{
	literal("[", `\[([^\]\[\n]{1,200})\]\([^()\s]{1,500}\)`, "$1"),
	literal("*", `\*\*([^*\n]+)\*\*`, "$1"),
	literal("_", `__([^_\n]+)__`, "$1"),
	literal("`", "`{1,3}([^`]+)`{1,3}", "$1"),
	literal("#", `(?m)^#{1,6} +`, drop),
	literal("*", `(?m)^ {0,6}\* +`, drop),
	literal("-", `(?m)^ {0,6}- +`, drop),
	literal("•", `(?m)^ {0,6}• +`, drop),
	literal("\xf0\x9f|\xe2\x98|\xe2\x99|\xe2\x9a|\xe2\x9b|\xe2\x9c|\xe2\x9d|\xe2\x9e|\xe2\x9f", ` ?[\x{1F000}-\x{1FAFF}\x{2600}-\x{27BF}\x{FE0F}\x{200D}]+`, drop),
}
