// widget.js: <script src="https://calls.example.com/widget.js" data-bot="colibri" data-lang="fr" data-offset="0 80" async></script>
// puts one frame into the page, which holds everything else; the page's styles and scripts cannot
// reach into it, nor it into them. data-offset keeps it away from the right and the bottom (or the
// left, with data-side="left"), for instance above a cookie bar, in pixels.
(() => {
  const me = document.currentScript as HTMLScriptElement | null;
  if (!me || (window as { decroche?: boolean }).decroche) return;
  (window as { decroche?: boolean }).decroche = true;
  const { bot, lang, offset, side } = me.dataset;
  const origin = new URL(me.src).origin;
  const [x = 0, y = 0] = (offset ?? "").split(/[ ,]+/).map((v) => Math.max(0, parseInt(v, 10) || 0));
  const frame = document.createElement("iframe");
  const query = new URLSearchParams();
  if (bot) query.set("bot", bot);
  query.set("lang", lang ?? document.documentElement.lang);
  frame.src = `${origin}/widget?${query}`;
  frame.allow = "microphone; autoplay; clipboard-write";
  frame.title = /^fr/i.test(query.get("lang")!) ? "Assistant automatique" : "Automated assistant";
  // Every property is set, and above what the page's own styles may say.
  const style = (o: Record<string, string>) => { for (const k in o) frame.style.setProperty(k, o[k]!, "important"); };
  style({ all: "initial" });
  let size = "none";
  const lay = () => {
    const view = window.visualViewport;
    const [w, h] = [view?.width ?? innerWidth, view?.height ?? innerHeight];
    const phone = w < 480;
    const open = size === "open";
    const full = open && phone; // above the keyboard of the phone
    style({
      position: "fixed", "z-index": "2147483000", border: "0", display: size === "none" ? "none" : "block", "color-scheme": "auto",
      [side === "left" ? "left" : "right"]: full ? "0" : `${(open ? 16 : 8) + x}px`,
      bottom: full ? "auto" : `${(open ? 16 : 8) + y}px`, top: full ? `${view?.offsetTop ?? 0}px` : "auto",
      width: full ? "100%" : open ? "376px" : "72px", height: full ? `${h}px` : open ? `${Math.min(640, h - 32 - y)}px` : "72px",
      "border-radius": open && !phone ? "14px" : "0", "box-shadow": open && !phone ? "0 8px 40px rgb(0 0 0 / .28)" : "none", background: "transparent",
      "max-width": "none", "max-height": "none", "min-width": "0", "min-height": "0", visibility: "visible", opacity: "1", transform: "none", "pointer-events": "auto",
    });
  };
  addEventListener("message", (e: MessageEvent<{ decroche?: string } | null>) => {
    if (e.source !== frame.contentWindow || e.origin !== origin || !e.data?.decroche) return;
    size = e.data.decroche;
    lay();
  });
  for (const [on, what] of [[window, "resize"], [window.visualViewport, "resize"], [window.visualViewport, "scroll"]] as const) on?.addEventListener(what, lay);
  lay();
  const put = () => document.body.append(frame);
  if (document.body) put();
  else addEventListener("DOMContentLoaded", put);
})();
