import type { GuardedProcess, GuardOptions } from "../system/guarded-process.ts";

/**
 * One kind of thing that applications need beside themselves: a plug-in, one folder each, one line in registry.ts,
 * one conformance suite for all.
 */
export interface ServiceKind {
  /** What users write after `type:`. */
  readonly name: string;
  /** One sentence for documentation. */
  readonly help: string;
  /** `_URL`, `_DIRECTORY`: what the variable is called after the service's name when the description names none. */
  readonly mainVariable: string;
  /** SQL commands can be run against it. */
  readonly isDatabase: boolean;
  /**
   * A service of the environment's own: started where it is a server, ready when this returns.
   * @throws AppError `service_missing` when its programs are not on the machine: the hint says what to install or set.
   */
  open(place: ServicePlace): Promise<OpenService>;
  /**
   * One that is there already.
   * @param address - what somebody wrote: untrusted, and it may have a password.
   * @throws AppError `service_address_wrong`, `service_unreachable`.
   */
  connect(address: string, place: ServicePlace): Promise<OpenService>;
}

/** What a service may use. */
export interface ServicePlace {
  /** In the plan: `database`. */
  readonly name: string;
  /** Of the application: names of databases and accounts are made of it. */
  readonly application: string;
  /** Absolute, for this service alone; it is there, and only its owner can read it. */
  readonly directory: string;
  /** For programs of the machine: PATH and the like. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly signal: AbortSignal | undefined;
  /** Starts a server that ends with the environment, whatever happens to holdall. */
  startServer(options: Omit<GuardOptions, "python" | "env">): Promise<GuardedProcess>;
}

/** A service that can be used. What it is told is checked; what it returns has secrets where `isSecret` says. */
export interface OpenService {
  /** Parts by the end of the variable's name, the main one first: `_URL`, `_HOST`. */
  readonly values: Readonly<Record<string, ServiceValue>>;
  /** Makes what the application needs in it (database, account, directory), whatever is there: running it twice is once. */
  setUp(): Promise<void>;
  /** @throws AppError `service_unreachable`, `service_full`, with the reason of the server. */
  check(): Promise<void>;
  /** Writes all data of the application into a new directory. */
  backup(directory: string): Promise<void>;
  /** Makes the data what they were: replaces all of it, or, when it fails, changes nothing. */
  restore(directory: string): Promise<void>;
  /** Removes all data; what `setUp` made stays usable. */
  clear(): Promise<void>;
  /** Undoes `setUp`. */
  remove(): Promise<void>;
  /** Of databases only. */
  readonly sql?: SqlSession;
  /** Ends a server that was started; the data stay. */
  close(): Promise<void>;
}

export interface ServiceValue {
  readonly value: string;
  readonly isSecret: boolean;
}

/** Runs SQL files, once each. */
export interface SqlSession {
  /** Names that `record` has been told, in that order. */
  listDone(): Promise<readonly string[]>;
  /**
   * Runs a file and records it, in one transaction where the database can.
   * @throws AppError `sql_failed`: which statement, at which line, and what the database says. Nothing of the file stays,
   * or the message says that the database could not undo it.
   */
  runFile(file: { readonly name: string; readonly text: string }): Promise<void>;
}
