/** Each code a user can meet, with its exit code. docs/errors.md explains them all; a test compares the two. */
export const EXIT_CODES = {
  // The input is wrong: correct it and run again.
  usage_wrong: 2,
  description_invalid: 2,
  description_unreadable: 2,
  application_not_found: 2,
  platform_not_found: 2,
  command_not_found: 2,
  process_not_found: 2,
  object_not_found: 2,
  python_not_found: 2,
  packages_need_host_python: 2,
  file_outside: 2,
  lock_invalid: 2,
  setting_invalid: 2,
  setting_missing: 2,
  setting_unknown: 2,
  settings_unreadable: 2,
  service_address_wrong: 2,
  service_not_found: 2,
  // The input is right, the operation could not be done.
  environment_unusable: 1,
  file_exists: 1,
  file_unwritable: 1,
  build_command_failed: 1,
  resolve_failed: 1,
  index_unreachable: 1,
  hash_mismatch: 1,
  wheel_not_found: 1,
  import_failed: 1,
  files_collide: 1,
  tool_not_found: 1,
  interpreter_unusable: 1,
  artifact_unreadable: 1,
  artifact_invalid: 1,
  artifact_damaged: 1,
  artifact_unsupported: 1,
  layer_invalid: 1,
  release_failed: 1,
  cache_damaged: 1,
  cache_unusable: 1,
  setting_file_refused: 1,
  object_failed: 1,
  port_in_use: 1,
  address_unusable: 1,
  program_not_found: 1,
  packages_not_installed: 1,
  process_failed: 1,
  command_failed: 1,
  backup_invalid: 1,
  service_failed: 1,
  service_full: 1,
  service_missing: 1,
  service_unreachable: 1,
  sql_changed: 1,
  sql_failed: 1,
  // As a shell reports a program that SIGINT ended.
  interrupted: 130,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

export interface AppErrorFields {
  readonly code: ErrorCode;
  /** `cannot <verb> <object>: <reason>`, no final period: errors are quoted inside one another. */
  readonly message: string;
  /** What to do next: one imperative sentence. */
  readonly hint?: string | undefined;
  /** Text to show under the message as it is: the line of a file with a mark, the end of a tool's output. */
  readonly excerpt?: string | undefined;
  /** For programs and tests; printed by --json, so never a secret. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
}

/** An error meant for the user. Anything else that reaches the top is a defect: exit code 70. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly excerpt: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor({ code, message, hint, excerpt, details = {}, cause }: AppErrorFields) {
    super(message, { cause });
    this.name = "AppError";
    this.code = code;
    this.hint = hint;
    this.excerpt = excerpt;
    this.details = details;
  }
}
