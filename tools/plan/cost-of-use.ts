import type { Registered } from "../program";
import type { Charges } from "./cost";
import { recordsFunctions } from "./cost-at-rest";
import { type Price, prices } from "./prices";
import type { Stack } from "./resources";

/** Seconds of the records service for a request, waiting included: an assumption between a read from the cache and a write. */
const requestSeconds = 0.03;

/** Share of the invocations that X-Ray keeps: its rule beyond the first of a second (X-Ray developer guide, "Sampling"). */
const tracedShare = 0.05;

/** Bytes that a request adds to a log: assumptions, by the lines' formats. */
const bytesOfRequest: Record<string, number> = {
  access: 700,
  "records-service": 500,
  audit: 600,
  waf: 1500,
  postgresql: 600,
  "flow-logs": 300,
  trail: 1300,
};

const million = 1e6;

/** What a resource is charged for a million requests to the API. */
export function costOfRequests(resource: Registered, stack: Stack): Charges {
  switch (resource.type) {
    case "aws:apigateway/stage:Stage":
      return [{ what: "requests to the API", quantity: 1, unit: "million", price: prices.apiRequests }];
    case "aws:wafv2/webAcl:WebAcl":
      return [{ what: "requests to the firewall", quantity: 1, unit: "million", price: prices.webAclRequests }];
    case "aws:lambda/function:Function":
      return isBehindApi(resource, stack) ? functionCharges(resource) : [];
    case "aws:cloudtrail/trail:Trail":
      return recordsFunctions(resource)
        ? [{ what: "calls of functions in the trail", quantity: 1, unit: "million", price: prices.trailEvents }]
        : [];
    case "aws:cloudwatch/logGroup:LogGroup":
      return logCharges(resource);
    default:
      return [];
  }
}

function isBehindApi(lambda: Registered, stack: Stack): boolean {
  const permissions = stack.referring("aws:lambda/permission:Permission", "function", lambda);
  return permissions.some(({ inputs }) => inputs.principal === "apigateway.amazonaws.com");
}

function functionCharges({ inputs, name }: Registered): Charges {
  const gibibytes = Number(inputs.memorySize) / 1024;
  return [
    { what: `calls of ${name}`, quantity: 1, unit: "million", price: prices.functionRequests },
    {
      what: `time of ${name}, ${requestSeconds} s a request`,
      quantity: million * requestSeconds * gibibytes,
      unit: "GiB seconds",
      price: prices.functionTime,
    },
    { what: `traces of ${tracedShare * 100} %`, quantity: tracedShare, unit: "million", price: prices.traces },
  ];
}

function logCharges({ inputs, name }: Registered): Charges {
  const bytes = bytesOfRequest[name];
  if (bytes === undefined) return [];
  const gigabytes = (bytes * million) / 1e9;
  const days = Number(inputs.retentionInDays);
  return [
    { what: `log ${name}, ${bytes} B a request`, quantity: gigabytes, unit: "GB", price: prices.logIngestion },
    {
      what: `log ${name}, kept for ${days} days`,
      quantity: (gigabytes * days) / 30,
      unit: "GB months",
      price: prices.logStorage,
    },
  ];
}

/** What a thousand more users who sign in within a month are charged for, beyond those that are free. */
export interface UserCost {
  what: string;
  usd: number;
  price: Price;
}

export function costOfUsers(stack: Stack): UserCost[] {
  return stack.ofType("aws:cognito/userPool:UserPool").map(({ inputs }) => {
    const plus = inputs.userPoolTier === "PLUS";
    const price = plus ? prices.plusUser : prices.essentialsUser;
    return { what: `1,000 more monthly users, plan ${plus ? "Plus" : "Essentials"}`, usd: 1000 * price.usd, price };
  });
}
