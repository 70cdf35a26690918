import "./lib/stack-traces";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ApiGatewayAccount, findApiGatewayAccountRole } from "./lib/api-gateway-account";
import { loadConfig } from "./lib/config";
import { configuredValues } from "./lib/configured-values";
import { DataLossGuard } from "./lib/data-loss";
import { environmentTags } from "./lib/naming";
import { previousDeployment } from "./lib/previous-deployment";
import { maxRetries } from "./lib/retries";
import { TapStack } from "./lib/tap-stack";
import { availabilityZoneIds } from "./lib/zones";

export = async () => {
  const previous = await previousDeployment();
  const config = loadConfig(
    configuredValues(),
    { variable: process.env.ENVIRONMENT_SUFFIX, stackName: pulumi.getStack() },
    previous.environment,
  );
  const { region } = config;

  const provider = new aws.Provider("aws", {
    region: region as aws.Region,
    maxRetries,
    defaultTags: { tags: environmentTags(config.environmentSuffix, config.tags) },
  });
  const accountProvider = new aws.Provider("account", { region: region as aws.Region, maxRetries });
  const [{ accountId }, { partition }, zoneIds, existingRole] = await Promise.all([
    aws.getCallerIdentity({}, { provider }),
    aws.getPartition({}, { provider }),
    availabilityZoneIds(region, config.availabilityZoneCount, { provider }),
    findApiGatewayAccountRole({ provider: accountProvider }),
  ]);

  const account = new ApiGatewayAccount(
    "api-gateway-account",
    { partition, existingRole, permissionsBoundary: config.permissionsBoundary || undefined },
    { provider: accountProvider },
  );
  const stack = new TapStack(
    "tap",
    {
      config,
      accountId,
      partition,
      availabilityZoneIds: zoneIds,
      apiGatewayAccountReady: account.ready,
      dataLoss: new DataLossGuard(previous.resources, config.allowDataLoss),
    },
    { provider },
  );
  return stack.outputs;
};
