import { testConformance } from "../../testing/service-conformance.ts";
import { SQLITE } from "../../testing/sqlite-subject.ts";

testConformance(SQLITE);
