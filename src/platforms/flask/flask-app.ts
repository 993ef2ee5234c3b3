import type { AppFiles } from "../../description/description.ts";

/** What `FLASK_APP` says, as far as it can be followed without running anything. */
export interface FlaskApp {
  readonly module: string;
  /** Undefined: Flask looks for it in the module, and so do we. */
  readonly attribute: string | undefined;
  readonly isFactory: boolean;
}

/**
 * The application that `.flaskenv` names for the `flask` command. That file is for what is public and kept with the code; a
 * `.env` is not looked at. Undefined for a factory with arguments, too: a plan has none.
 */
export function findFlaskApp(files: AppFiles): FlaskApp | undefined {
  const line = /^[ \t]*(?:export[ \t]+)?FLASK_APP[ \t]*=[ \t]*(.*?)[ \t]*$/m.exec(
    files.read(".flaskenv") ?? "",
  );
  const value = line?.[1]?.replace(/^(["'])(.*)\1$/, "$2") ?? "";
  const [, place, attribute, call] = /^(?:\.\/)?([\w./]+?)(?::([A-Za-z_]\w*)(\(\))?)?$/.exec(value) ?? [];
  const module = place?.replace(/\.py$/, "").replaceAll("/", ".") ?? "";
  if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(module)) return undefined;
  return { module, attribute, isFactory: call !== undefined || /^(create|make)_app$/.test(attribute ?? "") };
}
