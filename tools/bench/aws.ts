/** Stands in for the parts of AWS that the records service needs: secrets, audit log, and the published keys of its user pool. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** What it answers whenever it is asked. */
export interface Received {
  /** Lines in the audit log. */
  lines: number;
  /** Deliveries that brought them. */
  deliveries: number;
}

const { KEY_SET = "", SECRETS = "{}" } = process.env;
const secrets = JSON.parse(SECRETS) as Record<string, string>;
const received: Received = { lines: 0, deliveries: 0 };

const operations: Record<string, (input: { SecretId: string; logEvents: unknown[] }) => object> = {
  GetSecretValue: ({ SecretId }) => ({ SecretString: secrets[SecretId] }),
  CreateLogStream: () => ({}),
  PutLogEvents: ({ logEvents }) => {
    received.lines += logEvents.length;
    received.deliveries++;
    return {};
  },
};

const server = createServer((request, response) => {
  const operation = operations[String(request.headers["x-amz-target"]).split(".")[1] ?? ""];
  void text(request).then((body) => {
    response.setHeader("Content-Type", "application/x-amz-json-1.1");
    response.end(operation ? JSON.stringify(operation(JSON.parse(body) as never)) : KEY_SET);
  });
});

process.on("message", () => process.send?.(received));

server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
