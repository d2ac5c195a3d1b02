package accounts

import (
	"regexp"
	"strings"
)

// A device is a speaker in a room: whoever stands before it may use it, so its token opens one thing
// alone, a call to one hotline. The scope says so: "device:colibri". It stands by itself, for a token
// that is stolen with its device must not read anything.

// devicePrefix begins a device's scope.
const devicePrefix = "device:"

var hotlineName = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,99}$`)

// DeviceScope is the one scope of the token of a device that calls a hotline.
func DeviceScope(hotline string) string { return devicePrefix + hotline }

// parseDevice reads a device's scope; ok is false when it is another's.
func parseDevice(scope string) (hotline string, ok bool, err error) {
	hotline, ok = strings.CutPrefix(scope, devicePrefix)
	if ok && !hotlineName.MatchString(hotline) {
		return "", true, badInput("scopes: %q names no hotline; write it as %scolibri", clip(scope, 40), devicePrefix)
	}
	return hotline, ok, nil
}

// Device is the hotline that who asks may call, being a device; ok is false for everybody else.
func (i Identity) Device() (hotline string, ok bool) {
	if !i.limited || len(i.scopes) != 1 {
		return "", false
	}
	return strings.CutPrefix(i.scopes[0], devicePrefix)
}

// IsAPIToken tells whether a bearer token has the shape of an API token, whatever it opens: others are
// of chats.
func IsAPIToken(given string) bool { return strings.HasPrefix(given, tokenPrefix) }
