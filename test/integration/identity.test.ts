import {
  DescribeRiskConfigurationCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  DescribeUserPoolDomainCommand,
  GetUserPoolMfaConfigCommand,
  paginateListResourceServers,
  paginateListUserPoolClients,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";
import { scopes } from "../../service/contract";
import { accountId, aws, collect, nameOf, outputs, present } from "./stack";

const pool = { UserPoolId: outputs.userPoolId };

let userPool: UserPoolType;

beforeAll(async () => {
  const { UserPool } = await aws.cognito.send(new DescribeUserPoolCommand(pool));
  userPool = present(UserPool, "user pool");
});

test("asks every user for a second factor, which is an app's code", async () => {
  const mfa = await aws.cognito.send(new GetUserPoolMfaConfigCommand(pool));
  expect(mfa.MfaConfiguration).toBe("ON");
  expect(mfa.SoftwareTokenMfaConfiguration).toEqual({ Enabled: true });
  expect(mfa.SmsMfaConfiguration).toBeUndefined();
});

test("asks for long passwords of every kind of character, none of the last twelve", () => {
  expect(userPool.Policies?.PasswordPolicy).toEqual({
    MinimumLength: 14,
    RequireLowercase: true,
    RequireUppercase: true,
    RequireNumbers: true,
    RequireSymbols: true,
    PasswordHistorySize: 12,
    TemporaryPasswordValidityDays: 1,
  });
});

test("takes in users whom an administrator adds, by their verified e-mail address", () => {
  expect(userPool).toMatchObject({
    Name: nameOf("records-users"),
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    UsernameAttributes: ["email"],
    AutoVerifiedAttributes: ["email"],
    UsernameConfiguration: { CaseSensitive: false },
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "verified_email", Priority: 1 }] },
    DeletionProtection: "INACTIVE",
  });
});

test("is watched for threats in the plan that includes it, and answers them, or not at all in the one without", async () => {
  const mode = userPool.UserPoolAddOns?.AdvancedSecurityMode ?? "OFF";
  expect(["OFF", "AUDIT", "ENFORCED"]).toContain(mode);
  expect(userPool.UserPoolTier).toBe(mode === "OFF" ? "ESSENTIALS" : "PLUS");
  if (mode !== "OFF") await expectAnswersToRisks();
});

async function expectAnswersToRisks(): Promise<void> {
  const { RiskConfiguration } = await aws.cognito.send(new DescribeRiskConfigurationCommand(pool));
  const answers = present(RiskConfiguration, "answers to risks");
  const askForSecondFactor = { EventAction: "MFA_IF_CONFIGURED", Notify: false };
  expect(answers.AccountTakeoverRiskConfiguration?.Actions).toEqual({
    LowAction: askForSecondFactor,
    MediumAction: askForSecondFactor,
    HighAction: { EventAction: "BLOCK", Notify: false },
  });
  const { Actions, EventFilter } = present(answers.CompromisedCredentialsRiskConfiguration, "about stolen passwords");
  expect(Actions).toEqual({ EventAction: "BLOCK" });
  expect(EventFilter?.toSorted()).toEqual(["PASSWORD_CHANGE", "SIGN_IN", "SIGN_UP"]);
}

test("signs in on pages of its own", async () => {
  const Domain = `${nameOf("records-sign-in")}-${accountId}`;
  expect(userPool.Domain).toBe(Domain);
  const { DomainDescription } = await aws.cognito.send(new DescribeUserPoolDomainCommand({ Domain }));
  expect(DomainDescription).toMatchObject({ Domain, UserPoolId: outputs.userPoolId });
});

test("knows the contract's scopes, and no other", async () => {
  const servers = await collect(
    paginateListResourceServers({ client: aws.cognito }, { ...pool, MaxResults: 50 }),
    (page) => page.ResourceServers,
  );
  const found = servers.flatMap(({ Identifier, Scopes = [] }) =>
    Scopes.map(({ ScopeName, ScopeDescription }) => [`${Identifier ?? ""}/${ScopeName ?? ""}`, ScopeDescription]),
  );
  expect(Object.keys(scopes).sort()).toEqual(["audit/read", "records/read", "records/write"]);
  expect(Object.fromEntries(found)).toEqual(scopes);
});

describe("app", () => {
  test("is the only client", async () => {
    const clients = await collect(
      paginateListUserPoolClients({ client: aws.cognito }, { ...pool, MaxResults: 60 }),
      (page) => page.UserPoolClients,
    );
    expect(clients.map(({ ClientId, ClientName }) => ({ ClientId, ClientName }))).toEqual([
      { ClientId: outputs.userPoolClientId, ClientName: nameOf("records-app") },
    ]);
  });

  test("has no secret, gets tokens by code, short ones, which can be revoked", async () => {
    const { UserPoolClient } = await aws.cognito.send(
      new DescribeUserPoolClientCommand({ ...pool, ClientId: outputs.userPoolClientId }),
    );
    const client = present(UserPoolClient, "client");
    expect(client.ClientSecret).toBeUndefined();
    expect(client).toMatchObject({
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ["code"],
      SupportedIdentityProviders: ["COGNITO"],
      AccessTokenValidity: 15,
      IdTokenValidity: 15,
      RefreshTokenValidity: 8,
      TokenValidityUnits: { AccessToken: "minutes", IdToken: "minutes", RefreshToken: "hours" },
      EnableTokenRevocation: true,
      PreventUserExistenceErrors: "ENABLED",
      WriteAttributes: ["email"],
    });
    expect(client.AllowedOAuthScopes?.toSorted()).toEqual(["openid", ...Object.keys(scopes)].sort());
    expect(client.ExplicitAuthFlows?.toSorted()).toEqual(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]);
    expect(client.ReadAttributes?.toSorted()).toEqual(["email", "email_verified"]);
    const urls = client.CallbackURLs ?? [];
    expect(urls.length).toBeGreaterThanOrEqual(1);
    expect(urls).toEqual(urls.map(() => expect.stringMatching(/^(https:\/\/|http:\/\/localhost[:/])/) as string));
  });
});
