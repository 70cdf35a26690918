/** What values are weakened to, by the end of their path. Any other text becomes another one, so that nothing is forgotten. */
export const weaker: [path: RegExp, values: unknown[]][] = [
  [/(kmsKeyId|KmsKeyId|kmsMasterKeyId)$/, ["alias/aws/service"]],
  [/sseAlgorithm$/, ["AES256"]],
  [/security-policy$/, ["TLS_1_0"]],
  [/endpoint-access-mode$/, ["BASIC"]],
  [/endpointConfiguration\.types$/, ["EDGE"]],
  [/loggingLevel$/, ["OFF"]],
  [/transitEncryptionMode$/, ["preferred"]],
  [/mfaConfiguration$/, ["OFF", "OPTIONAL"]],
  [/advancedSecurityMode$/, ["OFF", "AUDIT"]],
  [/preventUserExistenceErrors$/, ["LEGACY"]],
  [/explicitAuthFlows\.\d+$/, ["ALLOW_USER_PASSWORD_AUTH"]],
  [/allowedOauthFlows\.\d+$/, ["implicit"]],
  [/callbackUrls\.\d+$/, ["http://example.com/callback"]],
  [/objectOwnership$/, ["ObjectWriter"]],
  [/versioningConfiguration\.status$/, ["Suspended"]],
  [/rules\.\d+\.status$/, ["Disabled"]],
  [/^state$/, ["DISABLED"]],
  [/trafficType$/, ["ACCEPT", "REJECT"]],
  [/tracingConfig\.mode$/, ["PassThrough"]],
  [/ipProtocol$/, ["-1"]],
  [/cidr(Ipv4|Block|Blocks\.\d+)$/, ["0.0.0.0/0"]],
  [/networkMode$/, ["host"]],
  [/containerDefinitions\.\d+\.user$/, ["0"]],
  [/treatMissingData$/, ["ignore"]],
  [/comparisonOperator$/, ["LessThanThreshold", "GreaterThanThreshold"]],
  [/^principal$/, ["*"]],
  [/policyArn$/, ["arn:aws:iam::aws:policy/AdministratorAccess"]],
  [/rules\.\d+\.action$/, [{ count: {} }, { allow: {} }]],
  [/rules\.\d+\.overrideAction$/, [{ count: {} }]],
];

/** Items that open lists, by the end of their path. */
export const openings: [path: RegExp, item: unknown][] = [
  [/^(ingress|egress)$/, { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
  [/ruleActionOverrides$/, { name: "CrossSiteScripting_BODY", actionToUse: { count: {} } }],
  [/securityGroupIds$/, "sg-another"],
  [/subnetIds$/, "subnet-another"],
];

/** Texts that say the opposite of each other. */
const opposites = [
  ["0", "1"],
  ["true", "false"],
  ["enabled", "disabled"],
];

export function weakerValues(path: string, value: unknown): unknown[] {
  const known = weaker.flatMap(([pattern, values]) => (pattern.test(path) ? values : []));
  const opposite = opposites.flatMap((pair) => (pair.includes(value as string) ? pair : []));
  return [...known, ...opposite].filter((other) => JSON.stringify(other) !== JSON.stringify(value));
}

export function openingOf(path: string): unknown {
  return openings.find(([pattern]) => pattern.test(path))?.[1];
}
