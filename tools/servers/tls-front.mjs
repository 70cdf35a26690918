/**
 * A server that speaks no TLS, behind TLS: what comes through TLS on the port goes to the server's socket, and back.
 * To others the two are one server: they start, stop and hang together.
 * Arguments: {"port", "certificate", "key", "socket"} as JSON, then the server's command.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import process from "node:process";
import { pipeline } from "node:stream";
import { createServer } from "node:tls";

const [settings, command, ...args] = process.argv.slice(2);
const { port, certificate, key, socket } = JSON.parse(settings);

const front = createServer({ cert: readFileSync(certificate), key: readFileSync(key), noDelay: true }, (client) => {
  pipeline(client, connect(socket), client, () => {});
});

front.listen(port, "127.0.0.1", () => {
  const server = spawn(command, args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
  server.on("exit", (code) => process.exit(code ?? 1));
});
