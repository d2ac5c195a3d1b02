import { describe, expect, it, vi } from "vitest";
import { Refused, type Group, type Me, type Publication, type Source } from "./api";
import { match, whys } from "./row";
import { most, Sorter } from "./sorter";

vi.mock("./main", () => ({}));

const group = (id: number, more: Partial<Group> = {}): Group => ({ id, bot: "b", lang: "fr", state: "open", text: `phrase ${id}`, count: 1, last: "2026-11-22T10:00:00Z", gain: 1, suggest: [{ intent: "suivi", share: 0.5, from: ["classifier"] }], said: [], ...more });
const me = (...permissions: string[]): Me => ({ user: "lina", name: "Lina", role: "builder", permissions, how: "password", demo: false }) as Me;
const none: Publication = { bot: "b", written: false, added: [], refused: [], accuracy_before: 1, accuracy_after: 1, breaks: [], mends: [] };

/** office is a sorter over n groups; sent are the acts that the gateway was told, down tells whether it answers. */
async function office(n = 5, kept: { text?: string } = {}, over: Partial<Source> = {}) {
  const sent: string[] = [], told: string[] = [], net = { down: false };
  const reach = async <T>(x: T): Promise<T> => { if (net.down) throw new Refused(0, ""); return x; };
  const groups = Array.from({ length: n }, (_, i) => group(i + 1));
  const source: Source = {
    me: () => reach(me("inbox:read", "inbox:write")), list: () => reach({ groups, intents: [{ bot: "b", lang: "fr", intents: [{ intent: "suivi", title: "le suivi" }] }] }),
    locks: () => reach({ locks: [] }), lock: (id) => reach({ id, user: "lina", name: "Lina", until: "" }), unlock: () => {}, sound: () => reach({ sounds: [] }),
    set: async (id, act) => { await reach(0); sent.push(`${act} ${id}`); }, publish: async (picks, _f, dry) => { await reach(0); if (!dry) sent.push("publish " + picks.map((p) => p.id + " " + p.intent).join(",")); return none; }, ...over,
  };
  const s = new Sorter(source, { get: () => kept.text ?? null, set: (_, t) => { kept.text = t; } }, (key, a) => told.push(`${key} ${a.n}`));
  await s.start();
  return { s, sent, told, net, groups, kept };
}
const ids = (s: Sorter) => s.state.groups.map((g) => g.id);

