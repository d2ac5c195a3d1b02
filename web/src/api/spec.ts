// The description of the API (OpenAPI 3.1), as the gateway serves it: read once, turned into what the
// page shows. It is ours and trusted for its shape, no more: its texts are shown as text.
import { load } from "js-yaml";

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  example?: unknown;
  examples?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
}

export interface Parameter {
  $ref?: string;
  name: string;
  in: "path" | "query" | "header" | "cookie";
  required?: boolean;
  description?: string;
  schema?: Schema;
  example?: unknown;
}

export interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value?: unknown }>;
}

export interface Answer {
  $ref?: string;
  description?: string;
  content?: Record<string, Media>;
  headers?: Record<string, { description?: string; schema?: Schema }>;
}

interface Described {
  tags?: string[];
  operationId: string;
  summary?: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { $ref?: string; required?: boolean; content?: Record<string, Media> };
  responses?: Record<string, Answer>;
  "x-permission"?: string;
}

interface Document {
  info: { title: string; version: string; summary?: string; description?: string };
  tags?: { name: string; description?: string }[];
  security?: Record<string, string[]>[];
  paths: Record<string, Record<string, Described>>;
  components: Record<string, Record<string, unknown>>;
}

/** One thing that can be asked. */
export interface Operation {
  id: string;
  method: string; // in capitals
  path: string;
  tag: string;
  summary: string;
  description: string;
  /** open to everybody. */
  open: boolean;
  permission: string;
  parameters: readonly Parameter[];
  body: { required: boolean; content: Readonly<Record<string, Media>> } | undefined;
  answers: readonly [status: string, answer: Answer][];
}

export interface Spec {
  title: string;
  summary: string;
  description: string;
  tags: readonly { name: string; description: string; operations: readonly Operation[] }[];
  /** find follows a reference within the document. */
  find<T extends { $ref?: string }>(v: T): T;
}

/** nameOf is the last part of a reference: "Summary". */
export const nameOf = (v: { $ref?: string }) => v.$ref?.slice(v.$ref.lastIndexOf("/") + 1) ?? "";

const methods = ["get", "post", "put", "patch", "delete", "options"];

