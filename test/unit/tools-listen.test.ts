import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { listen } from "../../tools/listen";

it("fails where the port is taken", async () => {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  try {
    await expect(listen(() => new Response(), "127.0.0.1", port)).rejects.toMatchObject({ code: "EADDRINUSE", port });
  } finally {
    await new Promise((closed) => server.close(closed));
  }
});
