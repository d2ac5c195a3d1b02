# Décroche: `make` lists what can be done.
SHELL := /bin/bash
GO ?= go
BIN := bin
export CGO_ENABLED ?= 0

# What each target needs from Debian, and why. linphone-cli (49 MB with what it needs) is the telephone of the
# attended transfers: baresip 1.0 has no Replaces.
RUN_PACKAGES  := espeak-ng
SOUND_PACKAGES := gcc libc6-dev pkg-config portaudio19-dev
TEST_PACKAGES := espeak-ng sip-tester baresip linphone-cli kamailio gcc libc6-dev libpocketsphinx3 pocketsphinx-en-us $(SOUND_PACKAGES) pulseaudio pulseaudio-utils libasound2-plugins
NODE_PACKAGES := nodejs npm

.DEFAULT_GOAL := help
.PHONY: help run demo test test-long format check build tools tools-run tools-test tools-web web web-test screenshots tools-sherpa speaker bench-codecs docs train-asr eval-asr clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

tools:
	@command -v git >/dev/null || { echo "git is missing: apt-get install git"; exit 1; }
	@command -v $(GO) >/dev/null || { echo "Go 1.26 is missing: see https://go.dev/doc/install (unpack it in /usr/local and put /usr/local/go/bin into PATH)"; exit 1; }
	@v=$$($(GO) env GOVERSION); case $$v in go1.2[6-9]*|go1.[3-9][0-9]*) ;; *) echo "Go 1.26 or newer is needed, this is $$v: see https://go.dev/doc/install"; exit 1;; esac

tools-run: tools
	@scripts/need "to speak" $(RUN_PACKAGES)

tools-test: tools
	@scripts/need "for the tests" $(TEST_PACKAGES)

tools-sherpa: ## fetch sherpa-onnx's library (npm), for asr.sherpa and its tests
	@mkdir -p out/sherpa && cd out/sherpa && npm pack --silent sherpa-onnx-linux-$$(uname -m | sed 's/x86_64/x64/;s/aarch64/arm64/')@1.13.8 >/dev/null && tar xzf sherpa-onnx-linux-*-1.13.8.tgz --strip-components=1 && rm sherpa-onnx-linux-*.tgz
	@echo "export DECROCHE_SHERPA_LIB=$$PWD/out/sherpa/libsherpa-onnx-c-api.so"

tools-web:
	@command -v npm >/dev/null || scripts/need "for the pages" $(NODE_PACKAGES)
	@command -v chromium >/dev/null || scripts/need "to look at the pages" chromium
	@cd web && if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then echo "Installing the pages' packages (web/package-lock.json) …"; npm ci --silent --ignore-scripts && touch node_modules/.package-lock.json; fi

web: tools-web ## check and build the pages of web/src into web/dist (committed)
	@cd web && npm run -s check && npm -s test && npm run -s build

web-test: tools-web build ## the pages in a real browser, against a real gateway
	@scripts/need "for callers who speak" espeak-ng sox
	@cd web && npm run -s check && npm -s test && npm run -s axe && npm run -s acts

screenshots: tools-web build ## take the pictures of docs/pictures again
	@cd web && DECROCHE_SCREENSHOTS=1 npm run -s e2e -- screenshots

build: tools ## build bin/decroche and bin/demosystems
	@mkdir -p $(BIN)
	$(GO) build -trimpath -o $(BIN)/ ./cmd/...

speaker: tools ## build bin/speaker with PortAudio: microphone and loudspeaker make a terminal of the hotline
	@scripts/need "for microphones and loudspeakers" $(SOUND_PACKAGES)
	@mkdir -p $(BIN)
	CGO_ENABLED=1 $(GO) build -trimpath -tags portaudio -o $(BIN)/speaker ./cmd/speaker

run: tools-run build ## start the gateway with the four example hotlines and their companies' systems
	@scripts/run

demo: tools-run build ## play the whole story in the terminal (ORDER=… SAY=… VOICE=… vary it)
	@$(BIN)/decroche demo --systems $(BIN)/demosystems --order "$(ORDER)" --say "$(SAY)" --voice "$(VOICE)"

format:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }

check: tools format ## format, vet, import table, documentation links, ends of turns
	$(GO) vet ./...
	$(GO) test ./internal/rules ./internal/reference ./configs ./bench/turneval

test: tools-test format ## everything with the race detector, as CI runs it
	@GO=$(GO) DECROCHE_INSTALLED=1 scripts/test
	@GO=$(GO) scripts/test-web

test-long: tools-test build ## what takes longer: demo calls, load, barge-in, recognition (prints the tables of docs/measurements.md)
	@scripts/need "to emulate arm64" qemu-user
	@scripts/need "for voices that no training heard" flite festival festvox-us-slt-hts
	@scripts/test-long

eval-asr: build ## hear a folder of recordings with a clips.tsv: DIR=folder (ENGINE=… JSON=1 CLOSED= CONDITIONS=… SPEED=1 vary it)
	@test -n "$(DIR)" || { echo "say which folder: make eval-asr DIR=path/to/recordings (with a clips.tsv: file, lang, speaker, transcript)"; exit 1; }
	@$(BIN)/decroche bench asr "$(DIR)" $(if $(CLOSED),,--closed) $(foreach e,$(ENGINE),--engine $(e)) $(if $(CONDITIONS),--conditions $(CONDITIONS)) $(if $(SPEED),--speed $(SPEED)) $(if $(JSON),--json)

bench-codecs: tools ## codecs and resamplers beside libopus and speexdsp (needs cgo and both -dev packages)
	@scripts/need "to compare with" gcc libc6-dev pkg-config libopus-dev libspeexdsp-dev
	@CGO_ENABLED=1 $(GO) test -count=1 -tags 'libopus nolibopusfile' -v -run LibOpus ./media/codec/opus
	@CGO_ENABLED=1 $(GO) test -count=1 -tags speexdsp -v -run SpeexDSP ./media/resample
	@$(GO) test -count=1 -run - -bench . ./media/codec ./media/plc ./media/jitter
	@$(GO) test -count=1 -run TestSpeech -v ./media/plc

docs: tools ## write again what is made from the code: schemas, reference pages, the reports of docs/examples
	$(GO) run ./internal/genref
	$(GO) test ./flows/parity -run Published -update
	$(GO) test ./cmd/decroche -run 'CLIReference|Example' -update

train-asr: ## train the embedded recogniser from scratch (hours; see asr/embedded/train/README.md)
	@scripts/need "to train" python3-torch python3-numpy python3-scipy espeak-ng flite festival festvox-kallpc16k festvox-kdlpc16k festvox-italp16k festvox-itapc16k festival-czech festvox-czech-ph festvox-czech-dita festvox-czech-krb festvox-czech-machac festvox-suopuhe-lj festvox-suopuhe-mv festival-te festvox-te-nsk sox scowl wfrench wamerican
	/usr/bin/python3 asr/embedded/train/train.py

clean: ## remove what was built
	rm -rf $(BIN) out