/** read makes a Spec of the text of openapi.yaml. */
export function read(text: string): Spec {
  const doc = load(text) as Document;
  const find = <T extends { $ref?: string }>(v: T): T => {
    let at = v;
    for (let hops = 0; at.$ref && hops < 10; hops++) {
      const parts = at.$ref.replace(/^#\//, "").split("/").map((p) => p.replace(/~1/g, "/").replace(/~0/g, "~"));
      const found = parts.reduce<unknown>((o, p) => (o as Record<string, unknown> | undefined)?.[p], doc) as T | undefined;
      if (!found) return { ...v, $ref: undefined };
      at = found;
    }
    return at;
  };
  const byTag = new Map<string, Operation[]>();
  for (const [path, item] of Object.entries(doc.paths)) for (const method of methods) {
    const d = item[method];
    if (!d) continue;
    const tag = d.tags?.[0] ?? "";
    const body = d.requestBody && find(d.requestBody);
    byTag.set(tag, [...(byTag.get(tag) ?? []), {
      id: d.operationId, method: method.toUpperCase(), path, tag, summary: d.summary ?? "", description: d.description ?? "",
      open: (d.security ?? doc.security ?? []).length === 0, permission: d["x-permission"] ?? "",
      parameters: (d.parameters ?? []).map(find), body: body && { required: !!body.required, content: body.content ?? {} },
      answers: Object.entries(d.responses ?? {}).map(([status, a]) => [status, find(a)] as [string, Answer]),
    }]);
  }
  const named = new Map((doc.tags ?? []).map((t) => [t.name, t.description ?? ""]));
  const tags = [...new Set([...named.keys(), ...byTag.keys()])].map((name) => ({ name, description: named.get(name) ?? "", operations: byTag.get(name) ?? [] })).filter((t) => t.operations.length);
  return { title: doc.info.title, summary: doc.info.summary ?? "", description: doc.info.description ?? "", tags, find };
}

/** A field of an object, as a table shows it. */
export interface Field {
  name: string;
  schema: Schema;
  required: boolean;
}

/** fields are those of an object, with what allOf adds; empty for anything else. */
export function fields(spec: Spec, s: Schema): Field[] {
  const at = spec.find(s);
  const must = new Set(at.required ?? []);
  const own = Object.entries(at.properties ?? {}).map(([name, schema]) => ({ name, schema, required: must.has(name) }));
  return [...(at.allOf ?? []).flatMap((p) => fields(spec, p)), ...own];
}

/** kind says in a word or two what a value is: "string, date-time", "Summary[]". */
export function kind(spec: Spec, s: Schema): string {
  if (s.$ref) {
    const to = spec.find(s);
    return to.properties || to.allOf ? nameOf(s) : kind(spec, to);
  }
  if (s.const !== undefined) return JSON.stringify(s.const);
  if (s.items) return `${kind(spec, s.items)}[]`;
  const one = s.oneOf ?? s.anyOf;
  if (one) return [...new Set(one.map((o) => kind(spec, o)))].join(" | ");
  const type = Array.isArray(s.type) ? s.type.join(" | ") : (s.type ?? (s.properties || s.allOf ? "object" : s.enum ? typeof s.enum[0] : "any"));
  return s.format ? `${type}, ${s.format}` : type;
}

/** inner is the schema whose fields belong below a value: of an object itself, of a list its items. */
export function inner(spec: Spec, s: Schema): Schema | undefined {
  const at = spec.find(s);
  if (at.properties || at.allOf) return s;
  if (at.items) return inner(spec, at.items);
  const one = (at.oneOf ?? at.anyOf)?.map((o) => inner(spec, o)).filter((o): o is Schema => !!o);
  return one?.length === 1 ? one[0] : undefined;
}

/** example is a value that fits a schema: the one that is written there, else one made of its parts. */
export function example(spec: Spec, s: Schema, depth = 0): unknown {
  const at = spec.find(s);
  const said = at.example ?? at.examples?.[0] ?? at.const ?? at.default;
  if (said !== undefined) return said;
  if (at.enum?.length) return at.enum.find((v) => v !== "") ?? at.enum[0];
  if (depth > 4) return null;
  if (at.oneOf ?? at.anyOf) return example(spec, (at.oneOf ?? at.anyOf)![0]!, depth + 1);
  if (at.items) return [example(spec, at.items, depth + 1)];
  if (at.properties || at.allOf) return Object.fromEntries(fields(spec, at).map((f) => [f.name, example(spec, f.schema, depth + 1)]));
  const type = Array.isArray(at.type) ? at.type.find((t) => t !== "null") : at.type;
  switch (type) {
    case "integer": case "number": return at.minimum ?? 1;
    case "boolean": return true;
    case "array": return [];
    case "object": return {};
    case "null": return null;
  }
  if (at.format === "date-time") return "2026-11-23T09:30:00Z";
  if (at.format === "date") return "2026-11-23";
  return "…";
}

/** shown is an example as it is written: JSON, or text as it is. */
export function shown(spec: Spec, media: Media): string {
  const value = media.example ?? Object.values(media.examples ?? {})[0]?.value ?? (media.schema ? example(spec, media.schema) : "");
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** matches tells whether an operation is about all words of a search. */
export function matches(o: Operation, q: string): boolean {
  const about = `${o.method} ${o.path} ${o.id} ${o.tag} ${o.summary} ${o.permission}`.toLowerCase();
  return q.toLowerCase().split(/\s+/).every((w) => about.includes(w));
}

/** address fills in what a request is about; it throws an Error named after what is missing. */
export function address(o: Operation, values: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams();
  let path = o.path;
  for (const p of o.parameters) {
    const v = values[p.in + " " + p.name] ?? "";
    if (!v && (p.required || p.in === "path")) throw new Error(p.name);
    if (p.in === "path") path = path.replace(`{${p.name}}`, encodeURIComponent(v));
    else if (p.in === "query" && v) query.append(p.name, v);
  }
  return query.size ? `${path}?${query}` : path;
}
