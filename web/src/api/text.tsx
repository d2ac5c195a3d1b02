// The description's texts: paragraphs, and `code` between backticks. Nothing else is markup.
import type { ComponentChildren } from "preact";

/** inline shows one paragraph. */
export function inline(text: string): ComponentChildren[] {
  return text.split("`").map((part, i) => (i % 2 ? <code key={i}>{part}</code> : part));
}

export function Text({ text }: { text: string }) {
  return <>{text.trim().split(/\n\s*\n/).filter(Boolean).map((p, i) => <p key={i}>{inline(p)}</p>)}</>;
}
