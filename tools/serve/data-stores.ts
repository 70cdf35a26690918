import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Pool } from "pg";
import { migrate } from "../../service/migration/migrate";
import { migrations } from "../../service/migration/migrations";
import { serviceUsers, setPassword } from "../../service/service-user";
import { CertificateAuthority } from "../servers/certificates";
import { PostgresServer } from "../servers/postgres-server";
import { RedisServer } from "../servers/redis-server";

const databaseName = "records";

/** A PostgreSQL with the schema and a Redis, in a folder, with TLS and credentials that live as long as they do. */
export async function startDataStores(folder: string) {
  const authority = new CertificateAuthority(join(folder, "authority"));
  const certificate = authority.issue("server", "DNS:localhost");
  const [redisToken, password] = [newSecret(), newSecret()];
  const postgresFolder = join(folder, "postgres");
  mkdirSync(postgresFolder);
  const [postgres, redis] = await Promise.all([
    PostgresServer.start(postgresFolder, certificate),
    RedisServer.start({ folder: join(folder, "redis"), authority, certificate, tokens: [redisToken] }),
  ]);
  await postgres.administer(`CREATE DATABASE ${databaseName}`);
  await prepareDatabase(postgres, password);
  return {
    postgres,
    environment: {
      NODE_EXTRA_CA_CERTS: authority.certificate,
      DATABASE_PORT: String(postgres.port),
      DATABASE_NAME: databaseName,
      DATABASE_CREDENTIALS: JSON.stringify({ username: serviceUsers[0], password }),
      REDIS_PORT: String(redis.port),
      REDIS_TOKEN: redisToken,
    },
    stop: async () => {
      await Promise.all([postgres.process.stop(), redis.process.stop()]);
    },
  };
}

const newSecret = () => randomBytes(24).toString("hex");

async function prepareDatabase({ folder, port }: PostgresServer, password: string): Promise<void> {
  const pool = new Pool({ host: folder, port, user: "admin", database: databaseName });
  try {
    await migrate(pool, migrations);
    const client = await pool.connect();
    await setPassword(client, serviceUsers[0], password);
    client.release();
  } finally {
    await pool.end();
  }
}
