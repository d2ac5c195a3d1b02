// The page of the API: the description that the gateway serves, to read and to try.
import "../shared/base.css";
import "../shared/inter.css";
import "./api.css";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { announcer } from "../shared/announce";
import { choose, words, type Lang } from "../shared/words";
import { App } from "./app";
import { en } from "./en";
import { fr } from "./fr";
import type { Me } from "./me";
import { read, type Spec } from "./spec";

const keep = {
  get: (k: string) => { try { return localStorage.getItem(`decroche.api.${k}`); } catch { return null; } },
  set: (k: string, v: string) => { try { localStorage.setItem(`decroche.api.${k}`, v); } catch { /* forgotten with the page */ } },
};
const announce = announcer();
const kept = keep.get("theme");
if (kept === "light" || kept === "dark") document.documentElement.dataset["theme"] = kept;

function turnTheme(): void {
  const root = document.documentElement.dataset;
  const now = root["theme"] ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  keep.set("theme", (root["theme"] = now === "dark" ? "light" : "dark"));
}

function Page() {
  const [lang, setLang] = useState<Lang>(choose(new URLSearchParams(location.search).get("lang"), keep.get("lang"), navigator.languages));
  const [spec, setSpec] = useState<Spec | undefined | "failed">();
  const [me, setMe] = useState<Me | undefined>();
  const say = words(lang, fr, en);
  const learn = async () => {
    setSpec(undefined);
    try {
      const res = await fetch("/api/openapi.yaml");
      setSpec(res.ok ? read(await res.text()) : "failed");
    } catch {
      setSpec("failed");
    }
  };
  useEffect(() => {
    void learn();
    void fetch("/api/v1/me", { headers: { Accept: "application/json" } }).then(async (r) => { if (r.ok) setMe((await r.json()) as Me); }, () => {});
  }, []);
  useEffect(() => {
    document.documentElement.lang = lang;
    document.title = `${say("title")}`;
  }, [lang]);
  return <App spec={spec} me={me} say={say} lang={lang} retry={() => void learn()} turn={(l) => { keep.set("lang", l); setLang(l); }} theme={turnTheme} status={announce.status} />;
}

render(<Page />, document.getElementById("app")!);
