import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Passes TCP connections on to a port of this machine, until they are silenced: then they stand, and nothing comes through. */
export async function startProxy(port: number) {
  const sockets = new Set<Socket>();
  /** What was passed on, by the turns that the two sides took. */
  const passed: ("asked" | "answered")[] = [];
  const note = (side: "asked" | "answered") => () => {
    if (passed.at(-1) !== side) passed.push(side);
  };
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    near.on("data", note("asked")).pipe(far).on("data", note("answered")).pipe(near);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    passed,
    silence: () => {
      for (const socket of sockets) socket.unpipe();
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
