/** The process that serves the API: started by `npm run serve`, with the certificate authority of its data stores. */
import { randomUUID } from "node:crypto";
import { appendFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Database, parseDatabaseCredentials } from "../../service/postgres";
import { RedisConnection } from "../../service/redis-connection";
import { verifiedByKeys } from "../../service/records/access-tokens";
import type { AuditLine } from "../../service/records/audit-log";
import { createService } from "../../service/records/service";
import { appendAudit } from "../../service/records/store/audit-trail";
import { Secret } from "../../service/secret";
import { runCommand, UserError } from "../cli";
import { listen } from "../listen";
import { localFolder } from "../paths";
import { TokenIssuer } from "../token-issuer";
import { withLocalRoutes } from "./local-routes";
import { registerSamplePatients } from "./sample-patients";

const {
  PORT,
  DATABASE_PORT,
  DATABASE_NAME = "",
  DATABASE_CREDENTIALS = "",
  REDIS_PORT,
  REDIS_TOKEN = "",
} = process.env;

const known = (text: string) => () => Promise.resolve(text);
const database = new Database(
  { host: "localhost", port: Number(DATABASE_PORT), name: DATABASE_NAME },
  new Secret(known(DATABASE_CREDENTIALS), parseDatabaseCredentials),
);
const redis = new RedisConnection(
  { host: "localhost", port: Number(REDIS_PORT) },
  new Secret(known(REDIS_TOKEN), (token) => token),
);

const auditFile = join(localFolder().root, "serve", "audit.jsonl");

/** What the audit log group and its delivery to the chain are in AWS. */
async function deliverAuditLines(lines: AuditLine[]): Promise<void> {
  await mkdir(join(localFolder().root, "serve"), { recursive: true });
  await appendFile(auditFile, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const unchained = lines.filter(({ sequence }) => sequence === undefined);
  if (unchained.length > 0)
    await database.transaction((client) => client.query(appendAudit, [JSON.stringify(unchained)]));
}

const issuer = new TokenIssuer();
const service = createService({
  database,
  redis,
  readToken: verifiedByKeys(issuer, issuer.fetchKeys),
  deliverAuditLines,
  sessionLimits: { idle: 15 * 60, absolute: 12 * 3600, requestsPerMinute: 300 },
  cacheSeconds: 300,
  log: { info: () => undefined, warn: console.warn, error: console.error },
  metrics: { count: () => undefined },
});
const fetchApi = async (request: Request, sourceIp: string): Promise<Response> =>
  service.fetch(request, { requestContext: { requestId: randomUUID(), identity: { sourceIp } } });

async function start(): Promise<void> {
  const count = await registerSamplePatients(issuer, (request) => fetchApi(request, "127.0.0.1"));
  const app = withLocalRoutes(issuer, fetchApi);
  const answer = (request: Request, sourceIp: string) => app.fetch(request, { sourceIp });
  const port = await listen(answer, "localhost", Number(PORT)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new UserError(`Port ${PORT} is taken. Another one, 0 for any that is free: npm run serve -- --port NUMBER`);
  });
  const address = `http://localhost:${port}`;
  console.log(`
API page:  ${address}/
Sign in:   curl -s ${address}/local/sign-in -H 'Content-Type: application/json' -d '{"user": "me", "scopes": ["records/read", "records/write", "audit/read"]}'
Audit log: ${auditFile}
${count} synthetic patients. Everything but the audit log is gone when this ends (Ctrl-C).

Records API: ${address}`);
}

runCommand(() =>
  start().catch(async (error: unknown) => {
    // It would keep the process.
    await redis.close();
    throw error;
  }),
);
process.on("SIGTERM", () => process.exit(0));
