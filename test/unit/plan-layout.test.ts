import "./mocked-bundle";
import { criticalPath } from "../../tools/plan/critical-path";
import { graphOf } from "../../tools/plan/page/graph";
import { type GraphNode, layOut, nodeSize } from "../../tools/plan/page/layout";
import type { PageNode } from "../../tools/plan/page/node";
import { registeredBy } from "./registered";

const node = (component: string, ...needs: number[]): GraphNode => ({ component, needs });

const positions = (nodes: GraphNode[]) => nodes.map((_, index) => index);

describe("the layout of a graph", () => {
  it("puts what needs something to the right of it, in the lane of its component", () => {
    const { height, lanes, places, width } = layOut([node("a"), node("a", 0), node("b", 1), node("a")], [0, 1, 2, 3]);
    expect([...places]).toEqual([
      [0, { x: 12, y: 26 }],
      [3, { x: 12, y: 60 }],
      [1, { x: 312, y: 26 }],
      [2, { x: 612, y: 138 }],
    ]);
    expect(lanes).toEqual([
      { component: "a", top: 0, height: 98 },
      { component: "b", top: 112, height: 64 },
    ]);
    expect({ height, width }).toEqual({ height: 176, width: 854 });
  });

  it("leaves no gap for what is not shown", () => {
    const { lanes, places } = layOut([node("a"), node("b", 0), node("a", 1)], [0, 2]);
    expect([...places]).toEqual([
      [0, { x: 12, y: 26 }],
      [2, { x: 312, y: 26 }],
    ]);
    expect(lanes.map(({ component }) => component)).toEqual(["a"]);
  });

  it("puts at most fourteen under each other", () => {
    const nodes = Array.from({ length: 15 }, () => node("a"));
    const { places } = layOut(nodes, positions(nodes));
    const columns = [...new Set([...places.values()].map(({ x }) => x))];
    expect(columns.map((x) => [...places.values()].filter((place) => place.x === x).length)).toEqual([8, 7]);
  });

  it("is empty where nothing is shown", () => {
    expect(layOut([node("a")], [])).toEqual({ width: 0, height: 0, lanes: [], places: new Map() });
  });
});

describe("the graph of the program", () => {
  let nodes: PageNode[];
  beforeAll(async () => {
    const { resources } = await registeredBy("prod");
    nodes = graphOf(resources, criticalPath(resources));
  });

  it("has every resource after what it needs", () => {
    expect(nodes.flatMap(({ needs }, index) => needs.filter((need) => need >= index))).toEqual([]);
  });

  it("is drawn without overlaps, to the right of what is needed, within its lane", () => {
    const { lanes, places, width } = layOut(nodes, positions(nodes));
    const at = (index: number) => places.get(index) ?? { x: NaN, y: NaN };
    const { width: nodeWidth, height: nodeHeight } = nodeSize;
    nodes.forEach(({ component, needs }, index) => {
      const { x, y } = at(index);
      const lane = lanes.find((candidate) => candidate.component === component);
      expect(x + nodeWidth).toBeLessThanOrEqual(width);
      expect(y).toBeGreaterThanOrEqual(lane?.top ?? NaN);
      expect(y + nodeHeight).toBeLessThanOrEqual((lane?.top ?? NaN) + (lane?.height ?? NaN));
      expect(needs.filter((need) => at(need).x + nodeWidth > x)).toEqual([]);
    });
    const overlaps = [...places].filter(([index, { x, y }]) =>
      [...places].some(
        ([other, place]) => other > index && Math.abs(place.x - x) < nodeWidth && Math.abs(place.y - y) < nodeHeight,
      ),
    );
    expect(overlaps).toEqual([]);
  });

  it("tells of each resource its names, times and inputs, no secret among them", () => {
    const database = nodes.find(({ type }) => type === "Instance");
    expect(database).toMatchObject({
      component: "Rds",
      fullType: "aws:rds:Instance",
      name: "postgres",
      physicalName: "rds-postgres-prod",
      start: 21,
      seconds: 754,
      critical: true,
      inputs: { instanceClass: "db.m7g.large", kmsKeyId: "<arn of database>" },
    });
    const redis = nodes.find(({ type }) => type === "ReplicationGroup");
    expect(redis).toMatchObject({ critical: false, inputs: { authToken: "<known later>" } });
  });
});
