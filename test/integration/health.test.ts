import { randomUUID } from "node:crypto";
import { paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { firstHealthy, healthLimit } from "./health";
import { testBeyond } from "./local-limits";
import { secretsIn, secretValues } from "./secret-values";
import { aws, collect, eventually, nameOf } from "./stack";

const healthy = { status: "ok", checks: { database: { status: "ok" }, cache: { status: "ok" } } };

describe("the deployed function", () => {
  testBeyond(
    "functions at work",
    "answers GET /health: PostgreSQL and Redis can be used",
    async () => {
      const answer = await firstHealthy(randomUUID());
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
      await firstHealthy(chosen);
      const logGroupName = `/aws/lambda/${nameOf("records-service")}`;
      const startTime = Date.now() - 60_000;
      const messages = () =>
        collect(paginateFilterLogEvents({ client: aws.logs }, { logGroupName, startTime }), (page) =>
          page.events?.map(({ message = "" }) => message),
        );
      const ours = await eventually("the log tells of the request", 60, async () =>
        // While the service starts it may have said that it is unavailable.
        (await messages()).find((message) => message.includes('"getHealth"') && message.includes('"status":200')),
      );
      const requestId = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
      expect(JSON.parse(ours)).toMatchObject({ message: "answered", operation: "getHealth", status: 200, requestId });
      const all = (await messages()).join("\n");
      expect(all).not.toContain(chosen);
      expect(secretsIn(all, await secretValues())).toEqual({ found: 0 });
    },
    (healthLimit + 90) * 1000,
  );
});
