// Two regions for screen readers, empty in the page from its beginning: a region that appears
// together with its words is not read by every reader.

/** announcer speaks through #status (polite) and #alert (at once) of the page. One sentence, once:
 * the same sentence again is said again only after the region was emptied. */
export interface Announcer {
  status(text: string): void;
  alert(text: string): void;
}

const hold = 4000; // ms until a region is emptied, so that nobody reads old news by walking there

export function announcer(doc: Document = document): Announcer {
  const speak = (id: string) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    return (text: string) => {
      const el = doc.getElementById(id);
      if (!el) return;
      clearTimeout(timer);
      el.textContent = text;
      timer = setTimeout(() => { el.textContent = ""; }, hold);
    };
  };
  return { status: speak("status"), alert: speak("alert") };
}
