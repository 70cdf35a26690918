import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import { accessLogFormat, ApiGateway } from "../../lib/api-gateway";
import { gatewayDocument } from "../../lib/openapi";
import { environment, logs, prerequisite } from "./fixtures";
import { all, counts, only, record, type Recorded } from "./recorder";

const deploy = (invokeArn = "arn:invoke") =>
  record(() => {
    const service = { functionName: "records-service-pr-7", invokeArn, ready: prerequisite("service") };
    const accountReady = new aws.apigateway.Account("account", {});
    return new ApiGateway("api-gateway", {
      environment,
      service,
      userPoolArn: "arn:users",
      rateLimit: 50,
      burstLimit: 100,
      logs,
      accountReady,
    });
  });

describe("ApiGateway", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await deploy();
  });

  it("is one API with one stage, its limits and two logs", () => {
    expect(counts(recorded)).toEqual({
      "aws:apigateway/restApi:RestApi": 1,
      "aws:apigateway/deployment:Deployment": 1,
      "aws:apigateway/stage:Stage": 1,
      "aws:apigateway/methodSettings:MethodSettings": 1,
      "aws:apigateway/usagePlan:UsagePlan": 1,
      "aws:lambda/permission:Permission": 1,
      "aws:cloudwatch/logGroup:LogGroup": 2,
      "aws:apigateway/account:Account": 1,
      "random:index/randomPassword:RandomPassword": 1,
    });
  });

  it("is imported from the contract as a whole, so that nothing else is in it", () => {
    expect(only(recorded, "aws:apigateway/restApi:RestApi").inputs).toEqual({
      name: "records-api-pr-7",
      body: gatewayDocument({ apiName: "records-api-pr-7", invokeArn: "arn:invoke", userPoolArn: "arn:users" }),
      putRestApiMode: "overwrite",
      securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
      endpointAccessMode: "STRICT",
      endpointConfiguration: { types: "REGIONAL" },
    });
  });

  it("goes live once the service does what it says", () => {
    expect(only(recorded, "aws:apigateway/restApi:RestApi").dependencies).toEqual([]);
    expect(only(recorded, "aws:apigateway/deployment:Deployment").dependsOn).toEqual(["RandomPassword service"]);
  });

  it("is deployed anew when its document changes, and only then", async () => {
    const trigger = (deployment: Recorded[]) => only(deployment, "aws:apigateway/deployment:Deployment").inputs;
    const document = gatewayDocument({
      apiName: "records-api-pr-7",
      invokeArn: "arn:invoke",
      userPoolArn: "arn:users",
    });
    expect(trigger(recorded)).toEqual({
      restApi: "RestApi-records",
      triggers: { document: createHash("sha256").update(document).digest("hex") },
    });
    expect(trigger(await deploy())).toEqual(trigger(recorded));
    const changed = await deploy("arn:another");
    expect(trigger(changed)).not.toEqual(trigger(recorded));
  });

  it("has a stage that logs accesses and traces none, once it may and its own log group is there", () => {
    const stage = only(recorded, "aws:apigateway/stage:Stage");
    expect(stage.inputs).toEqual({
      restApi: "RestApi-records",
      deployment: "Deployment-records",
      stageName: "pr-7",
      description: "Records API",
      xrayTracingEnabled: false,
      accessLogSettings: { destinationArn: "arn:LogGroup-access", format: accessLogFormat },
    });
    expect(stage.dependsOn).toEqual(["Account account", "LogGroup execution"]);
  });

  it("logs errors without bodies, and throttles every method", () => {
    expect(only(recorded, "aws:apigateway/methodSettings:MethodSettings").inputs).toEqual({
      restApi: "RestApi-records",
      stageName: "pr-7",
      methodPath: "*/*",
      settings: {
        loggingLevel: "ERROR",
        dataTraceEnabled: false,
        metricsEnabled: true,
        cachingEnabled: false,
        throttlingRateLimit: 50,
        throttlingBurstLimit: 100,
      },
    });
    expect(only(recorded, "aws:apigateway/usagePlan:UsagePlan").inputs).toEqual({
      name: "records-api-pr-7",
      description: "Limits of the records API",
      apiStages: [{ apiId: "RestApi-records", stage: "pr-7" }],
      throttleSettings: { rateLimit: 50, burstLimit: 100 },
    });
  });

  it("writes to encrypted log groups that expire", () => {
    expect(all(recorded, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs)).toEqual([
      { name: "api-access-pr-7", kmsKeyId: "arn:logs-key", retentionInDays: 30 },
      { name: "API-Gateway-Execution-Logs_RestApi-records/pr-7", kmsKeyId: "arn:logs-key", retentionInDays: 30 },
    ]);
  });

  it("lets this API's stage, and nothing else, invoke the service", () => {
    expect(only(recorded, "aws:lambda/permission:Permission").inputs).toEqual({
      function: "records-service-pr-7",
      action: "lambda:InvokeFunction",
      principal: "apigateway.amazonaws.com",
      sourceArn: "arn:execute-api:records/pr-7/*",
    });
  });

  it("tells its id and address, its stage's ARN and where it writes a line for each request", () => {
    const component = only(recorded, "tap:api:ApiGateway");
    expect(component.inputs).toEqual({});
    expect(component.outputs).toEqual({
      apiId: "RestApi-records",
      url: "https://records.api.example/stage",
      stageArn: "arn:Stage-records",
      accessLogGroupName: "api-access-pr-7",
    });
  });
});

describe("the access log", () => {
  it("says who called which operation and what came of it", () => {
    expect(JSON.parse(accessLogFormat)).toEqual({
      requestId: "$context.requestId",
      extendedRequestId: "$context.extendedRequestId",
      integrationRequestId: "$context.integration.requestId",
      requestTime: "$context.requestTime",
      httpMethod: "$context.httpMethod",
      resourcePath: "$context.resourcePath",
      status: "$context.status",
      errorType: "$context.error.responseType",
      subject: "$context.authorizer.claims.sub",
      clientId: "$context.authorizer.claims.client_id",
      sourceIp: "$context.identity.sourceIp",
      tlsVersion: "$context.tlsVersion",
      responseLength: "$context.responseLength",
      responseLatency: "$context.responseLatency",
      integrationLatency: "$context.integrationLatency",
      wafStatus: "$context.waf.status",
    });
  });

  it("names no path, query, body or header, which could name a patient", () => {
    const variables = [...accessLogFormat.matchAll(/\$[\w.]+/g)].map(([variable]) => variable);
    expect(variables).toHaveLength(16);
    expect(
      variables.filter((variable) =>
        /^\$(input|stageVariables)|context\.(path|customDomain|error\.(message|validation)|requestOverride|integration\.error|authorizer\.claims\.(email|cognito|name))/.test(
          variable,
        ),
      ),
    ).toEqual([]);
    expect(variables.filter((variable) => /header|query|body|params/i.test(variable))).toEqual([]);
  });
});
