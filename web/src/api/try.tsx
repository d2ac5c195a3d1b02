// Trying a route on this very gateway, with the session of whoever looks.
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../shared/icons";
import type { Words } from "./fr";
import { address, shown, type Operation, type Spec } from "./spec";

const most = 200_000; // characters of an answer that are shown

interface Answered {
  status: string;
  good: boolean;
  ms: number;
  head: string;
  body: string;
  streams: boolean;
}

/** pretty indents JSON and leaves anything else alone. */
function pretty(text: string, kind: string): string {
  if (!/json/.test(kind)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** curl is the same request for a terminal; the token is for whoever runs it to fill in. */
function curl(o: Operation, url: string, kind: string, body: string): string {
  const quote = (t: string) => `'${t.replace(/'/g, "'\\''")}'`;
  return ["curl", ...(o.method === "GET" ? [] : ["-X", o.method]), ...(o.open ? [] : ["-H", '"Authorization: Bearer $TOKEN"']), ...(body ? ["-H", quote("Content-Type: " + kind), "--data-binary", quote(body)] : []), quote(new URL(url, location.href).href)].join(" ");
}

export function Try({ spec, o, say, status }: { spec: Spec; o: Operation; say: Words; status: (t: string) => void }) {
  const kinds = Object.keys(o.body?.content ?? {});
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [kind, setKind] = useState(kinds[0] ?? "");
  const [body, setBody] = useState(() => (kinds[0] ? shown(spec, o.body!.content[kinds[0]]!) : ""));
  const [got, setGot] = useState<Answered | undefined>();
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState<AbortController | undefined>();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => () => busy?.abort(), [busy]);

  const send = async () => {
    let url: string;
    try {
      url = address(o, values);
    } catch (e) {
      setTrouble(say("missing", { name: (e as Error).message }));
      return;
    }
    setTrouble("");
    const cut = new AbortController(), began = performance.now();
    setBusy(cut);
    const headers: Record<string, string> = {};
    for (const p of o.parameters) if (p.in === "header" && values["header " + p.name]) headers[p.name] = values["header " + p.name]!;
    if (o.body && body) headers["Content-Type"] = kind;
    try {
      const res = await fetch(url, { method: o.method, headers, signal: cut.signal, cache: "no-store", redirect: "manual", ...(o.body && body ? { body } : {}) });
      const type = res.headers.get("Content-Type") ?? "";
      const a: Answered = {
        status: `${res.status} ${res.statusText}`, good: res.ok, ms: Math.round(performance.now() - began), streams: /event-stream/.test(type), body: "",
        head: ["Content-Type", "Location", "ETag", "Link", "Retry-After"].flatMap((h) => (res.headers.get(h) ? [`${h}: ${res.headers.get(h)}`] : [])).join("\n"),
      };
      setGot(a);
      status(say("answered", { status: a.status, ms: a.ms }));
      if (/^(audio|image|application\/octet)/.test(type)) {
        await res.body?.cancel();
        setGot({ ...a, body: `(${type})` });
      } else {
        let text = "";
        const decode = new TextDecoder();
        for (const reader = res.body?.getReader(); reader;) {
          const { value, done } = await reader.read();
          if (done) break;
          text += decode.decode(value, { stream: true });
          if (a.streams) setGot({ ...a, body: text.slice(-20_000) });
          if (!a.streams && text.length > most) {
            await reader.cancel();
            text = text.slice(0, most) + "\n" + say("cut");
            break;
          }
        }
        if (!a.streams) setGot({ ...a, body: pretty(text, type) });
      }
    } catch {
      if (!cut.signal.aborted) setTrouble(say("nothing_came"));
    } finally {
      setBusy(undefined);
    }
  };
  const copy = async () => {
    try {
      await navigator.clipboard?.writeText(curl(o, address(o, values), kind, o.body ? body : ""));
      status(say("copied"));
    } catch (e) {
      setTrouble(say("missing", { name: (e as Error).message }));
    }
  };
  const id = (name: string) => `${o.id}-${name}`;
  const changes = o.method !== "GET" && o.method !== "OPTIONS";
  return (
    <form class="try" ref={box as never} onSubmit={(e) => { e.preventDefault(); void send(); }} aria-label={say("try")} noValidate>
      {o.parameters.map((p) => {
        const key = p.in + " " + p.name;
        const at = p.schema && spec.find(p.schema);
        const hint = p.example ?? at?.example ?? at?.default ?? at?.examples?.[0];
        const set = (v: string) => setValues({ ...values, [key]: v });
        return (
          <p class="param" key={key}>
            <label for={id(p.name)}><code>{p.name}</code>{(p.required || p.in === "path") && <span class="must">{say("required")}</span>}</label>
            {at?.enum
              ? <select id={id(p.name)} class="field" value={values[key] ?? ""} onChange={(e) => set(e.currentTarget.value)}><option value="" />{at.enum.filter((v) => v !== "").map((v) => <option key={String(v)} value={String(v)}>{String(v)}</option>)}</select>
              : <input id={id(p.name)} class="field" value={values[key] ?? ""} placeholder={hint === undefined ? "" : String(hint)} autocomplete="off" spellcheck={false} onInput={(e) => set(e.currentTarget.value)} />}
          </p>
        );
      })}
      {o.body && (
        <p class="param wide">
          <label for={id("body")}>{say("body")} {kinds.length > 1
            ? <select class="field kindof" aria-label="Content-Type" value={kind} onChange={(e) => { setKind(e.currentTarget.value); setBody(shown(spec, o.body!.content[e.currentTarget.value]!)); }}>{kinds.map((k) => <option key={k} value={k}>{k}</option>)}</select>
            : <span class="limits">{kind}</span>}</label>
          <textarea id={id("body")} class="field code" rows={Math.min(14, body.split("\n").length + 1)} value={body} spellcheck={false} onInput={(e) => setBody(e.currentTarget.value)} />
        </p>
      )}
      {changes && <p class="limits">{say("sends")}</p>}
      <p class="ways">
        {busy
          ? <button type="button" class="btn small" onClick={() => { busy.abort(); setBusy(undefined); }}>{say("stop")}</button>
          : <button type="submit" class={"btn small " + (o.method === "DELETE" ? "danger" : "primary")}><Icon name="send" />{say("send")} {o.method}</button>}
        <button type="button" class="btn small" onClick={() => void copy()}>{say("curl")}</button>
        {busy && got?.streams && <span class="limits">{say("streaming")}</span>}
      </p>
      {trouble && <p class="bad" role="alert">{trouble}</p>}
      {got && (
        <div class="got">
          <p><span class={"tag " + (got.good ? "ok" : "danger")}><Icon name={got.good ? "check" : "alert"} />{say("answered", { status: got.status, ms: got.ms })}</span></p>
          {got.head && <pre class="limits" tabIndex={0}>{got.head}</pre>}
          {got.body && <pre tabIndex={0}>{got.body}</pre>}
        </div>
      )}
    </form>
  );
}
