package flows

import "regexp"

// timers are wishes that people have of any speaker and that no hotline can serve: a timer, an alarm
// clock. Folded words, as pleasantry has them.
var timers = map[string]*regexp.Regexp{
	"fr": regexp.MustCompile(` (?:mets?|mettre|mettez|lance[rz]?|regle[rz]?|programme[rz]?|demarre[rz]?|arrete[rz]?|annule[rz]?)(?: moi)?(?: un| une| le| la| mon)? (?:minuteur|minuterie|reveil|compte a rebours|chronometre) | reveille(?:z)? moi `),
	"en": regexp.MustCompile(` (?:set|start|stop|cancel)(?: me)?(?: a| an| the| my)? (?:\w+ \w+ )?(?:timer|alarm clock|alarm|countdown|stopwatch) | wake me up `),
}

// timer says at a smart speaker that it keeps no timers, and asks again; that is no failure of the
// caller's. Elsewhere nobody asks a hotline for one.
func (t *turn) timer() bool {
	re := timers[t.m.Lang]
	if t.m.Channel != Speaker || re == nil || t.asksText() || len(t.said) > maxOpener || !re.MatchString(foldedWords(t.said)) {
		return false
	}
	t.respond("no_timer", t.questionWords())
	t.noteHere("a timer is refused")
	t.said = ""
	t.out.Next = Listen
	return true
}
