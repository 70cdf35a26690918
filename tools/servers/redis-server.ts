import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis, type RedisOptions } from "ioredis";
import type { CertificateAuthority, CertificateFiles } from "./certificates";
import { tieFolder } from "./lifetime";
import { redisProgram } from "./programs";
import { freePort, ServerProcess } from "./server-process";

interface RedisServerArgs {
  folder: string;
  authority: CertificateAuthority;
  /** None: the server speaks no TLS. */
  certificate?: CertificateFiles;
  tokens: string[];
}

/**
 * A real Redis, or Valkey, with the tokens of the default user, administered through a socket in its folder. One that was
 * built without TLS stands behind a front that speaks it (tls-front.mjs).
 * The folder is removed at the end of this process, if not before.
 */
export class RedisServer {
  private constructor(
    private readonly args: RedisServerArgs,
    readonly port: number,
    readonly process: ServerProcess,
  ) {}

  static async start(args: RedisServerArgs): Promise<RedisServer> {
    const { folder, authority, certificate } = args;
    mkdirSync(folder, { recursive: true });
    tieFolder(folder);
    const [program, port] = await Promise.all([redisProgram(), freePort()]);
    const configuration = join(folder, "redis.conf");
    const socket = join(folder, "admin.sock");
    const front = certificate && !speaksTls(program) ? { port, ...certificate, socket } : undefined;
    const settings = {
      ...(front ? { port: 0 } : certificate ? tlsListener(port, certificate, authority) : { port }),
      bind: "127.0.0.1",
      unixsocket: socket,
      save: '""',
      dir: folder,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
    writeFileSync(
      configuration,
      [...lines, "user admin on nopass ~* &* +@all", "user default on resetpass"].join("\n"),
    );
    const [command, ...rest] = front
      ? [process.execPath, join(__dirname, "tls-front.mjs"), JSON.stringify(front), program]
      : [program];
    const server: RedisServer = new RedisServer(
      args,
      port,
      new ServerProcess(command, [...rest, configuration], {}, () => server.setTokens(server.args.tokens)),
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
    try {
      const answer = await this.run({ host: "127.0.0.1", port: this.port, password: token, tls: { ca } }, "PING");
      return answer === "PONG";
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("WRONGPASS")) return false;
      throw error;
    }
  }

  /** Runs a command as the administrator. */
  administer(...command: [string, ...string[]]): Promise<unknown> {
    const path = join(this.args.folder, "admin.sock");
    return this.run({ path, username: "admin", password: "any" }, ...command);
  }

  private async run(options: RedisOptions, ...[command, ...args]: [string, ...string[]]): Promise<unknown> {
    const client = new Redis({ ...options, lazyConnect: true, retryStrategy: null, enableReadyCheck: false });
    let reason: Error | undefined;
    client.on("error", (error) => (reason ??= error));
    try {
      await client.connect();
      return await client.call(command, ...args);
    } catch (error) {
      throw reason ?? error;
    } finally {
      client.disconnect();
    }
  }
}

const tlsListener = (port: number, { certificate, key }: CertificateFiles, authority: CertificateAuthority) => ({
  port: 0,
  "tls-port": port,
  "tls-cert-file": certificate,
  "tls-key-file": key,
  "tls-ca-cert-file": authority.certificate,
  "tls-auth-clients": "no",
});

/** Asked to speak TLS without a certificate, the server says which of the two it misses, and ends. */
function speaksTls(program: string): boolean {
  const { stdout, stderr } = spawnSync(program, ["--port", "0", "--tls-port", "1"], { encoding: "utf8" });
  return `${stdout}${stderr}`.includes("Failed to configure TLS");
}
