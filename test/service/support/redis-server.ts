import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { createClient } from "@redis/client";
import type { CertificateAuthority, CertificateFiles } from "./certificates";
import { findProgram, freePort, ServerProcess } from "./server-process";

interface RedisServerArgs {
  folder: string;
  authority: CertificateAuthority;
  /** None: the server speaks no TLS. */
  certificate?: CertificateFiles;
  tokens: string[];
}

/** A real Redis with the tokens of the default user, administered through a socket in its folder. */
export class RedisServer {
  private constructor(
    private readonly args: RedisServerArgs,
    readonly port: number,
    readonly process: ServerProcess,
  ) {}

  static async start(args: RedisServerArgs): Promise<RedisServer> {
    const { folder, authority, certificate } = args;
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const configuration = path.join(folder, "redis.conf");
    const listener = certificate
      ? { port: 0, "tls-port": port, "tls-cert-file": certificate.certificate, "tls-key-file": certificate.key }
      : { port };
    const settings = {
      ...listener,
      "tls-ca-cert-file": authority.certificate,
      "tls-auth-clients": "no",
      bind: "127.0.0.1",
      unixsocket: path.join(folder, "admin.sock"),
      save: '""',
      dir: folder,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
    writeFileSync(
      configuration,
      [...lines, "user admin on nopass ~* &* +@all", "user default on resetpass"].join("\n"),
    );
    const server: RedisServer = new RedisServer(
      args,
      port,
      new ServerProcess(findProgram(["redis-server"]), [configuration], {}, () => server.setTokens(server.args.tokens)),
    );
    await server.process.start();
    return server;
  }

  /** The tokens that clients may use, also after a restart. */
  async setTokens(tokens: string[]): Promise<void> {
    this.args.tokens = tokens;
    const rules = ["on", "resetpass", "resetkeys", "~*", "+@all", ...tokens.map((token) => `>${token}`)];
    await this.administer("ACL", "SETUSER", "default", ...rules);
  }

  async disconnectClients(): Promise<void> {
    await this.administer("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  }

  /** Whether a client that connects now may use the token. */
  async accepts(token: string): Promise<boolean> {
    const ca = readFileSync(this.args.authority.certificate, "utf8");
    const client = createClient({
      password: token,
      socket: { host: "127.0.0.1", port: this.port, tls: true, ca, reconnectStrategy: false },
    });
    client.on("error", () => undefined);
    try {
      await client.connect();
      return (await client.ping()) === "PONG";
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("WRONGPASS")) return false;
      throw error;
    } finally {
      client.destroy();
    }
  }

  private async administer(...command: string[]): Promise<void> {
    const client = createClient({
      username: "admin",
      password: "any",
      socket: { path: path.join(this.args.folder, "admin.sock"), tls: false, reconnectStrategy: false },
    });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.sendCommand(command);
    } finally {
      client.destroy();
    }
  }
}
