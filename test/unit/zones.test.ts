import * as aws from "@pulumi/aws";
import { availabilityZoneIds } from "../../lib/zones";
import { record, type Values } from "./recorder";

const choose = async (count: number, zoneIds: string[]) => {
  let asked: Values = {};
  let chosen: string[] = [];
  await record(
    async () => {
      const provider = new aws.Provider("aws", { region: "eu-west-1" });
      chosen = await availabilityZoneIds("eu-west-1", count, { provider });
    },
    {
      calls: {
        "aws:index/getAvailabilityZones:getAvailabilityZones": (inputs) => {
          asked = inputs;
          return { zoneIds };
        },
      },
    },
  );
  return { asked, chosen };
};

describe("the availability zones", () => {
  it("are the first ones by id, in whatever order AWS names them", async () => {
    const { chosen } = await choose(2, ["euw1-az3", "euw1-az1", "euw1-az2"]);
    expect(chosen).toEqual(["euw1-az1", "euw1-az2"]);
  });

  it("are such as need no opting in and have all services, also while AWS has trouble in one", async () => {
    const { asked } = await choose(2, ["euw1-az1", "euw1-az2"]);
    expect(asked).toEqual({
      filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
      excludeZoneIds: ["use1-az3"],
    });
  });

  it("are refused when the region has too few", async () => {
    await expect(choose(3, ["euw1-az1", "euw1-az2"])).rejects.toThrow(
      "availabilityZoneCount: 3 must be at most 2, the zones that this account has in eu-west-1",
    );
  });
});
