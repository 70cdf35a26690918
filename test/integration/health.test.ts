import { randomUUID } from "node:crypto";
import { serviceLogGroups } from "../../lib/naming";
import { firstHealthy, healthLimit } from "./health";
import { testBeyond } from "./local-limits";
import { logMessages } from "./lookups";
import { secretsIn, secretValues } from "./secret-values";
import { eventually, nameOf, only } from "./stack";

const healthy = { status: "ok", checks: { database: { status: "ok" }, cache: { status: "ok" } } };

describe("the deployed function", () => {
  testBeyond(
    "functions at work",
    "answers GET /health: PostgreSQL and Redis can be used",
    async () => {
      const { answer } = await firstHealthy(randomUUID());
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
      expect(JSON.parse(answer.body)).toEqual(healthy);
    },
    (healthLimit + 30) * 1000,
  );

  testBeyond(
    "functions at work",
    "logs the request by its operation and Lambda's id of it, not by the one that a client may choose, and no secret",
    async () => {
      const chosen = randomUUID();
      const logGroupName = serviceLogGroups.lambda(nameOf("records-service"));
      const startTime = Date.now() - 60_000;
      const { log, requestId } = await firstHealthy(chosen);
      const line = only(
        log.split("\n").filter((text) => text.includes('"answered"')),
        "line of the answer",
      );
      expect(JSON.parse(line)).toMatchObject({ message: "answered", operation: "getHealth", status: 200, requestId });
      expect(log).not.toContain(chosen);

      const all = await eventually("the log tells of the request", 60, async () => {
        const text = (await logMessages({ logGroupName, startTime })).join("\n");
        return text.includes(requestId) ? text : undefined;
      });
      expect(all).not.toContain(chosen);
      expect(secretsIn(all, await secretValues())).toEqual({ found: 0 });
    },
    (healthLimit + 90) * 1000,
  );
});
