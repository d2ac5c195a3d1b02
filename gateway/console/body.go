package console

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"unicode/utf8"
)

// decode reads a JSON body strictly; what is how to send it. False: it was answered.
func (s *Server) decode(w http.ResponseWriter, r *http.Request, what string, out any) bool {
	return s.decodeAs(w, r, what, out, "application/json")
}

// decodeAs is decode for a body of one of the kinds.
func (s *Server) decodeAs(w http.ResponseWriter, r *http.Request, what string, out any, kinds ...string) bool {
	if mt, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || !slices.Contains(kinds, mt) {
		s.refuse(w, r, http.StatusUnsupportedMediaType, "bad_request", "send "+what+" as "+kinds[0])
		return false
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.refuse(w, r, http.StatusRequestEntityTooLarge, "bad_request", "send "+what+" and nothing more")
		return false
	}
	if err := strictly(body, out); err != nil {
		s.refuse(w, r, http.StatusBadRequest, "bad_request", "send "+what+" and nothing more")
		return false
	}
	return true
}

var errNotStrict = errors.New("console: more than one value, or text that is none")

// strictly decodes one JSON value and nothing behind it: without keys that are not known, bytes that are
// not UTF-8 (which the decoder would quietly replace), and NUL, which not every database keeps.
func strictly(body []byte, out any) error {
	if !utf8.Valid(body) || nul(body) {
		return errNotStrict
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(out); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF { // Decoder.More takes "}" and "]" for an end
		return errNotStrict
	}
	return nil
}

// nul reports whether a string of a JSON text has the escape of NUL in it.
func nul(body []byte) bool {
	for i := 0; i+5 < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		if string(body[i+1:i+6]) == "u0000" {
			return true
		}
		i++ // what a backslash stands before is no backslash of its own
	}
	return false
}
