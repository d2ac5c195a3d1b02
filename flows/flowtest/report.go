package flowtest

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// The subset of JUnit's report that build servers read: GitLab's and Jenkins' documentation name
// these elements and attributes.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes results as JUnit XML, one suite for each file of conversations.
func WriteJUnit(w io.Writer, results []Result) error {
	var doc junitSuites
	byFile := map[string]int{}
	took := map[string]float64{}
	for _, r := range results {
		i, ok := byFile[r.File]
		if !ok {
			i = len(doc.Suites)
			byFile[r.File] = i
			doc.Suites = append(doc.Suites, junitSuite{Name: r.File})
		}
		s := &doc.Suites[i]
		c := junitCase{Name: r.Name, Class: r.File, File: r.File, Line: r.Line, Time: fmt.Sprintf("%.3f", r.Took.Seconds())}
		s.Tests++
		doc.Tests++
		if !r.OK {
			s.Failures++
			doc.Failures++
			c.Failure = &junitFailure{Message: headline(r.Diff), Text: r.Diff}
		}
		took[r.File] += r.Took.Seconds()
		s.Time = fmt.Sprintf("%.3f", took[r.File])
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("write the JUnit report: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// headline is what was expected, the first line of a diff that begins with "-".
func headline(diff string) string {
	first := ""
	for l := range strings.Lines(diff) {
		l = strings.TrimSpace(l)
		if strings.HasPrefix(l, "- ") {
			return l[2:]
		}
		if first == "" {
			first = l
		}
	}
	return first
}
