// Keeps a page that shows something live up to date: asks for the same page again, and moves
// over what changed. Lines of a transcript are only added or replaced, never moved; the page
// follows the bottom only when the reader is there. Text arrives escaped from the server and is
// moved as nodes, never as markup.
"use strict";
(() => {
  const ticks = () => {
    for (const el of document.querySelectorAll("[data-since]")) {
      const s = Math.max(0, Math.floor((Date.now() - Date.parse(el.dataset.since)) / 1000));
      const two = (n) => String(n).padStart(2, "0");
      el.textContent = s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
    }
  };
  ticks();
  setInterval(ticks, 1000);

  let every = Number(document.body.dataset.refresh || 0);
  if (!every) return;
  let tag = "", failures = 0;
  const pill = document.getElementById("newer");
  const atEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 80;
  const toEnd = () => { scrollTo(0, document.documentElement.scrollHeight); if (pill) pill.hidden = true; };
  if (pill) {
    pill.addEventListener("click", toEnd);
    addEventListener("scroll", () => { if (atEnd()) pill.hidden = true; }, { passive: true });
  }

  const log = (old, now) => {
    const follow = atEnd();
    const had = old.children.length;
    [...now.children].forEach((line, i) => {
      const mine = old.children[i];
      if (mine && mine.id === line.id && mine.dataset.v === line.dataset.v) return;
      const fresh = document.importNode(line, true);
      if (!mine) { old.append(fresh); return; }
      const open = mine.querySelector("details[open]");
      mine.replaceWith(fresh);
      if (open && fresh.querySelector("details")) fresh.querySelector("details").open = true;
    });
    while (old.children.length > now.children.length) old.lastElementChild.remove();
    if (old.children.length === had) return;
    if (follow) toEnd(); else if (pill) pill.hidden = false;
  };

  const say = (lost) => {
    const el = document.getElementById("live");
    if (!el || el.classList.contains("lost") === lost) return;
    el.classList.toggle("lost", lost);
    const word = el.querySelector(".word");
    if (!word.dataset.ok) word.dataset.ok = word.textContent;
    word.textContent = lost ? document.body.dataset.offline : word.dataset.ok;
  };

  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html", ...(tag && { "If-None-Match": tag }) }, cache: "no-store", redirect: "error", signal: AbortSignal.timeout(8000) });
      failures = 0;
      say(false);
      if (answer.status === 404) { every = 0; location.reload(); return; }
      if (answer.status === 304 || !answer.ok) return;
      tag = answer.headers.get("ETag") || "";
      const now = new DOMParser().parseFromString(await answer.text(), "text/html");
      const lines = document.querySelector("[data-log]"), newLines = now.querySelector("[data-log]");
      if (lines && newLines) log(lines, newLines);
      for (const part of document.querySelectorAll("[data-part]")) {
        const fresh = now.getElementById(part.id);
        if (!fresh || part.dataset.seen === fresh.outerHTML || part.contains(document.activeElement) || part.matches(":hover") && part.id === "rows") continue;
        const seen = fresh.outerHTML;
        const node = document.importNode(fresh, true);
        node.dataset.seen = seen;
        part.replaceWith(node);
      }
      ticks();
      if (!now.body.dataset.refresh) {
        every = 0;
        document.getElementById("live")?.remove();
      }
    } catch {
      if (++failures > 1) say(true);
    }
  };
  const again = async () => {
    if (!document.hidden) await look();
    if (every) setTimeout(again, Math.min(every * (1 + failures), 15000));
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden && every) look(); });
  // Who and why come first; the last lines are one press away.
  if (pill && !atEnd()) pill.hidden = false;
  setTimeout(again, every);
})();
