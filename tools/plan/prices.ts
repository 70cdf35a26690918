/** Where a price was read. */
type Source =
  /** AWS's price list for eu-west-1, as published in September 2026, in copies on GitHub. */
  | "price list 2026-09"
  /** The same as of 2026-03-23. */
  | "price list 2026-03"
  /** AWS's price list of October 2026 for all regions at once, or for others that agree with each other, as files on GitHub quote it. */
  | "price list of other regions 2026-10"
  /** The service's pricing page, as cost estimates on GitHub of March 2026 quote it. */
  | "pricing page 2026-03"
  /** The same of September 2026. */
  | "pricing page 2026-09"
  /** What AWS charged others in eu-west-1 in 2026, by bills published on GitHub. */
  | "bills of 2026"
  /**
   * The service's pricing page as it was in 2025; not read again since. Of the same instances, us-east-1's price list quotes 9 to 11 % less in files on GitHub of
   * April and October 2026, as it does of EC2's.
   */
  | "recalled, 2025";

export interface Price {
  usd: number;
  /** What it buys. */
  per: string;
  /** AWS's page of the price. */
  page: string;
  source: Source;
}

export const pricedRegion = "eu-west-1";

export const hoursPerMonth = 730;

const ec2 = "https://aws.amazon.com/vpc/pricing/";
const rds = "https://aws.amazon.com/rds/postgresql/pricing/";
const elastiCache = "https://aws.amazon.com/elasticache/pricing/";
const cloudWatch = "https://aws.amazon.com/cloudwatch/pricing/";
const waf = "https://aws.amazon.com/waf/pricing/";
const lambda = "https://aws.amazon.com/lambda/pricing/";
const fargate = "https://aws.amazon.com/fargate/pricing/";
const cognito = "https://aws.amazon.com/cognito/pricing/";

/** On-demand list prices in eu-west-1, in USD before tax. They change: compare with the pages before you rely on a total. */
export const prices = {
  natGateway: { usd: 0.048, per: "hour", page: ec2, source: "price list 2026-09" },
  publicIpv4: { usd: 0.005, per: "hour", page: ec2, source: "price list 2026-09" },
  interfaceEndpoint: {
    usd: 0.011,
    per: "zone and hour",
    page: "https://aws.amazon.com/privatelink/pricing/",
    source: "bills of 2026",
  },
  databaseStorage: { usd: 0.127, per: "GiB (gp3) and month, in one zone", page: rds, source: "price list 2026-09" },
  fargateCpu: { usd: 0.04048, per: "vCPU (x86) and hour", page: fargate, source: "price list 2026-09" },
  fargateMemory: { usd: 0.004445, per: "GiB and hour", page: fargate, source: "price list 2026-09" },
  key: { usd: 1, per: "key and month", page: "https://aws.amazon.com/kms/pricing/", source: "pricing page 2026-03" },
  secret: {
    usd: 0.4,
    per: "secret and month",
    page: "https://aws.amazon.com/secrets-manager/pricing/",
    source: "price list 2026-09",
  },
  webAcl: { usd: 5, per: "month", page: waf, source: "pricing page 2026-03" },
  webAclRule: { usd: 1, per: "month", page: waf, source: "pricing page 2026-03" },
  webAclRequests: { usd: 0.6, per: "million requests", page: waf, source: "pricing page 2026-03" },
  alarm: { usd: 0.1, per: "metric and month", page: cloudWatch, source: "price list 2026-09" },
  compositeAlarm: { usd: 0.5, per: "month", page: cloudWatch, source: "price list of other regions 2026-10" },
  dashboard: { usd: 3, per: "month", page: cloudWatch, source: "price list of other regions 2026-10" },
  customMetric: { usd: 0.3, per: "metric and month", page: cloudWatch, source: "price list 2026-09" },
  logIngestion: { usd: 0.57, per: "GB", page: cloudWatch, source: "price list 2026-09" },
  logStorage: { usd: 0.03, per: "GB and month", page: cloudWatch, source: "price list 2026-09" },
  apiRequests: {
    usd: 3.5,
    per: "million requests",
    page: "https://aws.amazon.com/api-gateway/pricing/",
    source: "price list 2026-09",
  },
  functionRequests: { usd: 0.2, per: "million requests", page: lambda, source: "price list 2026-09" },
  functionTime: { usd: 0.0000133334, per: "GiB (arm64) and second", page: lambda, source: "price list 2026-09" },
  traces: {
    usd: 5,
    per: "million traces",
    page: "https://aws.amazon.com/xray/pricing/",
    source: "price list of other regions 2026-10",
  },
  trailEvents: {
    usd: 1,
    per: "million data events",
    page: "https://aws.amazon.com/cloudtrail/pricing/",
    source: "pricing page 2026-09",
  },
  essentialsUser: { usd: 0.015, per: "monthly user beyond 10,000", page: cognito, source: "price list 2026-09" },
  plusUser: { usd: 0.02, per: "monthly user", page: cognito, source: "pricing page 2026-09" },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;

/** One instance in one zone; a standby costs as much again. */
export const databaseInstanceHour: Record<string, Price> = {
  "db.t4g.micro": { usd: 0.017, per: "hour", page: rds, source: "price list 2026-03" },
  "db.t4g.small": { usd: 0.035, per: "hour", page: rds, source: "bills of 2026" },
  "db.t4g.medium": { usd: 0.069, per: "hour", page: rds, source: "price list 2026-03" },
  "db.t4g.large": { usd: 0.138, per: "hour", page: rds, source: "price list 2026-03" },
  "db.m7g.large": { usd: 0.188, per: "hour", page: rds, source: "recalled, 2025" },
  "db.m7g.xlarge": { usd: 0.376, per: "hour", page: rds, source: "recalled, 2025" },
  "db.m7g.2xlarge": { usd: 0.752, per: "hour", page: rds, source: "recalled, 2025" },
};

/** Nodes of Redis. The price list of 2026-03 that was read has Valkey's, which AWS lists at 80 % of them. */
export const cacheNodeHour: Record<string, Price> = {
  "cache.t4g.micro": { usd: 0.017, per: "hour", page: elastiCache, source: "price list 2026-03" },
  "cache.t4g.small": { usd: 0.034, per: "hour", page: elastiCache, source: "price list 2026-03" },
  "cache.m7g.large": { usd: 0.174, per: "hour", page: elastiCache, source: "recalled, 2025" },
  "cache.m7g.xlarge": { usd: 0.348, per: "hour", page: elastiCache, source: "recalled, 2025" },
};
