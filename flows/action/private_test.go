package action

import "testing"

func TestWhatIsPrivate(t *testing.T) {
	t.Parallel()
	for _, a := range []string{"127.0.0.1:80", "10.0.0.1:80", "172.16.0.1:80", "192.168.1.1:80", "169.254.169.254:80", "100.64.0.1:80", "0.0.0.0:80", "[::]:80", "[::1]:80", "[fd00::1]:80", "[fe80::1%25]:80", "[::ffff:10.0.0.1]:80", "[64:ff9b::a00:1]:80", "224.0.0.1:80", "nonsense"} {
		if refusePrivate("tcp", a, nil) == nil {
			t.Errorf("%s may be reached", a)
		}
	}
	for _, a := range []string{"93.184.215.14:443", "[2606:4700::1]:443"} {
		if err := refusePrivate("tcp", a, nil); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
}
