import type { AppFiles } from "../description.ts";
import { type Detected, found } from "./detected.ts";

/** A `manage.py` as `django-admin startproject` writes it. */
export function detectDjango(files: AppFiles): Detected {
  const isDjango = files.read("manage.py")?.includes("DJANGO_SETTINGS_MODULE") ?? false;
  return isDjango ? { platforms: found(["django"], "manage.py") } : {};
}
