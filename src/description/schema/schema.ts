import * as v from "valibot";
import { CONTENT } from "./content.ts";
import { type Field, mapping } from "./field.ts";
import { IDENTITY } from "./identity.ts";
import { PACKAGES } from "./packages.ts";
import { RUN } from "./run.ts";
import { SETTINGS } from "./settings.ts";

/** Every key of the description, in the order in which documents list them. */
export const FIELDS = [...IDENTITY, ...PACKAGES, ...RUN, ...SETTINGS, ...CONTENT] as const;

type FieldOf = (typeof FIELDS)[number];

/** The value of each key as it was written, checked. */
export type Written = { readonly [F in FieldOf as F["name"]]?: v.InferOutput<F["type"]> };

export const SCHEMA = mapping(
  Object.fromEntries(FIELDS.map(({ name, type }: Field) => [name, v.optional(type)])),
);
