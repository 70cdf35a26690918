/** `npm run docs`: brings the generated parts of the documents up to date. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withPictures } from "./architecture-pictures";
import { runCommand } from "./cli";
import { withConfigurationTable } from "./config-reference";
import { withCostTable } from "./cost-reference";
import { repository } from "./paths";
import { costOf } from "./plan/cost";
import { registerStack } from "./plan/register-stack";

runCommand(async () => {
  const [dev, prod] = [await registerStack("dev"), await registerStack("prod")];
  const costs = { dev: costOf(dev.resources), prod: costOf(prod.resources) };
  update("docs/configuration.md", (document) => withCostTable(withConfigurationTable(document), costs));
  update("docs/architecture.md", (document) => withPictures(document, dev.resources));
});

function update(name: string, change: (document: string) => string): void {
  const file = join(repository, name);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}
