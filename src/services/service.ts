import type { ServiceType } from "../description/description.ts";
import type { GuardedProcess, GuardOptions, ProcessEnd } from "../system/guarded-process.ts";

/**
 * One kind of thing that applications need beside themselves: a plug-in, one folder each, one conformance suite for all. To
 * add one: its name in SERVICE_TYPES of description/description.ts, which users write, and a line in registry.ts.
 */
export interface ServiceKind {
  readonly name: ServiceType;
  /** One sentence for documentation. */
  readonly help: string;
  /** `_URL`, `_DIRECTORY`: what the variable is called after the service's name when the description names none. */
  readonly mainVariable: string;
  /** What its data are called in its directory: of two types with one name, each keeps its own. */
  readonly keeps: string;
  /** Of its URLs, as every library takes it; undefined: it has none, or one that is a path. */
  readonly scheme?: string;
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
  /** Absolute working directory of the application, which a relative path in an address starts from. */
  readonly data: string;
  /** The variable that names a service which is there already; undefined: it is the environment's own. */
  readonly variable?: string | undefined;
  /** The application cannot give a password: one of its own asks for none. */
  readonly isOpenToAll?: boolean;
  /** Of databases: whether the account may make databases of its own, as tests do. */
  readonly mayMakeDatabases?: boolean;
  /** Of services that have one; undefined: as the service decides. */
  readonly quotaBytes?: number;
  /** For programs of the machine: PATH and the like. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly signal: AbortSignal | undefined;
  /** Starts a server that ends with the environment, whatever happens to holdall. */
  startServer(options: ServerOptions): Promise<GuardedProcess>;
  /** Is told what happens to a server that nobody has asked to end. */
  readonly onServer?: (event: ServerEvent) => void;
}

export type ServerEvent =
  /** It is started again, at the same address. */
  | ({ readonly kind: "ended" } & ProcessEnd)
  | { readonly kind: "started" }
  /** It is not started again. */
  | { readonly kind: "failed"; readonly error: unknown };

/** The environment knows a Python for the guard. What the server inherits is the service's to say. */
export type ServerOptions = Omit<GuardOptions, "python">;

/** A service that can be used. What it is told is checked; what it returns has secrets where `isSecret` says. */
export interface OpenService {
  /** Parts by the end of the variable's name, the main one first: `_URL`, `_HOST`. */
  readonly values: Readonly<Record<string, ServiceValue>>;
  /** Makes what the application needs in it (database, account, directory), whatever is there: running it twice is once. */
  setUp(): Promise<void>;
  /** @throws AppError `service_unreachable`, `service_full`, with the reason of the server. */
  check(): Promise<void>;
  /**
   * Writes all data of the application, as they are at one moment, into a directory that is not there yet; only its owner
   * can read it.
   */
  backup(directory: string): Promise<void>;
  /**
   * Makes the data what they were: replaces all of it, or, when it fails, changes nothing.
   * @throws AppError `backup_invalid` when this kind of service did not write it, or not all of it is there.
   */
  restore(directory: string): Promise<void>;
  /** Removes all data; what `setUp` made stays usable. */
  clear(): Promise<void>;
  /** Undoes `setUp`. */
  remove(): Promise<void>;
  /** Of databases only. */
  readonly sql?: SqlSession;
  /** Of what everybody can get by HTTP. */
  readonly published?: Published;
  /** Ends a server that was started; the data stay. */
  close(): Promise<void>;
}

/** A directory whose files everybody can get. */
export interface Published {
  /** URL path that they are below, `/uploads`. */
  readonly path: string;
  /** Absolute. */
  readonly directory: string;
}

export interface ServiceValue {
  readonly value: string;
  readonly isSecret: boolean;
}

/** Runs SQL files, once each; docs/environment.md, "SQL files". */
export interface SqlSession {
  /** Names of the files that have run, in that order. */
  listDone(): Promise<readonly string[]>;
  /** Whether a file has run with this text. */
  isDone(file: SqlFile): Promise<boolean>;
  /**
   * Runs a file and records it, in one transaction where the database can; one that has run is not run again. Call it for
   * every file in order: it compares those that have run, too. Two at a time wait for each other.
   * @throws AppError `sql_failed`: which statement, at which line, and what the database says. Nothing of the file stays,
   * or the message says that the database could not undo it. `sql_changed`: it has run with another text.
   */
  runFile(file: SqlFile): Promise<"ran" | "done">;
}

export interface SqlFile {
  /** What it is remembered by: its path in the application. At most 255 characters. */
  readonly name: string;
  readonly text: string;
}
