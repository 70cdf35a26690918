import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ApiGatewayAccount, findApiGatewayAccountRole } from "../lib/api-gateway-account";
import { configuredValues } from "../lib/configured-values";
import { maxRetries } from "../lib/retries";
import { loadBootstrapConfig } from "./lib/config";
import { Delivery } from "./lib/delivery";
import { GithubIdentity } from "./lib/github-identity";
import { StateStore } from "./lib/state-store";

export = async () => {
  const config = loadBootstrapConfig(configuredValues());
  const region = config.region as aws.Region;

  const provider = new aws.Provider("aws", {
    region,
    maxRetries,
    // An Environment of its own: who may change an environment's resources by their tags cannot change these.
    defaultTags: { tags: { Environment: "bootstrap", Project: "tap", ManagedBy: "pulumi" } },
  });
  const accountProvider = new aws.Provider("account", { region, maxRetries });
  const [{ accountId }, { partition }, existingRole] = await Promise.all([
    aws.getCallerIdentity({}, { provider }),
    aws.getPartition({}, { provider }),
    findApiGatewayAccountRole({ provider: accountProvider }),
  ]);
  const account = { accountId, partition, region };

  new ApiGatewayAccount(
    "api-gateway-account",
    { partition, existingRole, permissionsBoundary: undefined },
    { provider: accountProvider },
  );
  const state = new StateStore("state", account, { provider });
  const github = new GithubIdentity("github", { existingProviderArn: config.githubProviderArn }, { provider });
  const delivery = new Delivery(
    "delivery",
    {
      account,
      stages: config.stages,
      providerArn: github.providerArn,
      repository: config.githubRepository,
      stateKeyArn: state.keyArn,
    },
    { provider },
  );
  return {
    backend: pulumi.interpolate`s3://${state.bucketName}?region=${region}`,
    roleArns: delivery.roleArns,
    boundaryArns: delivery.boundaryArns,
    variables: { AWS_ACCOUNT_ID: accountId, AWS_REGION: region },
  };
};
