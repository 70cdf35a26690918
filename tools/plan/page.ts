import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { pageDocument } from "../page/document";
import { Html, html } from "../page/html";
import type { Registered } from "../program";
import { costSection } from "./page/cost";
import { criticalPathSection } from "./page/critical-path";
import { differenceSection } from "./page/difference";
import { explorerSection } from "./page/explorer";
import { graphOf } from "./page/graph";
import { postureSection } from "./page/posture";
import { reachabilitySection } from "./page/reachability";
import { resourcesSection } from "./page/resources";
import type { Plan } from "./plan";
import { titleOfUrn } from "./resources";
import { duration, usd } from "./text/amounts";
import { resultsText } from "./text/posture";

const folder = join(__dirname, "page");

/** A plan as one HTML document that loads nothing, with the graph of the resources to explore. */
export function planPage(plan: Plan, resources: Registered[]): string {
  const style = ["page.css", "explorer.css"].map((file) => readFileSync(join(folder, "style", file), "utf8")).join("");
  const nodes = graphOf(resources, plan.criticalPath);
  const title = `Plan of stack ${plan.stack}`;
  const parts = [
    { id: "graph-section", title: "Graph", body: explorerSection(nodes) },
    ...(plan.difference ? [{ id: "difference", title: "Difference", body: differenceSection(plan.difference) }] : []),
    { id: "critical-path", title: "Critical path of a first deployment", body: criticalPathSection(plan.criticalPath) },
    { id: "cost", title: "Cost", body: costSection(plan.cost) },
    { id: "reachability", title: "Who reaches whom", body: reachabilitySection(plan.reachability) },
    { id: "posture", title: "Security posture", body: postureSection(plan.posture) },
    { id: "resources", title: "Resources", body: resourcesSection(nodes) },
  ];
  return pageDocument({
    title,
    style,
    script: bundledScript(),
    body: html`<a class="skip" href="#critical-path">Skip the graph</a>
      <header>
        <h1>${title}</h1>
        ${totals(plan)}
        <nav aria-label="Contents">
          <ul>
            ${parts.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}
          </ul>
        </nav>
      </header>
      <main>
        ${parts.map(
          ({ body, id, title: name }) =>
            html`<section aria-labelledby="${id}">
              <h2 id="${id}">${name}</h2>
              ${body}
            </section>`,
        )}
      </main>
      ${new Html(`<script type="application/json" id="graph-data">${asJson(nodes)}</script>`)}`,
  });
}

function bundledScript(): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(folder, "client/main.ts")],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
  });
  const [file] = outputFiles;
  if (!file) throw new Error("esbuild has written no script");
  return file.text;
}

/** JSON that cannot end the element it stands in. */
function asJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}

function totals({ criticalPath, posture, totals: all }: Plan): Html {
  const entry = (name: string, value: string, more: string) =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value} <small>${more}</small></dd>
    </div>`;
  const { longest } = criticalPath;
  return html`<dl class="totals">
    ${entry("Resources", String(all.resources), `in ${all.components} components`)}
    ${entry("First deployment", duration(all.creationSeconds), `longest: ${titleOfUrn(longest.urn)}, ${duration(longest.seconds)}`)}
    ${entry("At rest", `${usd(all.monthlyUsd)} USD`, "a month, by list prices")}
    ${entry("Per million requests", `${usd(all.millionRequestsUsd)} USD`, "on top")}
    ${entry("Internet reaches", String(all.reachedFromInternet.length), all.reachedFromInternet.join(", "))}
    ${entry("Rules violated", String(all.violatedRules), resultsText(posture.results))}
  </dl>`;
}
