import { migrations } from "../../service/migration/migrations";
import { invoke, wakeLimit } from "./invocations";
import { testBeyond } from "./local-limits";
import { versionAt } from "./secret-rotation";
import { nameOf, outputs } from "./stack";

testBeyond(
  "functions at work",
  "has run at the deployment: nothing is left to apply, and the service's login stays as it is",
  async () => {
    expect(Object.keys(migrations).length).toBeGreaterThanOrEqual(4);
    const input = { DATABASE_HOST: outputs.databaseEndpoint, DATABASE_SECRET_ARN: outputs.databaseSecretArn };
    const before = await versionAt(nameOf("records-database"), "AWSCURRENT");
    expect(await invoke("schema-migration", input)).toEqual({ applied: [] });
    const { id } = await versionAt(nameOf("records-database"), "AWSCURRENT");
    expect(id).toBe(before.id);
  },
  (wakeLimit + 60) * 1000,
);
