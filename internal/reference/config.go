package reference

import (
	"bytes"
	"fmt"
	"strings"
)

// configPage turns configs/decroche.yaml, which holds every key with its default and is proven
// equal to the defaults of the code, into a table per section. A remark stands over the first
// of the keys that it is about.
func configPage(manual []byte) []byte {
	var b bytes.Buffer
	b.WriteString(generated)
	b.WriteString("# The configuration\n\nFrom [decroche.yaml](../../configs/decroche.yaml), which a test proves to hold every key and exactly the defaults.\nA file of yours holds only what differs. A key without a remark belongs to the one above it.\n")
	table := func(title string) {
		fmt.Fprintf(&b, "\n## %s\n\n| key | default | meaning |\n|---|---|---|\n", title)
	}
	table("At the top")
	var path []string
	var remark []string
	sawKey := false
	for line := range strings.Lines(string(manual)) {
		line = strings.TrimRight(line, "\r\n")
		text := strings.TrimLeft(line, " ")
		depth := (len(line) - len(text)) / 2
		switch {
		case text == "":
			remark = nil
			continue
		case strings.HasPrefix(text, "#"):
			remark = append(remark, strings.TrimSpace(strings.TrimPrefix(text, "#")))
			continue
		case strings.HasPrefix(text, "- "):
			continue // of an example list
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			continue
		}
		value, note := splitNote(strings.TrimSpace(value))
		path = append(path[:min(depth, len(path))], name)
		meaning := strings.Join(remark, " ")
		remark = nil
		if note != "" {
			meaning = strings.TrimSpace(meaning + " " + note)
		}
		if value == "" && depth == 0 {
			table("`" + name + "`")
			sawKey = false
			if meaning != "" {
				fmt.Fprintf(&b, "| `%s` |  | %s |\n", name, cell(meaning))
			}
			continue
		}
		if depth == 0 && len(path) == 1 && sawKey && inSection(&b) {
			table("At the top, continued")
		}
		sawKey = true
		shown := ""
		if value != "" {
			shown = code(value)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.Join(path, "."), shown, cell(meaning))
	}
	return b.Bytes()
}

// splitNote splits "value # note".
func splitNote(s string) (value, note string) {
	if i := strings.Index(s, " # "); i >= 0 {
		return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+3:])
	}
	return s, ""
}

// inSection tells whether the last table written belongs to a section.
func inSection(b *bytes.Buffer) bool {
	s := b.String()
	return strings.HasPrefix(s[strings.LastIndex(s, "\n## ")+4:], "`")
}
