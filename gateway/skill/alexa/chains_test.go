package alexa

import "testing"

func FuzzParseChain(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if list, err := parseChain(data); err == nil && (len(list) == 0 || len(list) > maxCerts) {
			t.Errorf("%d certificates", len(list))
		}
	})
}

func FuzzMobile(f *testing.F) {
	f.Add([]byte(`{"countryCode":"+33","phoneNumber":"0612345678"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, err := parseMobile(data); err == nil && n != "" && (n[0] != '+' || len(n) > 16) {
			t.Errorf("%q", n)
		}
	})
}

func TestMobile(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"countryCode":"+33","phoneNumber":"06 12 34 56 78"}`: "+33612345678",
		`{"countryCode":"44","phoneNumber":"7700900123"}`:      "+447700900123",
		`{"countryCode":"+39","phoneNumber":"0612345678"}`:     "+390612345678",
		`{"countryCode":"+33","phoneNumber":"+33612345678"}`:   "+33612345678",
		`{"phoneNumber":"0612345678"}`:                         "",
		`{"countryCode":"+33","phoneNumber":"12"}`:             "",
		`{}`: "",
	} {
		if got, err := parseMobile([]byte(in)); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", in, got, err, want)
		}
	}
}
