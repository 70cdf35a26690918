import { readdirSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../../tools/paths";

/** What people read, by its path in the repository. */
export const documents = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(repository, "docs")).map((file) => `docs/${file}`),
];
