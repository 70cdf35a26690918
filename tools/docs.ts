/** `npm run docs`: brings the generated parts of the README up to date. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withConfigurationTable } from "./config-reference";
import { repository } from "./paths";

const readme = join(repository, "README.md");
writeFileSync(readme, withConfigurationTable(readFileSync(readme, "utf8")));
