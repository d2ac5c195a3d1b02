package turneval

import (
	"fmt"
	"html"
	"io"
	"math"
	"strings"
)

// The picture's frame, in its own units.
const (
	plotWide, plotHigh           = 860.0, 520.0
	plotLeft, plotRight          = 70.0, 24.0
	plotTop, plotBottom          = 24.0, 60.0
	longestAir                   = 1500.0 // ms; what is longer is not drawn
	plotInnerWide, plotInnerHigh = plotWide - plotLeft - plotRight, plotHigh - plotTop - plotBottom
)

// plot draws curves and points over dead air and cut-offs.
type plot struct {
	strings.Builder
	top float64 // share of cut-offs at the upper edge
}

func (p *plot) x(air float64) float64 { return plotLeft + plotInnerWide*air/longestAir }

func (p *plot) y(fcr float64) float64 { return plotTop + plotInnerHigh*(1-fcr/p.top) }

func (p *plot) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// Plot writes one HTML page with the frontier: what can be had by patience, and where the shipped
// default stands. It needs nothing beside itself.
func (r *Report) Plot(w io.Writer) error {
	p := &plot{top: 0.1}
	for _, s := range r.Systems {
		p.top = max(p.top, math.Ceil(s.FCR.Rate*10)/10)
	}
	p.axes()
	for i, c := range r.Curves {
		p.curve(c, []string{"ours", "timer"}[i%2])
	}
	for _, s := range r.Systems {
		p.point(s)
	}
	ours := r.Shipped()
	_, err := fmt.Fprintf(w, plotPage, html.EscapeString(fmt.Sprintf("%d turns, set %s, words %d ms late", r.Turns, r.Hash[:16], r.LagMS)),
		100*ours.FCR.Rate, ours.Air.Mean, p.String(), html.EscapeString(r.Limits))
	return err
}

// axes draws the grid.
func (p *plot) axes() {
	p.line(`<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="callers cut off against dead air">`, plotWide, plotHigh)
	for air := 0.0; air <= longestAir; air += 250 {
		p.line(`<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, p.x(air), p.x(air), plotTop, plotHigh-plotBottom)
		p.line(`<text class="tick" x="%.1f" y="%.1f" text-anchor="middle">%.0f</text>`, p.x(air), plotHigh-plotBottom+18, air)
	}
	for fcr := 0.0; fcr <= p.top+1e-9; fcr += p.top / 5 {
		p.line(`<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, plotLeft, plotWide-plotRight, p.y(fcr), p.y(fcr))
		p.line(`<text class="tick" x="%.1f" y="%.1f" text-anchor="end">%.0f %%</text>`, plotLeft-8, p.y(fcr)+4, 100*fcr)
	}
	p.line(`<text class="axis" x="%.1f" y="%.1f" text-anchor="middle">dead air after the caller's last sound, mean, ms</text>`, plotLeft+plotInnerWide/2, plotHigh-14)
	p.line(`<text class="axis" transform="translate(16 %.1f) rotate(-90)" text-anchor="middle">callers cut off</text>`, plotTop+plotInnerHigh/2)
}

// curve draws a frontier as steps: a policy between two points is no better than the worse one.
func (p *plot) curve(c Curve, class string) {
	var path strings.Builder
	last := 0.0
	for _, pt := range c.Frontier {
		if pt.Air > longestAir || pt.FCR > p.top {
			continue
		}
		if path.Len() == 0 {
			fmt.Fprintf(&path, "M%.1f %.1f", p.x(pt.Air), p.y(pt.FCR))
		} else {
			fmt.Fprintf(&path, " H%.1f V%.1f", p.x(pt.Air), p.y(pt.FCR))
		}
		last = pt.FCR
	}
	if path.Len() > 0 {
		fmt.Fprintf(&path, " H%.1f", p.x(longestAir))
		p.line(`<path class="%s" d="%s"/>`, class, path.String())
		p.line(`<text class="name %s" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, class, p.x(longestAir)-6, p.y(last)+map[string]float64{"ours": 16, "timer": -8}[class], html.EscapeString(c.System))
	}
}

// point draws where one system stands.
func (p *plot) point(s Ends) {
	if s.Air.N == 0 || s.Air.Mean > longestAir {
		return
	}
	class, size := "timer", 5.0
	switch {
	case s.System == WithSlots:
		class, size = "ours", 8
	case s.System == WithoutSlots || strings.HasPrefix(s.System, "words"):
		class = "ours"
	}
	x, y := p.x(s.Air.Mean), p.y(s.FCR.Rate)
	p.line(`<line class="%s thin" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, class, x, x, p.y(s.FCR.Low), p.y(min(s.FCR.High, p.top)))
	p.line(`<circle class="%s" cx="%.1f" cy="%.1f" r="%.0f"><title>%s: %.1f %% cut off (%.1f–%.1f), dead air %.0f ms, p95 %.0f ms</title></circle>`,
		class, x, y, size, html.EscapeString(s.System), 100*s.FCR.Rate, 100*s.FCR.Low, 100*s.FCR.High, s.Air.Mean, s.Air.P95)
	p.line(`<text class="name %s" x="%.1f" y="%.1f">%s</text>`, class, x+size+4, y-6, html.EscapeString(s.System))
}

// plotPage takes the subtitle, the default's cut-offs and dead air, the picture without its end,
// and the limits.
const plotPage = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Ends of turns</title>
<style>
:root { color-scheme: light dark; --ours: #0b6e4f; --timer: #b4541a; --ink: #222; --grid: #ddd; --page: #fff }
@media (prefers-color-scheme: dark) { :root { --ours: #4fd1a5; --timer: #f0a06a; --ink: #e6e6e6; --grid: #3a3a3a; --page: #181818 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem; margin-bottom: 0 }
svg { width: 100%%; height: auto; font: 12px system-ui, sans-serif }
.grid { stroke: var(--grid) }
.tick, .axis { fill: var(--ink) }
path { fill: none; stroke-width: 2.5 }
path.ours, line.ours { stroke: var(--ours) }
path.timer { stroke: var(--timer); stroke-dasharray: 6 4 }
line.timer { stroke: var(--timer) }
.thin { stroke-width: 1 }
circle.ours, text.ours { fill: var(--ours) }
circle.timer, text.timer { fill: var(--timer) }
.limits { font-size: .85rem; opacity: .8 }
</style>
<h1>When has the caller finished?</h1>
<p>%s. The shipped default cuts %.1f %% of callers off and leaves %.0f ms of dead air on average; down and left is better.
Lines: the best that any setting reaches (solid: the detector; dashed: a plain silence timer). Bars: 95 %% intervals. Point at a mark for its figures.</p>
%s</svg>
<p class="limits">%s</p>
</html>
`
