/** `npm run help`: what there is to run. */
import { commands } from "./commands";

const width = Math.max(...Object.keys(commands).map((name) => name.length));
for (const [name, line] of Object.entries(commands)) console.log(`  npm run ${name.padEnd(width)}  ${line}`);
console.log("\nOptions follow two hyphens: npm run local -- --suffix pr-42. README.md tells more.");