describe("deciding", () => {
  it("goes on to the next, says what remains, and sends what needs no publication", async () => {
    const { s, sent, told } = await office();
    s.decide("out-of-scope");
    s.decide("dismiss");
    await vi.waitFor(() => expect(sent).toEqual(["out-of-scope 1", "dismiss 2"]));
    expect([s.state.at, ids(s), told]).toEqual([3, [3, 4, 5], ["done_scope 4", "done_ignore 3"]]);
    expect(s.state.errands).toEqual([]);
  });
  it("accepts as a draft, which nobody is told before it is published", async () => {
    const { s, sent } = await office();
    s.decide("accept");
    s.decide("accept", "retard");
    expect(s.state.drafts.map((d) => `${d.group.id} ${d.intent}`)).toEqual(["1 suivi", "2 retard"]);
    expect(sent).toEqual([]);
    await s.publish(false);
    expect(sent).toEqual(["publish 1 suivi,2 retard"]);
    expect([s.state.drafts, s.state.undo]).toEqual([[], []]);
  });
  it("takes fifty decisions and takes them all back", async () => {
    const { s, sent } = await office(50);
    for (let i = 0; i < 50; i++) s.decide(i % 3 ? "accept" : "dismiss");
    expect(ids(s)).toEqual([]);
    await vi.waitFor(() => expect(sent).toHaveLength(17));
    for (let i = 0; i < 50; i++) s.takeBack();
    await vi.waitFor(() => expect(sent.filter((x) => x.startsWith("reopen"))).toHaveLength(17));
    expect(ids(s)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(s.state.drafts).toEqual([]);
    expect(sent.some((x) => x.startsWith("publish"))).toBe(false);
  });
  it("decides about the selected ones, twenty at most, each by its own suggestion", async () => {
    const { s, told } = await office(30);
    for (let i = 1; i <= 21; i++) s.pick(i);
    expect([s.state.picked.length, told]).toEqual([most, ["select_most 20"]]);
    s.decide("accept");
    expect([s.state.drafts.length, s.state.picked, s.state.at]).toEqual([20, [], 21]);
    s.takeBack();
    expect(ids(s)).toHaveLength(30);
  });
  it("accepts nothing that nobody suggests", async () => {
    const { s, told } = await office(1, {}, { list: async () => ({ groups: [group(1, { suggest: [] })], intents: [] }) });
    s.decide("accept");
    expect([s.state.drafts, told]).toEqual([[], ["no_suggestion 0"]]);
  });
  it("leaves what somebody else is on", async () => {
    const { s } = await office(3);
    s.set({ locks: [{ id: 2, user: "paul", name: "Paul", until: "" }] });
    s.pick(2);
    s.decide("dismiss", "", 2);
    expect([s.lockedBy(2), s.state.picked, ids(s)]).toEqual(["Paul", [], [1, 2, 3]]);
  });
  it("decides nothing for who may only read", async () => {
    const { s } = await office(2, {}, { me: async () => me("inbox:read") });
    s.decide("dismiss");
    expect(ids(s)).toEqual([1, 2]);
  });
});

describe("without the network", () => {
  it("keeps decisions and sends them later, in their order", async () => {
    const { s, sent, net } = await office();
    net.down = true;
    s.decide("dismiss");
    s.decide("out-of-scope");
    await vi.waitFor(() => expect(s.state.link).toBe("offline"));
    expect([s.state.errands.length, sent]).toEqual([2, []]);
    net.down = false;
    await s.look();
    await vi.waitFor(() => expect(sent).toEqual(["dismiss 1", "out-of-scope 2"]));
    expect([s.state.errands, s.state.link]).toEqual([[], "live"]);
  });
  it("sends nothing that was taken back before it left", async () => {
    const { s, sent, net } = await office();
    net.down = true;
    s.decide("dismiss");
    s.takeBack();
    net.down = false;
    await s.look();
    expect([sent, ids(s)]).toEqual([[], [1, 2, 3, 4, 5]]);
  });
  it("knows them again after the page was loaded again", async () => {
    const kept: { text?: string } = {};
    const one = await office(3, kept);
    one.net.down = true;
    one.s.decide("accept");
    one.s.decide("dismiss");
    const two = await office(3, kept);
    await vi.waitFor(() => expect(two.sent).toEqual(["dismiss 2"]));
    expect([two.s.state.drafts.map((d) => d.group.id), ids(two.s)]).toEqual([[1], [3]]);
  });
  it("gives back what the gateway refuses, with the reason", async () => {
    const { s } = await office(2, {}, { set: async () => { throw new Refused(409, "Paul is on it"); } });
    s.decide("dismiss");
    await vi.waitFor(() => expect(s.state.bad?.why).toBe("Paul is on it"));
    expect(ids(s).sort()).toEqual([1, 2]);
  });
});

describe("what comes meanwhile", () => {
  it("waits in a pill; what others decided goes, but not from under the cursor", async () => {
    const { s, groups } = await office(3);
    groups.push(group(9));
    groups.splice(0, 2); // 1, under the cursor, and 2
    await s.look();
    expect([ids(s), s.state.fresh.map((g) => g.id)]).toEqual([[1, 3], [9]]);
    await s.load("open");
    expect([ids(s), s.state.fresh]).toEqual([[3, 9], []]);
  });
  it("a publication that breaks a test writes nothing and says which", async () => {
    const { s } = await office(2, {}, { publish: async (_p, _f, dry) => { if (dry) return { ...none, breaks: ["tests/a.yaml: x"] }; throw new Refused(409, "breaks tests/a.yaml: x"); } });
    s.decide("accept");
    s.measure(0);
    await vi.waitFor(() => expect(s.state.effect?.[0]?.breaks).toEqual(["tests/a.yaml: x"]));
    await s.publish(false);
    expect([s.state.drafts.length, s.state.failed]).toEqual([1, "breaks tests/a.yaml: x"]);
  });
});

describe("titles", () => {
  const choices = [{ intent: "suivi", title: "le suivi d’un colis" }, { intent: "non_recu", title: "un colis non reçu" }];
  it.each([["le suivi d'un colis", "suivi"], ["suivi", "suivi"], ["recu", "non_recu"], ["un colis", "non_recu"], ["un", undefined], ["colis", undefined], ["", undefined], ["facture", undefined]])("%s means %s", (typed, want) => { expect(match(choices, typed)).toBe(want); });
  it("what the bot did, the most frequent first", () => {
    const said = ["a", "b", "b"].map((why, i) => ({ id: i, conversation: "", seq: 1, at: "", text: "", why }));
    expect(whys(group(1, { said }))).toEqual(["b", "a"]);
  });
});
