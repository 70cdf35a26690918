import type * as bundler from "../../lib/bundle";

/** Stands in for the bundler, which takes its time, where the code is not the point: the archive holds the entry point's name. */
jest.mock("../../lib/bundle", () => {
  const pulumi = jest.requireActual<typeof import("@pulumi/pulumi")>("@pulumi/pulumi");
  const bundle: typeof bundler.bundle = (entryPoint) => ({
    archive: new pulumi.asset.AssetArchive({ "index.mjs": new pulumi.asset.StringAsset(entryPoint) }),
    sha256: `sha256 of ${entryPoint}`,
  });
  return { bundle };
});
