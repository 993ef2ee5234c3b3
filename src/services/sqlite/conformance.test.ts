import { testConformance } from "../../testing/service-conformance.ts";
import { SQLITE } from "../../testing/sqlite-subject.ts";
import { sqliteService } from "./service.ts";

testConformance({ ...SQLITE, kind: sqliteService });
