import { createHmac } from "node:crypto";

/** For an account of the application's: whoever knows it cannot tell the administrator's password, nor another's. */
export function derivePassword(secret: string, application: string): string {
  return createHmac("sha256", secret).update(application).digest("hex");
}

/** Name of an application's database and account: what every database takes without quotes. */
export function accountName(application: string): string {
  const name = application
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_")
    .replaceAll(/^_+|_+$/g, "");
  // Two long names, or two that differ in other characters only, are two accounts.
  const mark = createHmac("sha256", "account").update(application).digest("hex").slice(0, 6);
  return name === application && name.length <= 30 && /^[a-z]/.test(name)
    ? name
    : `app_${name.slice(0, 20)}_${mark}`;
}
