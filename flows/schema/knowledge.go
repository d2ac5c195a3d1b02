package schema

// Article is the front matter of one of knowledge/**/*.md, between two lines of "---"; below
// it stands, in Markdown, what agents read.
type Article struct {
	// Its name in records and tests; the same article in two languages has one.
	//
	// Example: id: retards
	ID Name `yaml:"id" default:"the file's name"`
	// The language it is written in.
	//
	// Example: language: fr
	Language Word `yaml:"language" one:"fr,en" required:"true"`
	// What it is about, in a few words.
	//
	// Example: title: Un colis en retard
	Title Word `yaml:"title" required:"true"`
	// What the bot says: two sentences at most, fit for the voice.
	//
	// Example: short: "Un colis peut avoir deux jours de retard. Passé ce délai, nous ouvrons une enquête."
	Short Word `yaml:"short" required:"true"`
	// Skills of the agents whom it concerns.
	//
	// Example: skills: [livraison]
	Skills []Word `yaml:"skills"`
	// How callers ask for it.
	//
	// Example: questions: [mon colis devait arriver hier]
	Questions []Word `yaml:"questions"`
}
