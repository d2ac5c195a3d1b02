package demosystems

import (
	"html/template"
	"net/http"
	"strings"
)

var page = template.Must(template.New("index").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Demo systems of Décroche</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .75rem .25rem 0;vertical-align:top}th{font-weight:600;white-space:nowrap;font-variant-numeric:tabular-nums}</style>
<h1>What can be tried</h1>
<p>The back offices of the example hotlines, all people and numbers invented. What changes here is forgotten when the process ends.
<code>{{.Failing}}</code> in place of a number makes a system fail, <code>{{.Slow}}</code> makes it slow.</p>
{{range .Companies}}<h2>{{.Name}}</h2><table>{{range .Things}}<tr><th scope="row">{{.ID}}</th><td>{{.What}}</td></tr>{{end}}</table>
{{end}}</html>
`))

type listed struct {
	Name   string  `json:"name"`
	Things []thing `json:"things"`
}

// index lists what can be tried, as a page or, to whoever accepts only JSON, as a document.
func (s *Systems) index(w http.ResponseWriter, r *http.Request) {
	var list []listed
	for _, c := range s.companies {
		list = append(list, listed{c.name(), c.things()})
	}
	if accept := r.Header.Get("Accept"); strings.Contains(accept, "json") && !strings.Contains(accept, "html") {
		reply(w, http.StatusOK, map[string]any{"companies": list})
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, map[string]any{"Companies": list, "Failing": failingNumber, "Slow": slowNumber})
}
