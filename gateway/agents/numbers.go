package agents

import (
	"fmt"
	"strings"
)

// Number is a telephone number as it is dialled, from what an agent typed ("01 84 00-00 00"); an error
// says why it may not be.
func (c DeskConfig) Number(typed string) (string, error) {
	number := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-()\u00a0\u202f", r) {
			return -1
		}
		return r
	}, typed)
	if digits := strings.TrimPrefix(number, "+"); len(digits) < 3 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" {
		return "", fmt.Errorf("number: %.40q is no number that can be dialled", typed)
	}
	if len(c.Numbers) == 0 {
		return "", fmt.Errorf("number: callers are passed on to no numbers here; desk.numbers says which may be dialled")
	}
	for _, p := range c.Numbers {
		if strings.HasPrefix(number, p) {
			return number, nil
		}
	}
	return "", fmt.Errorf("number: %s may not be dialled; it must begin with %s (desk.numbers)", number, strings.Join(c.Numbers, ", "))
}

func (c DeskConfig) checkNumbers() (out []string) {
	for i, p := range c.Numbers {
		if d := strings.TrimPrefix(p, "+"); len(p) > 16 || p == "" || strings.Trim(d, "0123456789") != "" {
			out = append(out, fmt.Sprintf("numbers[%d]: %.20q is no beginning of a number; write digits, with a + before them where numbers have one", i, p))
		}
	}
	return out
}
