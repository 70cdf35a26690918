/** `npm run docs`: brings the generated parts of the documents up to date. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withPictures } from "./architecture-pictures";
import { runCommand } from "./cli";
import { withConfigurationTable } from "./config-reference";
import { repository } from "./paths";
import { registerStack } from "./plan/register-stack";

runCommand(async () => {
  const { resources } = await registerStack("dev");
  update("README.md", withConfigurationTable);
  update("docs/architecture.md", (document) => withPictures(document, resources));
});

function update(name: string, change: (document: string) => string): void {
  const file = join(repository, name);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}
