import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { allNeeds } from "../../tools/plan/critical-path";
import { planPage } from "../../tools/plan/page";
import { type Plan, planOf } from "../../tools/plan/plan";
import { registerStack } from "../../tools/plan/register-stack";
import { Stack, titleOf } from "../../tools/plan/resources";
import type { Registered } from "../../tools/program";
import { browserArguments, findBrowser } from "./find-browser";

jest.setTimeout(30_000);

const executablePath = findBrowser();

const describeInBrowser = executablePath === undefined ? describe.skip : describe;

const reason = executablePath === undefined ? "; skipped, as there is no Chromium or Chrome on this machine" : "";

describeInBrowser(`the page of a plan${reason}`, () => {
  let folder: string;
  let file: string;
  let browser: Browser;
  let resources: Registered[];
  let plan: Plan;
  let page: Page;
  let requests: string[];
  let errors: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "plan-page-"));
    const registered = await registerStack("prod");
    ({ resources } = registered);
    plan = planOf(registered);
    file = join(folder, "plan.html");
    writeFileSync(file, planPage(plan, resources));
    browser = await chromium.launch({ executablePath, args: browserArguments });
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const open = async (options: Parameters<Browser["newPage"]>[0] = {}) => {
    page = await browser.newPage({ viewport: { width: 1400, height: 1000 }, ...options });
    requests = [];
    errors = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("console", (message) => errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(pathToFileURL(file).href);
  };

  beforeEach(() => open());

  afterEach(async () => {
    await page.close();
  });

  const node = (title: string) => page.locator(`#graph [aria-label^="${title}, "]`);
  /** What the nodes with a class are called, sorted. */
  const titlesOf = async (className: string) => {
    const labels = await page
      .locator(`#graph .node.${className}`)
      .evaluateAll((found: Labelled[]) => found.map((each) => each.getAttribute("aria-label") ?? ""));
    return labels.map((label) => label.replace(/, .*$/, "")).sort();
  };
  const details = () => page.locator("#details").innerText();
  const view = () => page.locator("#graph > g").getAttribute("transform");
  const scaleOf = (transform: string | null) => Number(/scale\((.+)\)/.exec(transform ?? "")?.[1]);
  const inCloud = () => new Stack(resources).inCloud;
  const resource = (title: string) => {
    const found = inCloud().find((each) => titleOf(each) === title);
    if (!found) throw new Error(`there is no ${title}`);
    return found;
  };
  const needsOf = (title: string) =>
    allNeeds(resource(title), resources)
      .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
      .map(titleOf)
      .sort();

  it("loads nothing but itself, and nothing in it fails or is refused", async () => {
    await node("Instance postgres").dispatchEvent("click");
    expect(requests).toEqual([pathToFileURL(file).href]);
    expect(errors).toEqual([]);
  });

  it("shows the totals first", async () => {
    const text = (await page.locator(".totals").innerText()).replace(/\s+/g, " ");
    expect(text).toContain(`Resources ${plan.totals.resources} in ${plan.totals.components} components`);
    expect(text).toContain(`At rest ${plan.totals.monthlyUsd.toFixed(2)} USD`);
  });

  it("draws every resource, and marks the critical path", async () => {
    expect(await page.locator("#graph .node").count()).toBe(inCloud().length);
    expect(await titlesOf("critical")).toEqual(
      plan.criticalPath.steps.map(({ urn }) => resources.filter((each) => each.urn === urn).map(titleOf)[0]).sort(),
    );
    expect(await page.locator("#graph .edge.critical").count()).toBe(plan.criticalPath.steps.length - 1);
  });

  it("shows what a resource is made of, and marks all that it needs and all that needs it", async () => {
    await node("Instance postgres").dispatchEvent("click");
    expect(await titlesOf("selected")).toEqual(["Instance postgres"]);
    expect(await titlesOf("need")).toEqual(needsOf("Instance postgres"));
    expect(await titlesOf("user")).toEqual(
      inCloud()
        .filter((each) => allNeeds(each, resources).includes(resource("Instance postgres")))
        .map(titleOf)
        .sort(),
    );
    const text = await details();
    expect(text).toContain("rds-postgres-prod");
    expect(text).toContain('"instanceClass": "db.m7g.large"');
    expect(text).toContain("LogGroup postgresql");
  });

  it("shows no secret", async () => {
    expect(await page.content()).not.toContain("1b47061264138c4ac30d75fd1eb44270");
    await node("ReplicationGroup redis").dispatchEvent("click");
    expect(await details()).toContain('"authToken": "<known later>"');
  });

  it("goes from a resource to what it needs, and from the list of resources to the graph", async () => {
    await node("Instance postgres").dispatchEvent("click");
    await page.locator("#details").getByRole("button", { name: "Key database" }).click();
    expect(await titlesOf("selected")).toEqual(["Key database"]);
    await page.getByRole("button", { name: "Show aws:ecs:Cluster analytics in the graph" }).click();
    expect(await titlesOf("selected")).toEqual(["Cluster analytics"]);
  });

  it("filters by component and by text, and lifts the filter to show what is asked for", async () => {
    await page.getByRole("combobox", { name: "Component" }).selectOption("Rds");
    const ofRds = inCloud().filter((each) => new Stack(resources).componentOf(each) === "Rds");
    expect(await page.locator("#graph .node").count()).toBe(ofRds.length);
    expect(await page.locator("#graph .lane-title").allTextContents()).toEqual(["Rds"]);
    await page.getByLabel("Text").fill("loggroup");
    expect(await page.locator("#graph .node").count()).toBe(2);
    expect(await page.getByRole("status").innerText()).toBe(`2 of ${inCloud().length} resources`);
    await node("LogGroup upgrade").dispatchEvent("click");
    await page.locator("#details").getByRole("button", { name: "Key logs" }).click();
    expect(await titlesOf("selected")).toEqual(["Key logs"]);
    expect(await page.locator("#graph .node").count()).toBe(inCloud().length);
    expect(await page.getByLabel("Text").inputValue()).toBe("");
  });

  it("says where nothing is found", async () => {
    await page.getByLabel("Text").fill("nowhere");
    expect(await page.getByRole("status").innerText()).toBe(`0 of ${inCloud().length} resources`);
    expect(errors).toEqual([]);
  });

  it("moves when it is dragged, without selecting, and zooms by wheel and buttons", async () => {
    const { x = 0, y = 0 } = (await page.locator("#graph").boundingBox()) ?? {};
    const before = await view();
    await page.mouse.move(x + 300, y + 200);
    await page.mouse.down();
    await page.mouse.move(x + 350, y + 260, { steps: 5 });
    await page.mouse.up();
    const dragged = await view();
    expect(dragged).not.toBe(before);
    expect(await titlesOf("selected")).toEqual([]);
    await page.mouse.wheel(0, -200);
    await page.waitForFunction(
      `document.querySelector("#graph > g").getAttribute("transform") !== ${JSON.stringify(dragged)}`,
    );
    await page.getByRole("button", { name: "Fit" }).click();
    const fitting = await view();
    const { height = 0, width = 0 } = (await page.locator("#graph > g").boundingBox()) ?? {};
    const { height: heightAtMost = 0, width: widthAtMost = 0 } = (await page.locator("#graph").boundingBox()) ?? {};
    expect([width <= widthAtMost, height <= heightAtMost]).toEqual([true, true]);
    await page.getByRole("button", { name: "Zoom in" }).click();
    expect(scaleOf(await view()) / scaleOf(fitting)).toBeCloseTo(1.25);
    await page.getByRole("button", { name: "Zoom out" }).click();
    expect(scaleOf(await view()) / scaleOf(fitting)).toBeCloseTo(1);
  });

  it("is one stop for the keyboard, whose arrows follow what is needed", async () => {
    expect(await page.locator('#graph [tabindex="0"]').count()).toBe(1);
    await node("Instance postgres").dispatchEvent("click");
    await node("Instance postgres").focus();
    await page.keyboard.press("ArrowLeft");
    const [selected = ""] = await titlesOf("selected");
    expect(resource("Instance postgres").dependencies).toContain(resource(selected).urn);
    expect(await page.locator("#graph .node:focus").getAttribute("aria-pressed")).toBe("true");
    await page.keyboard.press("ArrowRight");
    const [next = ""] = await titlesOf("selected");
    expect(resource(next).dependencies).toContain(resource(selected).urn);
    await page.keyboard.press("Escape");
    expect(await titlesOf("selected")).toEqual([]);
    expect(await page.locator('#graph [tabindex="0"]').count()).toBe(1);
    await page.keyboard.press("Enter");
    expect(await titlesOf("selected")).toHaveLength(1);
  });

  it("labels every field, button and table", async () => {
    const unlabelled = page.locator(
      "input:not(label input), select:not(label select), .scroll:not([aria-label]), svg:not([aria-label])",
    );
    expect(await unlabelled.count()).toBe(0);
    const names = await page
      .getByRole("button")
      .evaluateAll((buttons: Labelled[]) =>
        buttons.map((button) => (button.getAttribute("aria-label") ?? button.textContent).trim()),
      );
    expect(names.filter((name) => name === "")).toEqual([]);
  });

  it.each(["light", "dark"] as const)(
    "can be read on a phone in %s colours, which differ enough from their ground",
    async (colorScheme) => {
      await page.close();
      await open({ viewport: { width: 380, height: 800 }, colorScheme });
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBe(380);
      const [text, ground] = await page.evaluate<[string, string]>(
        "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]",
      );
      expect(contrast(text, ground)).toBeGreaterThanOrEqual(7);
    },
  );
});

/** What the test reads of an element; the types of browsers are not those of the program. */
interface Labelled {
  getAttribute(name: string): string | null;
  textContent: string;
}

/** Ratio of two colours' luminances (WCAG 2.2, "contrast ratio"). */
function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((value) => {
    const part = Number(value) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
