const everyone = { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] };

/** Inputs that the program does not set, and that would weaken it, by the class of the resource. */
export const additions: Record<string, Record<string, unknown>> = {
  Bucket: { acl: "public-read" },
  CompositeAlarm: { actionsEnabled: false },
  Key: { isEnabled: false, bypassPolicyLockoutSafetyCheck: true },
  LogGroup: { logGroupClass: "DELIVERY" },
  Role: { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
  SecurityGroup: { ingress: [everyone], egress: [everyone] },
  Subnet: { assignIpv6AddressOnCreation: true },
  TaskDefinition: { pidMode: "host", ipcMode: "host", volumes: [{ name: "host", hostPath: "/" }] },
  Trail: { enableLogging: false },
};
