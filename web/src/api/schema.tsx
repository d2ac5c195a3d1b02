// What a value looks like: its fields, and those of what lies within, opened when they are asked for.
import { useState } from "preact/hooks";
import { fields, inner, kind, nameOf, type Schema, type Spec } from "./spec";
import type { Words } from "./fr";
import { inline } from "./text";

/** limits says what else holds for a value, in words. */
function limits(s: Schema, say: Words): string[] {
  const out: string[] = [];
  const least = s.minimum ?? s.minLength, most = s.maximum ?? s.maxLength ?? s.maxItems;
  if (least !== undefined) out.push(say("at_least", { n: least }));
  if (most !== undefined) out.push(say("at_most", { n: most }));
  if (s.default !== undefined) out.push(say("by_default", { value: JSON.stringify(s.default) }));
  const values = s.enum?.filter((v) => v !== "") ?? s.examples;
  if (values?.length) out.push(`${say(s.enum ? "values" : "example")} ${values.map((v) => JSON.stringify(v)).join(", ")}`);
  return out;
}

/** About is what is said of a value behind its name. */
export function About({ spec, schema, say }: { spec: Spec; schema: Schema | undefined; say: Words }) {
  if (!schema) return null;
  const at = spec.find(schema);
  const more = limits(at, say);
  return <><span class="kind">{kind(spec, schema)}</span>{more.length > 0 && <span class="limits">{more.join(" · ")}</span>}</>;
}

function Row({ spec, name, schema, required, say, above }: { spec: Spec; name: string; schema: Schema; required: boolean; say: Words; above: readonly string[] }) {
  const at = spec.find(schema);
  const within = inner(spec, schema);
  const [open, setOpen] = useState(false);
  const ref = within ? nameOf(within) : "";
  const again = ref !== "" && above.includes(ref);
  const about = schema.description ?? at.description;
  return (
    <li>
      <div class="fieldrow">
        {within && !again
          ? <button type="button" class="fold" aria-expanded={open} onClick={() => setOpen(!open)}><code>{name}</code></button>
          : <code>{name}</code>}
        {required && <span class="must">{say("required")}</span>}
        <About spec={spec} schema={schema} say={say} />
        {again && <span class="limits">{say("again")}</span>}
      </div>
      {about && <p>{inline(about)}</p>}
      {open && within && <Fields spec={spec} schema={within} say={say} above={ref ? [...above, ref] : above} />}
    </li>
  );
}

/** Fields lists those of an object or of a list of objects; anything else is one word. above are the
 * names of the schemas around it. */
export function Fields({ spec, schema, say, above = [] }: { spec: Spec; schema: Schema; say: Words; above?: readonly string[] }) {
  const at = spec.find(schema);
  const within = inner(spec, schema);
  if (!within) {
    const one = (at.oneOf ?? at.anyOf)?.filter((o) => inner(spec, o));
    if (one?.length) return <div class="oneof">{one.map((o, i) => <div key={i}><p class="cap">{say("any_of")} {nameOf(o)}</p><Fields spec={spec} schema={o} say={say} above={above} /></div>)}</div>;
    return <p class="fieldrow"><About spec={spec} schema={schema} say={say} />{at.description && <span>{inline(at.description)}</span>}</p>;
  }
  const of = spec.find(within);
  const around = nameOf(within) ? [...above, nameOf(within)] : above;
  const rest = typeof of.additionalProperties === "object" ? of.additionalProperties : undefined;
  return (
    <ul class="fields">
      {fields(spec, within).map((f) => <Row key={f.name} spec={spec} name={f.name} schema={f.schema} required={f.required} say={say} above={around} />)}
      {rest && <Row spec={spec} name={`(${say("all_keys")})`} schema={rest} required={false} say={say} above={around} />}
    </ul>
  );
}
