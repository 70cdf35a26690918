import { all, atLeast, atMost, hasCompanion, includes, includesOnly, is, isNot, isSet, isUnset } from "../expectations";
import type { PolicyResource, Rule } from "../rule";
import { referred, referrers } from "../stack";
import { at, list, show, texts } from "../values";

const userPool = "aws:cognito/userPool:UserPool";
const riskConfiguration = "aws:cognito/riskConfiguration:RiskConfiguration";
const client = "aws:cognito/userPoolClient:UserPoolClient";

/** What Cognito does about threats: nothing (`OFF`), watch (`AUDIT`), or also refuse (`ENFORCED`). */
const mode = "userPoolAddOns.advancedSecurityMode";

const minutesOf: Record<string, number> = { seconds: 1 / 60, minutes: 1, hours: 60, days: 24 * 60 };

export const identityRules: Rule[] = [
  {
    name: "users-second-factor",
    description: "Every user signs in with a second factor: one-time codes of an authenticator app.",
    controls: ["45 CFR 164.312(d)", "FSBP Cognito.5"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Set mfaConfiguration to ON and softwareTokenMfaConfiguration.enabled to true; configure no SMS.",
    types: [userPool],
    scope: "resource",
    check: all(
      is("mfaConfiguration", "ON"),
      is("softwareTokenMfaConfiguration.enabled", true),
      isUnset("smsConfiguration"),
    ),
  },
  {
    name: "users-strong-passwords",
    description: "Passwords are long, of every kind of character, new, and temporary ones expire within a day.",
    controls: ["45 CFR 164.308(a)(5)(ii)(D)", "FSBP Cognito.3"],
    severity: "medium",
    enforcement: "mandatory",
    remedy:
      "Set passwordPolicy: minimumLength 14, all kinds of characters, passwordHistorySize 12, temporaryPasswordValidityDays 1.",
    types: [userPool],
    scope: "resource",
    check: all(
      atLeast("passwordPolicy.minimumLength", 14),
      is("passwordPolicy.requireLowercase", true),
      is("passwordPolicy.requireUppercase", true),
      is("passwordPolicy.requireNumbers", true),
      is("passwordPolicy.requireSymbols", true),
      atLeast("passwordPolicy.passwordHistorySize", 12),
      atMost("passwordPolicy.temporaryPasswordValidityDays", 1),
    ),
  },
  {
    name: "users-invited",
    description: "Administrators add the users; nobody adds themselves.",
    controls: ["45 CFR 164.308(a)(3)(ii)(A)", "45 CFR 164.308(a)(4)(ii)(B)"],
    severity: "critical",
    enforcement: "mandatory",
    remedy: "Set adminCreateUserConfig.allowAdminCreateUserOnly to true.",
    types: [userPool],
    scope: "resource",
    check: is("adminCreateUserConfig.allowAdminCreateUserOnly", true),
  },
  {
    name: "users-unique",
    description: "Each user has one name: by a verified address of mail, however it is capitalized.",
    controls: ["45 CFR 164.312(a)(2)(i)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy:
      "Set usernameAttributes and autoVerifiedAttributes to email, and usernameConfiguration.caseSensitive to false.",
    types: [userPool],
    scope: "resource",
    check: all(
      isSet("usernameAttributes"),
      includesOnly("usernameAttributes", "email"),
      isSet("autoVerifiedAttributes"),
      includesOnly("autoVerifiedAttributes", "email"),
      is("usernameConfiguration.caseSensitive", false),
    ),
  },
  {
    name: "users-recovery",
    description: "Forgotten passwords are replaced by way of the verified address of mail or an administrator only.",
    controls: ["45 CFR 164.312(d)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set accountRecoverySetting.recoveryMechanisms to verified_email or admin_only.",
    types: [userPool],
    scope: "resource",
    check: ({ inputs }) => {
      const mechanisms = at(inputs, "accountRecoverySetting.recoveryMechanisms");
      const names = list(mechanisms).map((mechanism) => at(mechanism, "name"));
      return [
        ...(names.length > 0 ? [] : ["accountRecoverySetting is not set"]),
        ...names
          .filter((name) => name !== "verified_email" && name !== "admin_only")
          .map((name) => `accounts are recovered by ${show(name)}`),
      ];
    },
  },
  {
    name: "users-threat-protection",
    description: "Cognito watches for stolen passwords and unusual sign-ins, and does something about them.",
    controls: ["45 CFR 164.308(a)(5)(ii)(C)", "FSBP Cognito.1"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set threatProtection to enforced.",
    types: [userPool],
    scope: "resource",
    check: is(mode, "ENFORCED"),
    exception: {
      reason:
        "Only the Plus plan includes it, which is charged per user: an environment without real users may do without. Where it only watches (AUDIT), somebody looks for a time at what it would refuse, before it does (threatProtection).",
      covers: ({ inputs }) => inputs.userPoolTier !== "PLUS" || at(inputs, mode) === "AUDIT",
    },
  },
  {
    name: "users-custom-authentication",
    description: "Where users sign in by steps of the platform's own, Cognito watches those, too, and does something.",
    controls: ["45 CFR 164.308(a)(5)(ii)(C)", "FSBP Cognito.4"],
    severity: "medium",
    enforcement: "advisory",
    remedy: "Set userPoolAddOns.advancedSecurityAdditionalFlows.customAuthMode to ENFORCED.",
    types: [userPool],
    scope: "stack",
    check: is("userPoolAddOns.advancedSecurityAdditionalFlows.customAuthMode", "ENFORCED"),
    exception: {
      reason: "Nobody signs in so: no client of the pool allows it (explicitAuthFlows without CUSTOM_AUTH).",
      covers: (resource, stack) =>
        referrers(stack, client, "userPoolId", resource).every(
          ({ inputs }) => !texts(inputs.explicitAuthFlows).some((flow) => flow.includes("CUSTOM_AUTH")),
        ),
    },
  },
  {
    name: "users-threat-responses",
    description: "Where Cognito watches, it is told what to do about what it sees.",
    controls: ["45 CFR 164.308(a)(5)(ii)(C)", "FSBP Cognito.1"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Add a RiskConfiguration for the pool.",
    types: [userPool],
    about: ({ inputs }) => at(inputs, mode) !== "OFF",
    scope: "stack",
    check: hasCompanion(riskConfiguration, "userPoolId"),
  },
  {
    name: "threats-refused",
    description: "Stolen passwords and sign-ins of a high risk are refused, where Cognito does not only watch.",
    controls: ["45 CFR 164.312(d)", "FSBP Cognito.1"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set the action BLOCK for compromised credentials and for a high risk of an account takeover.",
    types: [riskConfiguration],
    about: (resource, stack) =>
      referred(stack, resource, "userPoolId", userPool).some(({ inputs }) => at(inputs, mode) === "ENFORCED"),
    scope: "stack",
    check: all(
      is("compromisedCredentialsRiskConfiguration.actions.eventAction", "BLOCK"),
      includes("compromisedCredentialsRiskConfiguration.eventFilters", "SIGN_IN", "PASSWORD_CHANGE"),
      is("accountTakeoverRiskConfiguration.actions.highAction.eventAction", "BLOCK"),
    ),
  },
  {
    name: "users-deletion-protection",
    description: "The user pool cannot be deleted by mistake.",
    controls: ["45 CFR 164.308(a)(7)(ii)(A)", "FSBP Cognito.6"],
    severity: "medium",
    enforcement: "advisory",
    remedy: "Set deletionProtection to ACTIVE.",
    types: [userPool],
    scope: "resource",
    check: is("deletionProtection", "ACTIVE"),
    exception: {
      reason:
        "Environments come and go by `pulumi up` and `pulumi destroy`, and their users go with them; the README says so.",
      covers: () => true,
    },
  },
  {
    name: "tokens-short",
    description: "Access and identity tokens hold for 15 minutes, refresh tokens for 8 hours at most.",
    controls: ["45 CFR 164.312(d)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set accessTokenValidity, idTokenValidity and refreshTokenValidity with their units.",
    types: [client],
    scope: "resource",
    check: all(tokenAtMost("accessToken", 15), tokenAtMost("idToken", 15), tokenAtMost("refreshToken", 8 * 60)),
  },
  {
    name: "tokens-revocable",
    description: "Tokens can be revoked before they expire.",
    controls: ["45 CFR 164.308(a)(3)(ii)(C)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set enableTokenRevocation to true.",
    types: [client],
    scope: "resource",
    check: is("enableTokenRevocation", true),
  },
  {
    name: "client-hides-users",
    description: "A failed sign-in does not tell whether the user exists.",
    controls: ["45 CFR 164.312(d)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set preventUserExistenceErrors to ENABLED.",
    types: [client],
    scope: "resource",
    check: is("preventUserExistenceErrors", "ENABLED"),
  },
  {
    name: "client-flows",
    description: "Clients get tokens by the authorization code flow, and never send a password in the clear.",
    controls: ["45 CFR 164.312(d)", "45 CFR 164.312(e)(2)(ii)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Set allowedOauthFlows to code, and explicitAuthFlows to ALLOW_USER_SRP_AUTH and ALLOW_REFRESH_TOKEN_AUTH.",
    types: [client],
    scope: "resource",
    check: all(
      isSet("allowedOauthFlows"),
      includesOnly("allowedOauthFlows", "code"),
      isSet("explicitAuthFlows"),
      includesOnly("explicitAuthFlows", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"),
    ),
  },
  {
    name: "client-callbacks",
    description: "Users are sent back to addresses with TLS, or on their own machine.",
    controls: ["45 CFR 164.312(e)(1)"],
    severity: "high",
    enforcement: "mandatory",
    remedy: "Use https:// addresses, or http://localhost.",
    types: [client],
    scope: "resource",
    check: ({ inputs }) =>
      ["callbackUrls", "logoutUrls"].flatMap((input) =>
        list(inputs[input])
          .filter((url) => !/^(https:\/\/|http:\/\/localhost[:/])/.test(String(url)))
          .map((url) => `${input} has ${show(url)}`),
      ),
  },
  {
    name: "client-scopes",
    description: "Tokens carry the API's scopes, and no right to change the account they are for.",
    controls: ["45 CFR 164.308(a)(4)(ii)(B)", "45 CFR 164.312(a)(1)"],
    severity: "medium",
    enforcement: "mandatory",
    remedy: "Set allowedOauthScopes to openid and the API's scopes, and writeAttributes to email.",
    types: [client],
    scope: "resource",
    check: all(
      isSet("allowedOauthScopes"),
      ({ inputs }) =>
        list(inputs.allowedOauthScopes)
          .filter((scope) => scope === "aws.cognito.signin.user.admin")
          .map((scope) => `allowedOauthScopes has ${show(scope)}`),
      isSet("writeAttributes"),
      includesOnly("writeAttributes", "email"),
      isNot("allowedOauthFlowsUserPoolClient", false),
    ),
  },
];

/** A kind of token must be valid for this many minutes at most. */
function tokenAtMost(token: string, maximum: number): (resource: PolicyResource) => string[] {
  return ({ inputs }) => {
    const [validity, unit] = [inputs[`${token}Validity`], at(inputs, `tokenValidityUnits.${token}`)];
    const minutes = Number(validity) * (minutesOf[String(unit)] ?? NaN);
    return minutes <= maximum
      ? []
      : [`${token}Validity is ${show(validity)} ${show(unit)}; it must be at most ${maximum} minutes`];
  };
}
