import "./mocked-bundle";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { costTable, withCostTable } from "../../tools/cost-reference";
import { repository } from "../../tools/paths";
import { type Cost, costOf } from "../../tools/plan/cost";
import { cacheNodeHour, databaseInstanceHour, pricedRegion, prices } from "../../tools/plan/prices";
import { readConfiguration, type Registered } from "../../tools/program";
import { registered, registeredBy, urnOf } from "./registered";

const vpc = "tap:network:Vpc";
const inVpc = { parent: urnOf(vpc, "vpc") };

/** Items as `<what>: <quantity> <unit> = <USD>`. */
const itemsOf = ({ items }: Cost["atRest"]) =>
  items.map(({ quantity, unit, usd, what }) => `${what}: ${quantity} ${unit} = ${usd.toFixed(4)}`);

/** A trail that records what is done to this type of resource. */
const trail = (name: string, type: string) =>
  registered("aws:cloudtrail/trail:Trail", name, {
    inputs: { advancedEventSelectors: [{ fieldSelectors: [{ field: "resources.type", equals: [type] }] }] },
  });

describe("the cost at rest", () => {
  it.each<[string, Registered[], string[]]>([
    [
      "a NAT gateway by the hour",
      [registered("aws:ec2/natGateway:NatGateway", "a")],
      ["NAT gateway: 730 hours = 35.0400"],
    ],
    ["a public address by the hour", [registered("aws:ec2/eip:Eip", "a")], ["public IPv4 address: 730 hours = 3.6500"]],
    [
      "an interface endpoint by zone",
      [
        registered("aws:ec2/vpcEndpoint:VpcEndpoint", "kms", {
          inputs: { vpcEndpointType: "Interface", subnetIds: ["a", "b"] },
        }),
      ],
      ["interface endpoint kms: 1460 hours = 16.0600"],
    ],
    [
      "a gateway endpoint not at all",
      [registered("aws:ec2/vpcEndpoint:VpcEndpoint", "s3", { inputs: { vpcEndpointType: "Gateway" } })],
      [],
    ],
    [
      "a database in one zone",
      [
        registered("aws:rds/instance:Instance", "a", {
          inputs: { instanceClass: "db.t4g.micro", allocatedStorage: 20, multiAz: false },
        }),
      ],
      ["database db.t4g.micro: 730 hours = 12.4100", "database storage: 20 GiB = 2.5400"],
    ],
    [
      "a database with a standby twice, and its secret",
      [
        registered("aws:rds/instance:Instance", "a", {
          inputs: {
            instanceClass: "db.m7g.large",
            allocatedStorage: 100,
            multiAz: true,
            manageMasterUserPassword: true,
          },
        }),
      ],
      [
        "database db.m7g.large: 1460 hours = 274.4800",
        "database storage: 200 GiB = 25.4000",
        "secret of the database's master: 1  = 0.4000",
      ],
    ],
    [
      "Redis by the node",
      [
        registered("aws:elasticache/replicationGroup:ReplicationGroup", "a", {
          inputs: { nodeType: "cache.t4g.micro", numCacheClusters: 3 },
        }),
      ],
      ["Redis cache.t4g.micro: 2190 hours = 37.2300"],
    ],
    [
      "tasks by what their definition asks for",
      [
        registered("aws:ecs/taskDefinition:TaskDefinition", "a", { inputs: { cpu: "256", memory: "512" } }),
        registered("aws:ecs/service:Service", "a", {
          inputs: { desiredCount: 2 },
          references: { taskDefinition: [urnOf("aws:ecs/taskDefinition:TaskDefinition", "a")] },
        }),
      ],
      ["vCPU of tasks: 365 vCPU hours = 14.7752", "memory of tasks: 730 GiB hours = 3.2449"],
    ],
    [
      "no tasks",
      [
        registered("aws:ecs/taskDefinition:TaskDefinition", "a", { inputs: { cpu: "256", memory: "512" } }),
        registered("aws:ecs/service:Service", "a", {
          inputs: { desiredCount: 0 },
          references: { taskDefinition: [urnOf("aws:ecs/taskDefinition:TaskDefinition", "a")] },
        }),
      ],
      [],
    ],
    [
      "what a schedule calls",
      [
        registered("aws:lambda/function:Function", "f", { inputs: { memorySize: 512 } }),
        registered("aws:cloudwatch/eventRule:EventRule", "r", { inputs: { scheduleExpression: "rate(2 minutes)" } }),
        registered("aws:cloudwatch/eventTarget:EventTarget", "t", {
          references: {
            rule: [urnOf("aws:cloudwatch/eventRule:EventRule", "r")],
            arn: [urnOf("aws:lambda/function:Function", "f")],
          },
        }),
      ],
      [
        "calls of f on schedule: 0.0219 million = 0.0044",
        "time of f on schedule, 0.3 s a call: 3285 GiB seconds = 0.0438",
      ],
    ],
    [
      "what a schedule calls in a trail that records functions, and in no other",
      [
        registered("aws:lambda/function:Function", "f", { inputs: { memorySize: 0 } }),
        ...["r", "s"].flatMap((name) => [
          registered("aws:cloudwatch/eventRule:EventRule", name, { inputs: { scheduleExpression: "rate(2 minutes)" } }),
          registered("aws:cloudwatch/eventTarget:EventTarget", name, {
            references: {
              rule: [urnOf("aws:cloudwatch/eventRule:EventRule", name)],
              arn: [urnOf("aws:lambda/function:Function", "f")],
            },
          }),
        ]),
        trail("t", "AWS::Lambda::Function"),
        trail("other", "AWS::S3::Object"),
      ],
      [
        ...Array<string[]>(2)
          .fill([
            "calls of f on schedule: 0.0219 million = 0.0044",
            "time of f on schedule, 0.3 s a call: 0 GiB seconds = 0.0000",
          ])
          .flat(),
        "calls of functions on schedule in the trail: 0.0438 million = 0.0438",
      ],
    ],
    [
      "the metric of a function that is called on schedule",
      [registered("aws:lambda/function:Function", "records-operations", { inputs: { memorySize: 512 } })],
      [
        "metric AuditDeliveryDelay: 1  = 0.3000",
        "metric AuditVerifications: 1  = 0.3000",
        "metric AuditTrailIntact: 0.041666666666666664  = 0.0125",
      ],
    ],
    [
      "a firewall with its rules",
      [registered("aws:wafv2/webAcl:WebAcl", "a", { inputs: { rules: [{}, {}, {}] } })],
      ["firewall: 1  = 5.0000", "rule of the firewall: 3  = 3.0000"],
    ],
    [
      "an alarm by the metric, an expression free",
      [
        registered("aws:cloudwatch/metricAlarm:MetricAlarm", "a"),
        registered("aws:cloudwatch/metricAlarm:MetricAlarm", "b", {
          inputs: { metricQueries: [{ metric: {} }, { metric: {} }, { expression: "" }] },
        }),
      ],
      ["alarm: 1  = 0.1000", "alarm: 2  = 0.2000"],
    ],
    [
      "keys, secrets, dashboards, composite alarms and metrics by the month",
      [
        registered("aws:kms/key:Key", "a"),
        registered("aws:secretsmanager/secret:Secret", "a"),
        registered("aws:cloudwatch/dashboard:Dashboard", "a"),
        registered("aws:cloudwatch/compositeAlarm:CompositeAlarm", "a"),
        registered("aws:cloudwatch/logMetricFilter:LogMetricFilter", "a"),
      ],
      [
        "key: 1  = 1.0000",
        "secret: 1  = 0.4000",
        "dashboard: 1  = 3.0000",
        "composite alarm: 1  = 0.5000",
        "metric from a log: 1  = 0.3000",
      ],
    ],
  ])("has %s", (_, resources, items) => {
    expect(itemsOf(costOf(resources).atRest)).toEqual(items);
  });

  it("is added up by component, the dearest first", () => {
    const { atRest } = costOf([
      registered(vpc, "vpc"),
      registered("aws:kms/key:Key", "a"),
      registered("aws:ec2/natGateway:NatGateway", "a", inVpc),
      registered("aws:ec2/eip:Eip", "a", inVpc),
    ]);
    expect(atRest.byComponent.map(({ component, usd }) => `${component} ${usd.toFixed(2)}`)).toEqual([
      "Vpc 38.69",
      "Stack 1.00",
    ]);
    expect(atRest.usd).toBeCloseTo(39.69, 6);
  });

  it("says what it has no price for, and leaves it out", () => {
    const { atRest, withoutPrice } = costOf([
      registered("aws:rds/instance:Instance", "a", { inputs: { instanceClass: "db.r8g.large", allocatedStorage: 20 } }),
      registered("aws:elasticache/replicationGroup:ReplicationGroup", "a", {
        inputs: { nodeType: "cache.r7g.large", numCacheClusters: 2 },
      }),
    ]);
    expect(withoutPrice).toEqual([
      "no price known for the database's instance class db.r8g.large",
      "no price known for Redis's node type cache.r7g.large",
    ]);
    expect(itemsOf(atRest)).toEqual(["database storage: 20 GiB = 2.5400"]);
  });
});

