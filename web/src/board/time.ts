// The gateway's time of day. A supervisor's computer may be minutes wrong; waiting times and alerts are
// counted by the clock that wrote the events.
let skew = 0; // ms that this browser is ahead of the gateway

/** heard reads the Date header of an answer (RFC 9110 §6.6.1, whole seconds): less than two seconds is none. */
export function heard(date: string | null, at = Date.now()): void {
  const t = Date.parse(date ?? "");
  if (!Number.isNaN(t)) skew = Math.abs(at - t) > 2000 ? at - t : 0;
}

/** moment is the gateway's time, ms since 1970. */
export const moment = (): number => Date.now() - skew;
