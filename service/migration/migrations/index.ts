import { type Migration, sql } from "kysely";
import { roles } from "./0001-roles";
import { patients } from "./0002-patients";
import { audit } from "./0003-audit";
import { analytics } from "./0004-analytics";

const migration = (statements: string): Migration => ({
  up: async (database) => {
    await sql.raw(statements).execute(database);
  },
});

/** By name, in the order in which they apply. One that has been released is never changed: what is to change gets a new one. */
export const migrations: Record<string, Migration> = {
  "0001-roles": migration(roles),
  "0002-patients": migration(patients),
  "0003-audit": migration(audit),
  "0004-analytics": migration(analytics),
};
