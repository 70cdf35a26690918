import "./mocked-bundle";
import { createHash } from "node:crypto";
import { type Plan, planOf } from "../../tools/plan/plan";
import { planPage } from "../../tools/plan/page";
import type { Registered } from "../../tools/program";
import { registered, registeredBy } from "./registered";

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The texts of a page's elements of a kind. */
const texts = (page: string, element: string) =>
  [...page.matchAll(new RegExp(`<${element}(?: [^>]*)?>(.*?)</${element}>`, "gs"))].map(([, text = ""]) => text);

describe("the page of a plan", () => {
  let resources: Registered[];
  let plan: Plan;
  let page: string;
  beforeAll(async () => {
    const dev = await registeredBy("dev");
    ({ resources } = dev);
    plan = planOf(dev);
    page = planPage(plan, resources);
  });

  it("lets only its own style and script act, and loads and sends nothing", () => {
    const [style = "", ...styles] = texts(page, "style");
    const [data = "", script = "", ...scripts] = texts(page, "script");
    expect([...styles, ...scripts]).toEqual([]);
    const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(page)?.[1]?.replaceAll("&#39;", "'");
    expect(policy).toBe(
      [
        "default-src 'none'",
        `style-src ${hashOf(style)}`,
        `script-src ${hashOf(script)}`,
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
      ].join("; "),
    );
    expect(() => JSON.parse(data) as unknown).not.toThrow();
    expect(style).not.toMatch(/url\(|@import/);
    const loaded = [...page.matchAll(/<(?!a )[a-z]+ [^>]*(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(loaded).toEqual(["data:,"]);
    expect(page).not.toMatch(/ (style|on[a-z]+)="/);
  });

  it("has a section for each part of the plan, the difference only where there is one", () => {
    const anchors = (of: string) => [...of.matchAll(/<h2 id="([^"]*)"/g)].map(([, anchor]) => anchor);
    const always = ["critical-path", "cost", "reachability", "posture", "resources"];
    expect(anchors(page)).toEqual(["graph-section", ...always]);
    const from = { from: "stack prod", added: [], removed: [], changed: [], unchanged: 3 };
    expect(anchors(planPage({ ...plan, difference: from }, resources))).toEqual([
      "graph-section",
      "difference",
      ...always,
    ]);
  });

  it("has an element for each of its references to one", () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const referred = [...page.matchAll(/ (?:href="#|aria-labelledby="|aria-describedby=")([^"]*)"/g)];
    expect(referred.map(([, id]) => id).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it("takes what it shows for text", () => {
    const name = "</script><script>alert(1)</script>";
    const hostile = [registered("aws:kms/key:Key", name, { inputs: { description: name } })];
    const shown = planPage(planOf({ stack: "<b>", suffix: "", resources: hostile }), hostile);
    expect(shown).not.toContain(name);
    expect(shown).not.toContain("<b>");
    const [data = ""] = texts(shown, "script");
    expect((JSON.parse(data) as { name: string }[]).map((node) => node.name)).toEqual([name]);
  });

  it("holds no secret", () => {
    expect(page).not.toContain("1b47061264138c4ac30d75fd1eb44270");
  });
});
