import { randomUUID } from "node:crypto";
import type { APIGatewayProxyResult } from "aws-lambda";
import type { FunctionProcess } from "./support/function-process";
import { RecordsApi } from "./support/records-api";

jest.setTimeout(60_000);

const logGroup = "audit-test";

let api: RecordsApi;
let records: FunctionProcess | undefined;

beforeAll(async () => {
  api = await RecordsApi.start();
  api.database.aws.logs.emptyGroup(logGroup);
});

afterEach(async () => {
  await records?.stop();
  records = undefined;
});

afterAll(() => api.stop());

/** A request whose token is no token, with claims such as the gateway's authorizer passes on. */
const request = () => ({
  httpMethod: "POST",
  path: "/v1/session",
  multiValueHeaders: { Authorization: ["Bearer forged"] },
  body: null,
  requestContext: {
    identity: { sourceIp: "192.0.2.1" },
    authorizer: {
      claims: {
        sub: "user-1",
        client_id: api.tokens.clientId,
        token_use: "access",
        scope: "records/read",
        auth_time: String(Math.floor(Date.now() / 1000)),
        origin_jti: randomUUID(),
      },
    },
  },
});

it.each([
  ["keys", 401],
  ["gateway", 201],
])(
  "where %s verify tokens, what the gateway passed on with a token that is none gets %i",
  async (verifiedBy, status) => {
    records = await api.database.startFunction("service/records/index.ts", `verified-by-${verifiedBy}`, {
      ENVIRONMENT: "test",
      DATABASE_SECRET_ARN: api.database.serviceSecretArn,
      REDIS_HOST: "localhost",
      REDIS_PORT: String(api.redis.port),
      REDIS_SECRET_ARN: api.redisSecretArn,
      AUDIT_LOG_GROUP: logGroup,
      USER_POOL_ID: api.tokens.userPoolId,
      USER_POOL_CLIENT_ID: api.tokens.clientId,
      TOKEN_VERIFICATION: verifiedBy,
      SESSION_IDLE_SECONDS: "900",
      SESSION_ABSOLUTE_SECONDS: "43200",
      SESSION_REQUESTS_PER_MINUTE: "300",
      CACHE_SECONDS: "300",
    });
    const { statusCode } = (await records.invoke(request())) as APIGatewayProxyResult;
    expect(statusCode).toBe(status);
  },
);
