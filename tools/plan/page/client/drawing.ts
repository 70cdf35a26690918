import { type Layout, layOut, nodeSize } from "../layout";
import { svg } from "./elements";
import type { Graph } from "./graph";

/** Letters that a node has room for. */
const room = 32;

interface Edge {
  from: number;
  to: number;
  path: SVGPathElement;
}

/** The picture of some of the resources. */
export class Drawing {
  readonly canvas: SVGGElement;
  layout: Layout;
  private readonly lanes: SVGGElement;
  private readonly arrows: SVGGElement;
  private readonly boxes: SVGGElement;
  private nodes = new Map<number, SVGGElement>();
  private edges: Edge[] = [];

  constructor(
    private readonly picture: SVGSVGElement,
    private readonly graph: Graph,
  ) {
    this.canvas = svg("g", {}, picture);
    this.lanes = svg("g", {}, this.canvas);
    this.arrows = svg("g", { "aria-hidden": "true" }, this.canvas);
    this.boxes = svg("g", {}, this.canvas);
    this.layout = layOut(graph.nodes, []);
  }

  /** Draws these resources, by position, and no others. */
  draw(shown: number[]): void {
    this.layout = layOut(this.graph.nodes, shown);
    for (const layer of [this.lanes, this.arrows, this.boxes]) layer.replaceChildren();
    for (const { component, height, top } of this.layout.lanes) {
      svg("rect", { class: "lane", x: 0, y: top, width: this.layout.width, height, rx: 8 }, this.lanes);
      svg("text", { class: "lane-title", x: 12, y: top + 17 }, this.lanes, component);
    }
    this.nodes = new Map(shown.map((index) => [index, this.drawNode(index)]));
    this.edges = shown.flatMap((to) =>
      this.graph
        .node(to)
        .needs.filter((need) => this.has(need))
        .map((from) => this.drawEdge(from, to)),
    );
  }

  has(index: number): boolean {
    return this.layout.places.has(index);
  }

  /** Upper left corner of a node that is drawn. */
  place(index: number): { x: number; y: number } {
    const place = this.layout.places.get(index);
    if (!place) throw new Error(`resource ${index} is not drawn`);
    return place;
  }

  focus(index: number): void {
    this.nodes.get(index)?.focus({ preventScroll: true });
  }

  /** Marks a resource, all that it needs and all that needs it; without one, nothing. It is the keyboard's one stop, else the first is. */
  highlight(selected: number | undefined): void {
    const needs = selected === undefined ? new Set<number>() : this.graph.allNeeds(selected);
    const users = selected === undefined ? new Set<number>() : this.graph.allUsers(selected);
    this.picture.classList.toggle("has-selection", selected !== undefined);
    const [first] = this.nodes.keys();
    for (const [index, node] of this.nodes) {
      node.classList.toggle("selected", index === selected);
      node.classList.toggle("need", needs.has(index));
      node.classList.toggle("user", users.has(index));
      node.setAttribute("aria-pressed", String(index === selected));
      node.setAttribute("tabindex", index === (selected ?? first) ? "0" : "-1");
    }
    const within = (set: Set<number>, index: number) => index === selected || set.has(index);
    for (const { from, path, to } of this.edges) {
      path.classList.toggle("need", within(needs, from) && within(needs, to));
      path.classList.toggle("user", within(users, from) && within(users, to));
    }
  }

  private drawNode(index: number): SVGGElement {
    const { x, y } = this.place(index);
    const { component, critical, fullType, name } = this.graph.node(index);
    const title = this.graph.titles[index] ?? "";
    const node = svg(
      "g",
      {
        class: critical ? "node critical" : "node",
        role: "button",
        transform: `translate(${x} ${y})`,
        "aria-label": `${title}, ${component}`,
        "data-node": index,
      },
      this.boxes,
    );
    svg("title", {}, node, `${fullType} ${name}`);
    svg("rect", { width: nodeSize.width, height: nodeSize.height, rx: 5 }, node);
    svg("text", { x: 8, y: 17 }, node, title.length > room ? `${title.slice(0, room - 1)}…` : title);
    return node;
  }

  private drawEdge(from: number, to: number): Edge {
    const [start, end] = [this.place(from), this.place(to)];
    const [x1, y1] = [start.x + nodeSize.width, start.y + nodeSize.height / 2];
    const [x2, y2] = [end.x, end.y + nodeSize.height / 2];
    const bend = Math.max(30, (x2 - x1) / 2);
    // Around what stands between them in the same row.
    const rise = y1 === y2 && x2 - x1 > nodeSize.width ? nodeSize.height : 0;
    const path = svg(
      "path",
      {
        class: this.graph.isCritical(from, to) ? "edge critical" : "edge",
        d: `M${x1} ${y1}C${x1 + bend} ${y1 + rise} ${x2 - bend} ${y2 + rise} ${x2} ${y2}`,
      },
      this.arrows,
    );
    return { from, to, path };
  }
}