describe("the cost of use", () => {
  const lambda = registered("aws:lambda/function:Function", "records-service", { inputs: { memorySize: 1024 } });
  const permission = (principal: string) =>
    registered("aws:lambda/permission:Permission", "p", {
      inputs: { principal },
      references: { function: [lambda.urn] },
    });

  it.each<[string, Registered[], string[]]>([
    [
      "a request to the API",
      [registered("aws:apigateway/stage:Stage", "a")],
      ["requests to the API: 1 million = 3.5000"],
    ],
    [
      "a request to the firewall",
      [registered("aws:wafv2/webAcl:WebAcl", "a")],
      ["requests to the firewall: 1 million = 0.6000"],
    ],
    [
      "the function behind the API, by its memory, and the traces of some of its invocations",
      [lambda, permission("apigateway.amazonaws.com")],
      [
        "calls of records-service: 1 million = 0.2000",
        "time of records-service, 0.03 s a request: 30000 GiB seconds = 0.4000",
        "traces of 5 %: 0.05 million = 0.2500",
      ],
    ],
    ["no function behind anything else", [lambda, permission("events.amazonaws.com")], []],
    [
      "logs as they come and as long as they are kept",
      [registered("aws:cloudwatch/logGroup:LogGroup", "audit", { inputs: { retentionInDays: 60 } })],
      ["log audit, 600 B a request: 0.6 GB = 0.3420", "log audit, kept for 60 days: 1.2 GB months = 0.0360"],
    ],
    [
      "a call of a function in a trail that records them, and in its log",
      [
        trail("t", "AWS::Lambda::Function"),
        trail("other", "AWS::S3::Object"),
        registered("aws:cloudwatch/logGroup:LogGroup", "trail", { inputs: { retentionInDays: 30 } }),
      ],
      [
        "calls of functions in the trail: 1 million = 1.0000",
        "log trail, 1300 B a request: 1.3 GB = 0.7410",
        "log trail, kept for 30 days: 1.3 GB months = 0.0390",
      ],
    ],
    ["no log that requests do not write", [registered("aws:cloudwatch/logGroup:LogGroup", "slow-log")], []],
  ])("has %s", (_, resources, items) => {
    expect(itemsOf(costOf(resources).perMillionRequests)).toEqual(items);
  });

  it.each([
    ["PLUS", "1,000 more monthly users, plan Plus", 20],
    ["ESSENTIALS", "1,000 more monthly users, plan Essentials", 15],
  ])("has users of the plan %s", (userPoolTier, what, usd) => {
    const { users } = costOf([registered("aws:cognito/userPool:UserPool", "users", { inputs: { userPoolTier } })]);
    expect(users.map((user) => [user.what, user.usd])).toEqual([[what, usd]]);
  });
});

