import { UserPool, type UserPoolArgs } from "../../lib/user-pool";
import { dataLoss, environment } from "./fixtures";
import { all, counts, only, record, type Recorded } from "./recorder";

const deploy = (threatProtection: UserPoolArgs["threatProtection"] = "enforced") =>
  record(
    () =>
      new UserPool("user-pool", {
        environment,
        threatProtection,
        callbackUrls: ["https://records.example/callback"],
        dataLoss,
      }),
  );

describe("UserPool", () => {
  let recorded: Recorded[];
  beforeAll(async () => {
    recorded = await deploy();
  });

  it("is a pool with its answers to risks, its sign-in pages, one client, and a resource server for each kind of scope", () => {
    expect(counts(recorded)).toEqual({
      "aws:cognito/userPool:UserPool": 1,
      "aws:cognito/riskConfiguration:RiskConfiguration": 1,
      "aws:cognito/userPoolDomain:UserPoolDomain": 1,
      "aws:cognito/userPoolClient:UserPoolClient": 1,
      "aws:cognito/resourceServer:ResourceServer": 2,
    });
  });

  it("asks for a long password and a second factor, and is joined by invitation only", () => {
    expect(only(recorded, "aws:cognito/userPool:UserPool").inputs).toEqual({
      name: "records-users-pr-7",
      userPoolTier: "PLUS",
      userPoolAddOns: { advancedSecurityMode: "ENFORCED" },
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
    });
  });

  it.each([
    ["off", "ESSENTIALS", "OFF"],
    ["audit", "PLUS", "AUDIT"],
    ["enforced", "PLUS", "ENFORCED"],
  ] as const)("with threat protection %s has the plan %s and the mode %s", async (protection, plan, mode) => {
    expect(only(await deploy(protection), "aws:cognito/userPool:UserPool").inputs).toMatchObject({
      userPoolTier: plan,
      userPoolAddOns: { advancedSecurityMode: mode },
    });
  });

  it("refuses stolen passwords and sign-ins of a high risk, and asks for the second factor at a lower one", () => {
    const responses = only(recorded, "aws:cognito/riskConfiguration:RiskConfiguration");
    expect(responses.inputs).toEqual({
      userPoolId: "UserPool-users",
      compromisedCredentialsRiskConfiguration: {
        eventFilters: ["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"],
        actions: { eventAction: "BLOCK" },
      },
      accountTakeoverRiskConfiguration: {
        actions: {
          lowAction: { eventAction: "MFA_IF_CONFIGURED", notify: false },
          mediumAction: { eventAction: "MFA_IF_CONFIGURED", notify: false },
          highAction: { eventAction: "BLOCK", notify: false },
        },
      },
    });
    // The pool takes it along.
    expect(responses.retainOnDelete).toBe(true);
  });

  it("has no answers to risks in the plan that sees none, which refuses them", async () => {
    expect(all(await deploy("off"), "aws:cognito/riskConfiguration:RiskConfiguration")).toEqual([]);
    expect(all(await deploy("audit"), "aws:cognito/riskConfiguration:RiskConfiguration")).toHaveLength(1);
  });

  it("has sign-in pages under a name that no other account can have", () => {
    expect(only(recorded, "aws:cognito/userPoolDomain:UserPoolDomain").inputs).toEqual({
      domain: "records-sign-in-pr-7-123456789012",
      userPoolId: "UserPool-users",
    });
  });

  it("has one scope for each kind of access", () => {
    expect(all(recorded, "aws:cognito/resourceServer:ResourceServer").map(({ inputs }) => inputs)).toEqual([
      {
        userPoolId: "UserPool-users",
        identifier: "audit",
        name: "audit",
        scopes: [{ scopeName: "read", scopeDescription: "Read who accessed a patient's data" }],
      },
      {
        userPoolId: "UserPool-users",
        identifier: "records",
        name: "records",
        scopes: [
          { scopeName: "read", scopeDescription: "Read patients and their records, open and end sessions" },
          { scopeName: "write", scopeDescription: "Create and change patients and their records" },
        ],
      },
    ]);
  });

  it("gives its client short tokens that can be revoked, by the code flow only", () => {
    const client = only(recorded, "aws:cognito/userPoolClient:UserPoolClient");
    expect(client.inputs).toEqual({
      name: "records-app-pr-7",
      userPoolId: "UserPool-users",
      generateSecret: false,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: ["openid", "records/read", "records/write", "audit/read"],
      callbackUrls: ["https://records.example/callback"],
      supportedIdentityProviders: ["COGNITO"],
      explicitAuthFlows: ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
      accessTokenValidity: 15,
      idTokenValidity: 15,
      refreshTokenValidity: 8,
      tokenValidityUnits: { accessToken: "minutes", idToken: "minutes", refreshToken: "hours" },
      enableTokenRevocation: true,
      preventUserExistenceErrors: "ENABLED",
      readAttributes: ["email", "email_verified"],
      writeAttributes: ["email"],
    });
    expect(client.dependsOn).toEqual(["ResourceServer audit", "ResourceServer records"]);
  });

  it("tells its id and ARN and the client's id", () => {
    const component = only(recorded, "tap:identity:UserPool");
    expect(component.inputs).toEqual({});
    expect(component.outputs).toEqual({
      id: "UserPool-users",
      arn: "arn:UserPool-users",
      clientId: "UserPoolClient-app",
    });
  });
});
