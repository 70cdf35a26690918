import fc from "fast-check";
import { overlap, planSubnets, validateVpcCidr } from "../../lib/subnets";

const accepted = [
  "10.0.0.0/16",
  "10.255.0.0/16",
  "172.16.0.0/16",
  "172.31.192.0/18",
  "192.168.0.0/16",
  "10.1.128.0/17",
];

describe("the subnets of a VPC", () => {
  it("are a /24 of each kind in each of two zones", () => {
    expect(planSubnets("10.0.0.0/16", 2)).toEqual({
      public: ["10.0.0.0/24", "10.0.1.0/24"],
      private: ["10.0.10.0/24", "10.0.11.0/24"],
      data: ["10.0.20.0/24", "10.0.21.0/24"],
    });
  });

  it("are a /24 of each kind in each of three zones, counted from where the block begins", () => {
    expect(planSubnets("172.31.192.0/18", 3)).toEqual({
      public: ["172.31.192.0/24", "172.31.193.0/24", "172.31.194.0/24"],
      private: ["172.31.202.0/24", "172.31.203.0/24", "172.31.204.0/24"],
      data: ["172.31.212.0/24", "172.31.213.0/24", "172.31.214.0/24"],
    });
  });

  it("never overlap and always lie in the VPC, for every accepted block and number of zones", () => {
    fc.assert(
      fc.property(vpcBlock, fc.constantFrom(2, 3), (vpcCidr, zones) => {
        expect(validateVpcCidr(vpcCidr)).toBeUndefined();
        const layout = planSubnets(vpcCidr, zones);
        const subnets = Object.values(layout).flat() as string[];
        expect(subnets).toHaveLength(3 * zones);
        for (const [index, subnet] of subnets.entries()) {
          expect(range(subnet).size).toBe(256);
          expect(range(subnet).first).toBeGreaterThanOrEqual(range(vpcCidr).first);
          expect(range(subnet).last).toBeLessThanOrEqual(range(vpcCidr).last);
          expect(subnets.slice(index + 1).filter((other) => meet(range(subnet), range(other)))).toEqual([]);
        }
      }),
    );
  });

  it("stay where they are when a zone is added, so that an environment can grow", () => {
    fc.assert(
      fc.property(vpcBlock, (vpcCidr) => {
        const [two, three] = [planSubnets(vpcCidr, 2), planSubnets(vpcCidr, 3)];
        for (const tier of ["public", "private", "data"] as const) expect(three[tier].slice(0, 2)).toEqual(two[tier]);
      }),
    );
  });

  it("lie at the same place of every block: public ones first, private ones from the tenth /24, data ones from the twentieth", () => {
    fc.assert(
      fc.property(vpcBlock, (vpcCidr) => {
        const place = (subnet: string) => (range(subnet).first - range(vpcCidr).first) / 256;
        const layout = planSubnets(vpcCidr, 3);
        expect({
          public: layout.public.map(place),
          private: layout.private.map(place),
          data: layout.data.map(place),
        }).toEqual({ public: [0, 1, 2], private: [10, 11, 12], data: [20, 21, 22] });
      }),
    );
  });
});

describe("a VPC's block", () => {
  it.each(accepted)("may be %s", (cidr) => {
    expect(validateVpcCidr(cidr)).toBeUndefined();
  });

  const form = "must be an IPv4 block such as 10.0.0.0/16";
  const size = "must be between /16 and /18, so that every subnet fits in it";
  const privateRange = "must lie in a private range: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918)";
  it.each([
    ["", form],
    ["10.0.0.0", form],
    ["10.0.0/16", form],
    ["10.0.0.0.0/16", form],
    ["10.0.0.256/16", form],
    ["010.0.0.0/16", form],
    ["10.0.0.0/016", form],
    ["10.0.0.0/-1", form],
    ["10.0.0.0/16 ", form],
    ["10.0.0.0/16\n", form],
    ["fd00::/16", form],
    ["ten.0.0.0/16", form],
    ["10.0.0.0/0", size],
    ["10.0.0.0/15", size],
    ["10.0.0.0/19", size],
    ["10.0.0.0/99", size],
    ["10.0.1.0/16", "must begin at the first address of its block: 10.0.0.0/16"],
    ["192.168.127.255/17", "must begin at the first address of its block: 192.168.0.0/17"],
    ["11.0.0.0/16", privateRange],
    ["172.15.0.0/16", privateRange],
    ["172.32.0.0/16", privateRange],
    ["192.167.0.0/16", privateRange],
    ["0.0.0.0/16", privateRange],
  ])("may not be %j", (cidr, reason) => {
    expect(validateVpcCidr(cidr)).toBe(reason);
  });

  it("is accepted or refused for a reason, whatever it is", () => {
    const reasons = [form, size, privateRange];
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.stringMatching(/^[0-9./ x-]{0,24}$/),
      fc.tuple(fc.ipV4(), fc.nat(40)).map(([address, prefix]) => `${address}/${prefix}`),
    );
    fc.assert(
      fc.property(texts, (cidr) => {
        const reason = validateVpcCidr(cidr);
        if (reason === undefined) expect(range(cidr).first % range(cidr).size).toBe(0);
        else if (!reason.startsWith("must begin at the first address of its block: "))
          expect(reasons).toContain(reason);
      }),
      { numRuns: 500 },
    );
  });
});

describe("overlap", () => {
  it.each([
    ["10.0.0.0/16", "10.0.0.0/16", true],
    ["10.0.0.0/16", "10.0.200.0/24", true],
    ["10.0.200.0/24", "10.0.0.0/16", true],
    ["10.0.0.0/16", "0.0.0.0/0", true],
    ["10.0.0.0/16", "10.0.255.255/32", true],
    ["10.0.0.0/16", "10.1.0.0/16", false],
    ["10.0.0.0/17", "10.0.128.0/17", false],
    ["10.0.0.0/16", "9.255.255.255/32", false],
  ])("of %s and %s: %s", (first, second, expected) => {
    expect(overlap(first, second)).toBe(expected);
  });

  it("is what the ranges of addresses say, and the same both ways", () => {
    const block = fc.tuple(fc.nat(3), fc.nat(255), fc.integer({ min: 6, max: 32 })).map(([a, b, prefix]) => {
      return `${a * 85}.${b}.0.0/${prefix}`;
    });
    fc.assert(
      fc.property(block, block, (first, second) => {
        expect(overlap(first, second)).toBe(meet(range(first), range(second)));
        expect(overlap(second, first)).toBe(overlap(first, second));
      }),
    );
  });
});

/** Every block that is accepted: /16 to /18 at its first address, in a private range. */
const vpcBlock = fc
  .tuple(
    fc.oneof(
      fc.nat(255).map((second) => `10.${second}`),
      fc.integer({ min: 16, max: 31 }).map((second) => `172.${second}`),
      fc.constant("192.168"),
    ),
    fc.constantFrom("0.0/16", "0.0/17", "128.0/17", "0.0/18", "64.0/18", "128.0/18", "192.0/18"),
  )
  .map(([head, tail]) => `${head}.${tail}`);

interface Range {
  first: number;
  last: number;
  size: number;
}

/** The addresses of a block, worked out apart from the code under test. */
function range(cidr: string): Range {
  const [address = "", prefix = ""] = cidr.split("/");
  const size = 2 ** (32 - Number(prefix));
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  const number = a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d;
  const first = number - (number % size);
  return { first, last: first + size - 1, size };
}

function meet(a: Range, b: Range): boolean {
  return a.first <= b.last && b.first <= a.last;
}
