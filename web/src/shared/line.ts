// What every line between a page and the gateway begins with: the servers that help through
// firewalls, a connection, an offer that names our addresses.
const calls = "/api/v1/webrtc/calls";
const gatherMost = 1500; // ms: on a machine with many networks, the first candidates do
const askMost = 2000; // ms: without an answer the connection is tried without servers
const fresh = 300_000; // ms that an answer is good for

/** microphone is what all pages ask of one. */
export const microphone: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };

/** iceServers reads the servers of a Link header (RFC 8288, RFC 9725 §4.6). What is none of ours, or
 * cannot be read, is left out. */
export function iceServers(header: string | null): RTCIceServer[] {
  const out: RTCIceServer[] = [];
  const link = /\s*<([^>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+\s*(?:=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]*))?)*)\s*(?:,|$)/y;
  const param = /;\s*([\w!#$&+.^`|~*-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?/g;
  for (let m: RegExpExecArray | null; header && link.lastIndex < header.length && (m = link.exec(header)); ) {
    const of: Record<string, string> = {};
    for (const [, name, quoted, bare] of m[2]!.matchAll(param)) of[name!.toLowerCase()] ??= quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "";
    const url = m[1]!.trim();
    if (!(of["rel"] ?? "").toLowerCase().split(/\s+/).includes("ice-server") || !/^(stun|turn)s?:[^/]/i.test(url)) continue;
    if (/^turn/i.test(url) && !(of["username"] && of["credential"])) continue; // a browser throws at it
    out.push({ urls: url, ...(of["username"] ? { username: of["username"] } : {}), ...(of["credential"] ? { credential: of["credential"] } : {}) });
  }
  return out;
}

let known: RTCIceServer[] = [], knownAt = 0;
let asking: Promise<RTCIceServer[]> | undefined;

/** servers are those that the gateway tells of; when it cannot be asked now, those it told of before. */
export function servers(): Promise<RTCIceServer[]> {
  if (knownAt && Date.now() - knownAt < fresh) return Promise.resolve(known);
  asking ??= (async () => {
    try {
      const res = await fetch(calls, { method: "OPTIONS", credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(askMost) });
      if (res.ok) [known, knownAt] = [iceServers(res.headers.get("Link")), Date.now()];
    } catch { /* the network is gone; the offer will say so */ }
    return known;
  })().finally(() => { asking = undefined; });
  return asking;
}

/** connection makes one that knows the servers. */
export async function connection(): Promise<RTCPeerConnection> {
  const plain: RTCConfiguration = { bundlePolicy: "max-bundle", iceCandidatePoolSize: 1 };
  const iceServers = await servers();
  try {
    return new RTCPeerConnection({ ...plain, iceServers });
  } catch { // an address that this browser does not take is no reason to call nobody
    return new RTCPeerConnection(plain);
  }
}

/** Unreachable is a network that gives the browser no address to be reached at: a firewall lets only
 * a TURN server through, and that refuses, or is not there. */
export class Unreachable extends Error {}

/** offer is what the gateway is brought: candidates go with it, none later. It throws Unreachable. */
export async function offer(pc: RTCPeerConnection): Promise<string> {
  await pc.setLocalDescription(await pc.createOffer());
  await new Promise<void>((done) => {
    const check = () => { if (pc.iceGatheringState === "complete") done(); };
    pc.addEventListener("icegatheringstatechange", check);
    pc.addEventListener("icecandidate", (e) => { if (e.candidate === null) done(); });
    setTimeout(done, gatherMost);
    check();
  });
  const sdp = pc.localDescription!.sdp;
  if (pc.iceGatheringState === "complete" && !/^a=candidate:/m.test(sdp)) throw new Unreachable("no address was found");
  return sdp;
}
