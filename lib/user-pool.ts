import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { scopes } from "../service/contract";
import { type DataLossGuard } from "./data-loss";
import { type Environment } from "./environment";
import { globalName, resourceName } from "./naming";

export interface UserPoolArgs {
  environment: Environment;
  /** `audit` and `enforced` need the Plus plan, which is charged per user. */
  threatProtection: "off" | "audit" | "enforced";
  /** Where users are sent after they signed in: https, or http on localhost. */
  callbackUrls: string[];
  dataLoss: DataLossGuard;
}

const accessTokenMinutes = 15;
const refreshTokenHours = 8;

/**
 * The users who may call the API: added by administrators only, with long passwords and a second factor, short tokens that can be revoked, and one
 * OAuth scope for each kind of access (45 CFR 164.312(a)(2)(i), (d)). Not for machines: they have no client here.
 */
export class UserPool extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly clientId: pulumi.Output<string>;

  constructor(
    name: string,
    private readonly args: UserPoolArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tap:identity:UserPool", name, {}, opts);

    const userPool = this.createUserPool();
    if (this.args.threatProtection !== "off") this.respondToRisks(userPool);
    this.createSignInDomain(userPool);
    const resourceServers = this.createResourceServers(userPool);
    this.id = userPool.id;
    this.arn = userPool.arn;
    this.clientId = this.createClient(userPool, resourceServers);

    this.registerOutputs({ id: this.id, arn: this.arn, clientId: this.clientId });
  }

  private createUserPool() {
    const { environment, threatProtection, dataLoss } = this.args;
    const name = resourceName("records-users", environment.environmentSuffix);
    return new aws.cognito.UserPool(
      "users",
      {
        name,
        userPoolTier: threatProtection === "off" ? "ESSENTIALS" : "PLUS",
        userPoolAddOns: { advancedSecurityMode: threatProtection === "off" ? "OFF" : threatProtection.toUpperCase() },
        deletionProtection: "INACTIVE",
        usernameAttributes: ["email"],
        autoVerifiedAttributes: ["email"],
        usernameConfiguration: { caseSensitive: false },
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
        accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
        mfaConfiguration: "ON",
        softwareTokenMfaConfiguration: { enabled: true },
        passwordPolicy: {
          minimumLength: 14,
          requireLowercase: true,
          requireUppercase: true,
          requireNumbers: true,
          requireSymbols: true,
          passwordHistorySize: 12,
          temporaryPasswordValidityDays: 1,
        },
      },
      { parent: this, ...dataLoss.optionsFor("users", name) },
    );
  }

  /** What Cognito does in mode `enforced` about what it sees; in mode `audit` it only tells (Cognito API reference, "SetRiskConfiguration"). */
  private respondToRisks(userPool: aws.cognito.UserPool) {
    // Required instead of "if configured", it would refuse the first sign-in, in which a user sets up the second factor.
    const askForSecondFactor = { eventAction: "MFA_IF_CONFIGURED", notify: false };
    new aws.cognito.RiskConfiguration(
      "users",
      {
        userPoolId: userPool.id,
        compromisedCredentialsRiskConfiguration: {
          eventFilters: ["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"],
          actions: { eventAction: "BLOCK" },
        },
        accountTakeoverRiskConfiguration: {
          actions: {
            lowAction: askForSecondFactor,
            mediumAction: askForSecondFactor,
            highAction: { eventAction: "BLOCK", notify: false },
          },
        },
      },
      // It goes with the pool, and cannot be reset once the pool is on a plan without threat protection.
      { parent: this, retainOnDelete: true },
    );
  }

  /** Access tokens carry scopes only when they come from the sign-in pages. */
  private createSignInDomain(userPool: aws.cognito.UserPool) {
    new aws.cognito.UserPoolDomain(
      "sign-in",
      {
        domain: globalName("records-sign-in", this.args.environment),
        userPoolId: userPool.id,
      },
      { parent: this },
    );
  }

  private createResourceServers(userPool: aws.cognito.UserPool) {
    return [...resourceServers()].map(
      ([identifier, serverScopes]) =>
        new aws.cognito.ResourceServer(
          identifier,
          { userPoolId: userPool.id, identifier, name: identifier, scopes: serverScopes },
          { parent: this },
        ),
    );
  }

  private createClient(userPool: aws.cognito.UserPool, servers: aws.cognito.ResourceServer[]) {
    const client = new aws.cognito.UserPoolClient(
      "app",
      {
        name: resourceName("records-app", this.args.environment.environmentSuffix),
        userPoolId: userPool.id,
        // A browser or an app cannot keep a secret; it proves itself with PKCE (RFC 7636).
        generateSecret: false,
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ["code"],
        allowedOauthScopes: ["openid", ...Object.keys(scopes)],
        callbackUrls: this.args.callbackUrls,
        supportedIdentityProviders: ["COGNITO"],
        explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
        accessTokenValidity: accessTokenMinutes,
        idTokenValidity: accessTokenMinutes,
        refreshTokenValidity: refreshTokenHours,
        tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "hours" },
        enableTokenRevocation: true,
        preventUserExistenceErrors: "ENABLED",
        readAttributes: ["email", "email_verified"],
        writeAttributes: ["email"],
      },
      // The scopes that it is allowed are made by the resource servers.
      { parent: this, dependsOn: servers },
    );
    return client.id;
  }
}

/** The contract's scopes, `<resource server>/<scope>`, by resource server. */
export function resourceServers(): Map<string, { scopeName: string; scopeDescription: string }[]> {
  const servers = new Map<string, { scopeName: string; scopeDescription: string }[]>();
  for (const [scope, scopeDescription] of Object.entries(scopes)) {
    const [identifier = "", scopeName = ""] = scope.split("/");
    servers.set(identifier, [...(servers.get(identifier) ?? []), { scopeName, scopeDescription }]);
  }
  return servers;
}
