package turn

// Hollow reports whether words of free speech only lead up to something that did not come:
// "c'est pour euh", "I would like to". They hold no wish, and whoever looks for one guesses.
func Hollow(text, lang string) bool {
	s := newSaid(text, lang)
	if !s.open() {
		return false
	}
	l := s.of()
	for i := 0; i < len(s.words); {
		n := longest(l.opening, s.words[i:])
		if n == 0 && (l.open[s.words[i]] || l.fillers[s.words[i]]) {
			n = 1
		}
		if n == 0 {
			return false
		}
		i += n
	}
	return true
}
