/**
 * Attributes one at a time: reading and writing an `a=` line, taking values out of a list, making new ones.
 */
import { attributeRow } from "./attribute-rows.ts";
import type { AttributeName, AttributeValues } from "./attribute-values.ts";
import type { Attribute, GenericAttribute, TypedAttribute } from "./description.ts";
import { cut, isToken } from "./text.ts";

/**
 * The attribute in `text`, which is what follows `a=`. A malformed value is kept as text; undefined when the name is no
 * token, even where a space cuts it off as some write it, or when the value is malformed and the attribute is one that
 * offer/answer depends on.
 */
export function parseAttribute(text: string): Attribute | undefined {
  const [start, value] = cut(text, ":");
  const name = start.trim();
  const row = attributeRow(name);
  if (row === undefined) return isToken(cut(name, " ")[0]) ? { name, text: value } : undefined;
  const parsed = row.parse(value ?? "");
  if (parsed !== undefined) return { name, value: parsed } as TypedAttribute;
  return row.strict ? undefined : { name, text: value };
}

/** What follows `a=`. */
export function printAttribute(attribute: Attribute): string {
  if (!("value" in attribute)) {
    return attribute.text === undefined ? attribute.name : `${attribute.name}:${attribute.text}`;
  }
  const text = attributeRow(attribute.name)?.print(attribute.value) ?? "";
  return text === "" ? attribute.name : `${attribute.name}:${text}`;
}

/** The value of the first attribute of that name; undefined when there is none, or none that could be read. */
export function find<N extends AttributeName>(attributes: readonly Attribute[], name: N): AttributeValues[N] | undefined {
  for (const attribute of attributes) {
    if (attribute.name === name && "value" in attribute) return attribute.value as AttributeValues[N];
  }
  return undefined;
}

/** The values of all attributes of that name, in order. */
export function findAll<N extends AttributeName>(attributes: readonly Attribute[], name: N): AttributeValues[N][] {
  const values: AttributeValues[N][] = [];
  for (const attribute of attributes) {
    if (attribute.name === name && "value" in attribute) values.push(attribute.value as AttributeValues[N]);
  }
  return values;
}

/** Whether there is an attribute of that name, understood or not. */
export function has(attributes: readonly Attribute[], name: string): boolean {
  return attributes.some((attribute) => attribute.name === name);
}

/** The attributes with other names. */
export function without(attributes: readonly Attribute[], ...names: readonly string[]): Attribute[] {
  return attributes.filter((attribute) => !names.includes(attribute.name));
}

/** An understood attribute: `attribute("mid", "0")`; for one without a value `attribute("rtcp-mux", true)`. */
export function attribute<N extends AttributeName>(name: N, value: AttributeValues[N]): TypedAttribute {
  return { name, value } as TypedAttribute;
}

/** Any attribute, as text. */
export function generic(name: string, text?: string): GenericAttribute {
  return { name, text };
}
