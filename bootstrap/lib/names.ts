import { type Environment } from "../../lib/environment";
import { type Stage } from "./stages";

/** An account, its region and partition. */
export type Account = Omit<Environment, "environmentSuffix">;

/** The workflows build the names in this file themselves: they know the account and the stage only. */
export const deployRoleName = (stage: Stage) => `tap-deploy-${stage}`;

export const previewRoleName = "tap-preview";

export const boundaryName = (stage: Stage) => `tap-boundary-${stage}`;

/** Unique over all accounts by the account's number. */
export const stateBucketName = ({ accountId, region }: Account) => `tap-state-${accountId}-${region}`;

export const stateBucketArn = (account: Account) => `arn:${account.partition}:s3:::${stateBucketName(account)}`;

export const stateKeyAlias = "alias/tap-state";
