// Command webhook is the smallest connector between Décroche and a messenger: it verifies what it
// is told and hands the bot's words on. Here "on" is standard output; put your messenger there.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// receiver takes deliveries. seen drops those that come twice; keep it on disk in earnest.
type receiver struct {
	key  []byte
	tell func(user, text string)
	seen sync.Map
}

func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	id, at := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	mac := hmac.New(sha256.New, rc.key)
	mac.Write([]byte(id + "." + at + "." + string(body)))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	sent, _ := strconv.ParseInt(at, 10, 64)
	if err != nil || !hmac.Equal([]byte(want), []byte(r.Header.Get("webhook-signature"))) || time.Since(time.Unix(sent, 0)).Abs() > 5*time.Minute {
		http.Error(w, "not signed by us, or too old", http.StatusUnauthorized)
		return
	}
	var d struct {
		Type string
		Data struct {
			Text     string
			Metadata map[string]string // as given to POST /api/v1/chat: whom to tell
		}
	}
	if json.Unmarshal(body, &d) == nil && d.Type == "chat.message" {
		if _, twice := rc.seen.LoadOrStore(id, true); !twice {
			rc.tell(d.Data.Metadata["user"], d.Data.Text)
		}
	}
	w.WriteHeader(http.StatusNoContent) // at once: work that takes long is done elsewhere
}

func main() {
	rc := &receiver{key: []byte(strings.TrimSpace(os.Getenv("WEBHOOK_SECRET"))), tell: func(user, text string) { fmt.Printf("to %s: %s\n", user, text) }}
	if len(rc.key) < 16 {
		log.Fatal("WEBHOOK_SECRET: set the secret that chat.webhooks names")
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:8090", rc))
}
