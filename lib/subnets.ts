/** An IPv4 block: its first address as a number, and the length of its prefix. */
interface Cidr {
  base: number;
  prefix: number;
}

export interface SubnetLayout {
  /** One block per availability zone, in the order of the zones. */
  public: string[];
  private: string[];
  /** Without a route to the internet. */
  data: string[];
}

/** AWS accepts VPCs between /16 and /28 (VPC user guide, "VPC CIDR blocks"); the layout takes 23 /24s from the beginning, and leaves others free. */
export const vpcPrefixes = { largest: 16, smallest: 18 };

const subnetPrefix = 24;
const tierOffsets = { public: 0, private: 10, data: 20 };

const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((range) => parse(range));

/** What is wrong with a VPC's CIDR block, or undefined. */
export function validateVpcCidr(cidr: string): string | undefined {
  if (!/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}\/\d{1,2}$/.test(cidr) || octets(cidr).some((octet) => octet > 255)) {
    return "must be an IPv4 block such as 10.0.0.0/16";
  }
  const block = parse(cidr);
  if (block.prefix < vpcPrefixes.largest || block.prefix > vpcPrefixes.smallest) {
    return `must be between /${vpcPrefixes.largest} and /${vpcPrefixes.smallest}, so that every subnet fits in it`;
  }
  if (block.base !== network(block.base, block.prefix)) {
    return `must begin at the first address of its block: ${format({ base: network(block.base, block.prefix), prefix: block.prefix })}`;
  }
  if (!privateRanges.some((range) => contains(range, block))) {
    return "must lie in a private range: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918)";
  }
  return undefined;
}

/** Whether two blocks share an address. */
export function overlap(a: string, b: string): boolean {
  const [first, second] = [parse(a), parse(b)];
  return contains(first, second) || contains(second, first);
}

/**
 * The /24 subnets of a validated VPC block: for the i-th zone, counted from 0, x.y.i for public, x.y.(i+10) for private and
 * x.y.(i+20) for data subnets, counted from the beginning of the block.
 */
export function planSubnets(vpcCidr: string, availabilityZoneCount: number): SubnetLayout {
  const vpc = parse(vpcCidr);
  const tier = (offset: number) =>
    Array.from({ length: availabilityZoneCount }, (_, zone) =>
      format({ base: vpc.base + (offset + zone) * 2 ** (32 - subnetPrefix), prefix: subnetPrefix }),
    );
  return { public: tier(tierOffsets.public), private: tier(tierOffsets.private), data: tier(tierOffsets.data) };
}

function octets(cidr: string): number[] {
  return cidr.split(/[./]/).slice(0, 4).map(Number);
}

function parse(cidr: string): Cidr {
  return {
    base: octets(cidr).reduce((address, octet) => address * 256 + octet, 0),
    prefix: Number(cidr.split("/")[1]),
  };
}

function format({ base, prefix }: Cidr): string {
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join(".")}/${prefix}`;
}

function network(address: number, prefix: number): number {
  const size = 2 ** (32 - prefix);
  return Math.floor(address / size) * size;
}

function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.prefix >= outer.prefix && network(inner.base, outer.prefix) === network(outer.base, outer.prefix);
}
