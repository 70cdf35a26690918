import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Environment } from "./environment";
import { createLogGroup, type LogGroupsArgs } from "./log-groups";
import { resourceName, serviceLogGroups } from "./naming";
import { endpointAccessMode, gatewayDocument, securityPolicy } from "./openapi";

export interface ApiGatewayArgs {
  environment: Environment;
  /** Function behind every operation. */
  service: {
    functionName: pulumi.Input<string>;
    invokeArn: pulumi.Input<string>;
    /** Exists once the function does what the contract says, which may then go live. */
    ready: pulumi.Resource;
  };
  userPoolArn: pulumi.Input<string>;
  /** Requests a second in the long run. */
  rateLimit: number;
  /** Requests at once. */
  burstLimit: number;
  /** For the access log and the execution log. */
  logs: LogGroupsArgs;
  /** The account's permission to write logs, without which a stage with logging is refused. */
  accountReady: pulumi.Resource;
}

/**
 * The access log, as JSON: who called which operation, and what came of it. The resource's template instead of the path, and no query,
 * body or header, so that it holds no patient's data (45 CFR 164.312(b), FSBP APIGateway.1).
 */
export const accessLogFormat = JSON.stringify({
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

/**
 * The records API: one regional REST API imported from the contract, every operation but `/health` behind the user pool and a scope, validated,
 * throttled and logged (45 CFR 164.312(a)(1), (b), (d), (e)(1); FSBP APIGateway.1, .4, .5). Traces begin at the function, not here.
 */
export class ApiGateway extends pulumi.ComponentResource {
  readonly apiId: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly stageArn: pulumi.Output<string>;
  /** One line for each request, with nothing of a patient. */
  readonly accessLogGroupName: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: ApiGatewayArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:api:ApiGateway", name, {}, opts);
    const document = pulumi
      .all([args.service.invokeArn, args.userPoolArn])
      .apply(([invokeArn, userPoolArn]) =>
        gatewayDocument({ apiName: this.name("records-api"), invokeArn, userPoolArn }),
      );

    const api = this.createApi(document);
    const accessLogGroup = this.createAccessLogGroup();
    const stage = this.createStage(
      api,
      this.createDeployment(api, document),
      accessLogGroup,
      this.createExecutionLogGroup(api),
    );
    this.createMethodSettings(api, stage);
    this.createUsagePlan(api, stage);
    this.allowInvocation(api);
    this.apiId = api.id;
    this.url = stage.invokeUrl;
    this.stageArn = stage.arn;
    this.accessLogGroupName = accessLogGroup.name;

    this.registerOutputs({
      apiId: this.apiId,
      url: this.url,
      stageArn: this.stageArn,
      accessLogGroupName: this.accessLogGroupName,
    });
  }

  private createApi(body: pulumi.Output<string>) {
    return new aws.apigateway.RestApi(
      "records",
      {
        name: this.name("records-api"),
        body,
        putRestApiMode: "overwrite",
        // Also in the document; there alone the import would change them, which takes a quarter of an hour (API Gateway developer guide, "How to change a security policy").
        securityPolicy,
        endpointAccessMode,
        endpointConfiguration: { types: "REGIONAL" },
      },
      { parent: this },
    );
  }

  private createDeployment(api: aws.apigateway.RestApi, document: pulumi.Output<string>) {
    return new aws.apigateway.Deployment(
      "records",
      {
        restApi: api.id,
        // A deployment is a snapshot: whatever changes in the document needs a new one, or a removed operation would stay live.
        triggers: { document: document.apply((text) => createHash("sha256").update(text).digest("hex")) },
      },
      { parent: this, dependsOn: this.args.service.ready },
    );
  }

  private createAccessLogGroup() {
    return createLogGroup(this, "access", this.name("api-access"), this.args.logs);
  }

  private createExecutionLogGroup(api: aws.apigateway.RestApi) {
    const { environment, logs } = this.args;
    const name = api.id.apply((apiId) => serviceLogGroups.apiExecution(apiId, environment.environmentSuffix));
    return createLogGroup(this, "execution", name, logs);
  }

  private createStage(
    api: aws.apigateway.RestApi,
    deployment: aws.apigateway.Deployment,
    accessLogGroup: aws.cloudwatch.LogGroup,
    executionLogGroup: aws.cloudwatch.LogGroup,
  ) {
    return new aws.apigateway.Stage(
      "records",
      {
        restApi: api.id,
        deployment: deployment.id,
        stageName: this.args.environment.environmentSuffix,
        description: "Records API",
        // A trace of the gateway holds path and query (API Gateway developer guide, "AWS X-Ray traces"), which name patients.
        xrayTracingEnabled: false,
        accessLogSettings: { destinationArn: accessLogGroup.arn, format: accessLogFormat },
      },
      { parent: this, dependsOn: [this.args.accountReady, executionLogGroup] },
    );
  }

  private createMethodSettings(api: aws.apigateway.RestApi, stage: aws.apigateway.Stage) {
    const { rateLimit, burstLimit } = this.args;
    new aws.apigateway.MethodSettings(
      "all",
      {
        restApi: api.id,
        stageName: stage.stageName,
        methodPath: "*/*",
        settings: {
          loggingLevel: "ERROR",
          // Traces hold bodies, which are patients' data.
          dataTraceEnabled: false,
          metricsEnabled: true,
          cachingEnabled: false,
          throttlingRateLimit: rateLimit,
          throttlingBurstLimit: burstLimit,
        },
      },
      { parent: this },
    );
  }

  /** For callers with an API key, should there be some (API Gateway developer guide, "Usage plans and API keys"): all others are throttled by the methods' settings. */
  private createUsagePlan(api: aws.apigateway.RestApi, stage: aws.apigateway.Stage) {
    const { rateLimit, burstLimit } = this.args;
    new aws.apigateway.UsagePlan(
      "records",
      {
        name: this.name("records-api"),
        description: "Limits of the records API",
        apiStages: [{ apiId: api.id, stage: stage.stageName }],
        throttleSettings: { rateLimit, burstLimit },
      },
      { parent: this },
    );
  }

  private allowInvocation(api: aws.apigateway.RestApi) {
    const { environment, service } = this.args;
    new aws.lambda.Permission(
      "api-gateway",
      {
        function: service.functionName,
        action: "lambda:InvokeFunction",
        principal: "apigateway.amazonaws.com",
        sourceArn: pulumi.interpolate`${api.executionArn}/${environment.environmentSuffix}/*`,
      },
      { parent: this },
    );
  }

  private name(type: Parameters<typeof resourceName>[0]) {
    return resourceName(type, this.args.environment.environmentSuffix);
  }
}
