import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { clientConfig } from "../../tools/aws-environment";
import { settlings } from "../../tools/recovery/settling";
import { errorAnswer, protocolOf } from "../faults/aws-errors";

/** Tells every request that its credentials have expired. Over HTTP, as the waiters are ended from within the SDK's clients. */
const aws = createServer((request, response) => {
  const body: Buffer[] = [];
  request.on("data", (part: Buffer) => body.push(part));
  request.on("end", () => {
    const { headers, status, text } = errorAnswer("expired", protocolOf(request, Buffer.concat(body)), () => 0);
    response.writeHead(status, headers).end(text);
  });
});

beforeAll(() => new Promise<void>((listening) => aws.listen(0, "127.0.0.1", listening)));

afterAll(() => {
  aws.close();
  aws.closeAllConnections();
});

it.each(Object.keys(settlings))("a %s is not waited for with credentials that have expired", async (type) => {
  const config = clientConfig(`http://127.0.0.1:${(aws.address() as AddressInfo).port}`);
  await expect(settlings[type]?.("it", config)).rejects.toMatchObject({
    name: expect.stringMatching(/^(ExpiredToken|ExpiredTokenException|RequestExpired)$/) as string,
  });
});
