import type { SettingType } from "../../artifact/plan.ts";
import { type ResolvedSetting, showSetting } from "../settings/resolve-settings.ts";

/** A setting for people and programs: what it is, and what it has. */
export interface DescribedSetting {
  readonly name: string;
  readonly type: SettingType;
  readonly help: string;
  readonly isRequired: boolean;
  readonly isSecret: boolean;
  /** An environment makes one when nobody gives it. */
  readonly isGenerated: boolean;
  /** As text; masked when it is a secret, undefined when nobody gave one. */
  readonly value: string | undefined;
  readonly source: ResolvedSetting["source"];
  /** The file or variable that says it. */
  readonly origin: string;
}

export function describeSetting(setting: ResolvedSetting): DescribedSetting {
  const { name, planned, source, origin, isSecret } = setting;
  const { type, help, isRequired } = planned;
  const isGenerated = planned.generate !== undefined;
  return {
    ...{ name, type, help, isRequired, isSecret, isGenerated },
    ...{ value: showSetting(setting), source, origin },
  };
}
