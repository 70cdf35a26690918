import { randomUUID } from "node:crypto";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { DescribeSecretCommand, RotateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { type FunctionType, serviceLogGroups } from "../../lib/naming";
import { firstHealthy, healthDuring } from "./health";
import { logMessages } from "./lookups";
import { secretString } from "./secret-values";
import { aws, eventually, nameOf, only, present } from "./stack";

/** A version of a secret and what it holds. */
export interface SecretVersion {
  id: string;
  value: string;
}

/** The one version of a secret with a label. */
export async function versionAt(SecretId: string, stage: string): Promise<SecretVersion> {
  const { VersionIdsToStages = {} } = await aws.secretsManager.send(new DescribeSecretCommand({ SecretId }));
  const versions = Object.entries(VersionIdsToStages).filter(([, stages]) => stages.includes(stage));
  const [id] = only(versions, `version at ${stage}`);
  return { id, value: await secretString({ SecretId, VersionId: id }) };
}

/**
 * Rotates a secret while the service is at work with it, and waits until its function has done the last step.
 * @param limit seconds, from when the service is healthy
 * @returns the versions that are current before and after, and what the service says of its health meanwhile
 */
export async function rotateInUse(SecretId: string, by: FunctionType, limit: number) {
  await firstHealthy(randomUUID());
  const [versions, health] = await healthDuring(rotate(SecretId, by, limit));
  return { ...versions, health };
}

async function rotate(SecretId: string, by: FunctionType, limit: number) {
  const before = await versionAt(SecretId, "AWSCURRENT");
  const startTime = Date.now();
  const { VersionId } = await aws.secretsManager.send(new RotateSecretCommand({ SecretId }));
  const version = present(VersionId, "version of the rotation");
  await eventually("the rotation has finished", limit, () => finished(by, version, startTime));
  return { before, after: { id: version, value: await secretString({ SecretId, VersionId: version }) } };
}

/**
 * The steps that have failed in the hour after a rotation's function was deployed, as it says; among them may be the one by
 * which Secrets Manager tests a configuration. What failed later may have been made good.
 */
export async function failedSteps(type: FunctionType): Promise<string[]> {
  const { LastModified } = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: nameOf(type) }));
  const startTime = Date.parse(present(LastModified, `time of the deployment of ${type}`));
  return logMessages({
    logGroupName: serviceLogGroups.lambda(nameOf(type)),
    startTime,
    endTime: startTime + 3_600_000,
    filterPattern: '{ $.message = "step failed" }',
  });
}

/** Whether the function says that it has done the last step for a version. */
async function finished(type: FunctionType, version: string, startTime: number): Promise<true | undefined> {
  const messages = await logMessages({ logGroupName: serviceLogGroups.lambda(nameOf(type)), startTime });
  const ofVersion = messages.filter((message) => message.includes(version));
  const failure = ofVersion.find((message) => message.includes("step failed"));
  if (failure !== undefined) throw new Error(`the rotation failed: ${failure}`);
  return ofVersion.some((message) => message.includes("step done") && message.includes("finishSecret")) || undefined;
}
