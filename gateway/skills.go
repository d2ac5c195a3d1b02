package gateway

import (
	"net/http"

	"decroche/flows"
	"decroche/gateway/skill"
)

// openSkill makes the door of Alexa's skills; nil when none is configured, and then there is no address
// for them either.
func (g *Gateway) openSkill() http.Handler {
	if !g.cfg.Skill.Alexa.On() {
		return nil
	}
	g.skill = skill.New(skill.Deps{
		Chat: g.chats, PublicURL: g.cfg.PublicURL, Metrics: skill.NewMetrics(g.reg), Log: g.log,
		Bots: func(name string) (*flows.Bot, bool) {
			for _, b := range g.hotlines.bots() {
				if name == "" || b.Name == name {
					return b, true
				}
			}
			return nil, false
		},
	}, g.cfg.Skill)
	return g.skill
}
