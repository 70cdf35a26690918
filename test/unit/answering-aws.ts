import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { clientConfig } from "../../tools/aws-environment";
import type { ClientConfig } from "../../tools/leftovers/inventory";
import type { ErrorAnswer } from "../faults/aws-errors";

/** An AWS that has an answer to every request. */
export interface AnsweringAws {
  config: ClientConfig;
  stop(): Promise<void>;
}

export async function startAnsweringAws(
  answer: (request: IncomingMessage, body: Buffer) => ErrorAnswer,
): Promise<AnsweringAws> {
  const server = createServer((request, response) => {
    const body: Buffer[] = [];
    request.on("data", (part: Buffer) => body.push(part));
    request.on("end", () => {
      const { headers, status, text } = answer(request, Buffer.concat(body));
      response.writeHead(status, headers).end(text);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    config: clientConfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    stop: () =>
      new Promise((closed) => {
        server.close(() => {
          closed();
        });
        server.closeAllConnections();
      }),
  };
}