describe("what is not counted", () => {
  it("is what the functions count themselves, but for what is counted at rest", () => {
    const source = (file: string) => readFileSync(join(repository, "service", file), "utf8");
    const counted = [...source("records/metrics.ts").matchAll(/^ {2}\| "(\w+)"/gm)].map(([, name]) => name ?? "");
    const added = [...source("operations/index.ts").matchAll(/addMetric\("(\w+)"/g)].map(([, name]) => name);
    expect(costOf([]).notCounted).toContain(
      `the records service's own metrics, 0.3 USD each in a month in which it counts them: ${counted.join(", ")}`,
    );
    expect([...new Set(added)]).toEqual(["AuditDeliveryDelay", "AuditVerifications", "AuditTrailIntact"]);
  });

  it("is what a trail records besides functions, where there is one", () => {
    const [without, withTrail] = [costOf([]), costOf([trail("t", "AWS::Lambda::Function")])];
    expect(withTrail.notCounted.slice(0, -1)).toEqual(without.notCounted);
    expect(withTrail.notCounted.at(-1)).toMatch(/^the trail's files and its log of other calls than the functions'/);
  });
});

describe("the program's cost", () => {
  const costOfStack = async (stack: string, given: Record<string, string> = {}) =>
    costOf((await registeredBy(stack, given)).resources);

  it.each([
    ["a second NAT gateway and its alarm", { natStrategy: "perAz" }, 35.04 + 3.65 + 0.1],
    ["a standby", { databaseMultiAz: "true" }, 12.41 + 2.54],
    ["a third Redis node and its seven alarms", { redisNodeCount: "3" }, 12.41 + 0.7],
    ["a task", { analyticsMinimumTasks: "1" }, 365 * 0.02024 + 365 * 0.004445],
  ])("grows by %s", async (_, given, usd) => {
    const [before, after] = [await costOfStack("dev"), await costOfStack("dev", given)];
    expect(after.atRest.usd - before.atRest.usd).toBeCloseTo(usd, 4);
  });

  it("grows by the trail's events, and the log of them", async () => {
    const [before, after] = [await costOfStack("dev"), await costOfStack("dev", { auditTrail: "true" })];
    expect(after.perMillionRequests.usd - before.perMillionRequests.usd).toBeCloseTo(1 + 1.3 * 0.57 + 1.3 * 0.03, 6);
    const events = ({ atRest }: Cost) => atRest.items.filter(({ what }) => what.endsWith("in the trail"));
    expect(events(before)).toEqual([]);
    // The delivery of the audit log every minute, and its verification every day.
    expect(events(after).map(({ quantity }) => Math.round(quantity * 1e6))).toEqual([43_830]);
  });

  it("grows by what more memory takes of each request", async () => {
    const [before, after] = [await costOfStack("dev"), await costOfStack("dev", { serviceMemory: "1024" })];
    expect(after.perMillionRequests.usd - before.perMillionRequests.usd).toBeCloseTo(15_000 * 0.0000133334, 6);
  });

  it("is up to date in the documents (npm run docs)", async () => {
    const document = readFileSync(join(repository, "docs/configuration.md"), "utf8");
    const costs = { dev: await costOfStack("dev"), prod: await costOfStack("prod") };
    expect(withCostTable(document, costs)).toBe(document);
  });

  it("is a table of components by stack, nothing where a stack has nothing of one", () => {
    const costs = {
      one: costOf([registered("aws:kms/key:Key", "a")]),
      other: costOf([registered(vpc, "vpc"), registered("aws:ec2/eip:Eip", "a", inVpc)]),
    };
    expect(costTable(costs).split("\n")).toEqual([
      "| | one | other |",
      "| --- | ---: | ---: |",
      "| **At rest, a month** | **1.00** | **3.65** |",
      "| Stack | 1.00 | 0.00 |",
      "| Vpc | 0.00 | 3.65 |",
      "| **Per million requests** | **0.00** | **0.00** |",
      "",
    ]);
  });
});

describe("the prices", () => {
  const all = Object.values({ ...prices, ...databaseInstanceHour, ...cacheNodeHour });

  it("are positive, name a pricing page of AWS, and when they were read", () => {
    expect(all.filter(({ usd }) => !(usd > 0))).toEqual([]);
    expect(all.filter(({ page }) => !/^https:\/\/aws\.amazon\.com\/[a-z/-]+\/pricing\/$/.test(page))).toEqual([]);
    expect(all.filter(({ source }) => !/\b20\d\d\b/.test(source))).toEqual([]);
  });

  it("are those of the region, and of the sizes, that the stacks have", () => {
    const stacks = readdirSync(repository).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
    expect(stacks).toEqual(expect.arrayContaining(["dev", "prod"]));
    for (const { configuration } of stacks.map((stack) => readConfiguration(stack))) {
      expect(configuration["tap:region"]).toBe(pricedRegion);
      expect(databaseInstanceHour).toHaveProperty([configuration["tap:databaseInstanceClass"] ?? ""]);
      expect(cacheNodeHour).toHaveProperty([configuration["tap:redisNodeType"] ?? ""]);
    }
  });
});
