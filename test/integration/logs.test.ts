import { type LogGroup, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { functionTypes } from "../../lib/naming";
import { namesOfEnvironment } from "./lookups";
import { aws, collect, environmentSuffix, hasTrail, nameOf, only, outputs } from "./stack";

const expected = [
  nameOf("api-access"),
  nameOf("audit"),
  nameOf("aws-waf-logs"),
  nameOf("ecs-analytics"),
  nameOf("redis-engine-log"),
  nameOf("redis-slow-log"),
  nameOf("vpc-flow-logs"),
  ...(hasTrail ? [nameOf("cloudtrail")] : []),
  `/aws/ecs/containerinsights/${outputs.ecsClusterName}/performance`,
  ...functionTypes.map((type) => `/aws/lambda/${nameOf(type)}`),
  `/aws/rds/instance/${nameOf("rds-postgres")}/postgresql`,
  `/aws/rds/instance/${nameOf("rds-postgres")}/upgrade`,
  `API-Gateway-Execution-Logs_${outputs.apiId}/${environmentSuffix}`,
];

/** Whether a group's name holds one of this environment's names between its slashes, or is its API's. */
const isOurs = ({ logGroupName = "" }: LogGroup) =>
  logGroupName.split("/").some((part) => namesOfEnvironment.has(part) || part.endsWith(`_${outputs.apiId}`));

let groups: LogGroup[];

beforeAll(async () => {
  const all = await collect(paginateDescribeLogGroups({ client: aws.logs }, {}), (page) => page.logGroups);
  groups = all.filter(isOurs);
});

const group = (name: string) =>
  only(
    groups.filter(({ logGroupName }) => logGroupName === name),
    `log group ${name}`,
  );

test("are those that were made beforehand; no service has made another", () => {
  expect(groups.map(({ logGroupName }) => logGroupName).sort()).toEqual(expected.toSorted());
});

test.each(expected)("%s is encrypted by the logs' key", (name) => {
  expect(group(name).kmsKeyId).toBe(outputs.kmsKeyArns.logs);
});

test("expire: operational ones together, the tasks' on their own", () => {
  const own = [nameOf("audit"), nameOf("ecs-analytics")];
  const days = expected.filter((name) => !own.includes(name)).map((name) => group(name).retentionInDays);
  expect(days).toHaveLength(hasTrail ? 15 : 14);
  expect(new Set(days).size).toBe(1);
  expect(days[0]).toBeGreaterThanOrEqual(1);
  expect(group(nameOf("ecs-analytics")).retentionInDays).toBeGreaterThanOrEqual(1);
});

test("keep the audit for six years (45 CFR 164.316(b)(2))", () => {
  expect(outputs.auditLogGroupName).toBe(nameOf("audit"));
  expect(group(outputs.auditLogGroupName).retentionInDays).toBeGreaterThanOrEqual(6 * 365);
});
