import type { PageNode } from "../node";

/** The resources and what they need; each has a position, after the positions of what it needs. */
export class Graph {
  /** `<Class> <name>`, by position. */
  readonly titles: string[];
  /** Positions of what needs a resource, by position. */
  readonly neededBy: number[][];
  /** What filters look through, by position. */
  private readonly texts: string[];
  private readonly criticalPath: number[];

  constructor(readonly nodes: PageNode[]) {
    this.titles = nodes.map(({ name, type }) => `${type} ${name}`);
    this.neededBy = nodes.map(() => []);
    nodes.forEach(({ needs }, index) => {
      for (const need of needs) this.neededBy[need]?.push(index);
    });
    this.texts = nodes.map(({ component, fullType, name, physicalName }) =>
      `${fullType} ${name} ${physicalName} ${component}`.toLowerCase(),
    );
    this.criticalPath = nodes.flatMap(({ critical }, index) => (critical ? [index] : []));
  }

  node(index: number): PageNode {
    const node = this.nodes[index];
    if (!node) throw new Error(`there is no resource ${index}`);
    return node;
  }

  /** Positions of the resources of a component, or of all, whose text has a part. */
  filtered(component: string, part: string): number[] {
    return this.nodes.flatMap((node, index) =>
      (component === "" || node.component === component) && this.texts[index]?.includes(part.toLowerCase())
        ? [index]
        : [],
    );
  }

  /** Whether a resource waits for another on the critical path. */
  isCritical(from: number, to: number): boolean {
    const step = this.criticalPath.indexOf(from);
    return step >= 0 && this.criticalPath[step + 1] === to;
  }

  /** All that a resource needs, however indirectly. */
  allNeeds(index: number): Set<number> {
    return reached(index, (each) => this.node(each).needs);
  }

  /** All that needs a resource, however indirectly. */
  allUsers(index: number): Set<number> {
    return reached(index, (each) => this.neededBy[each] ?? []);
  }
}

function reached(from: number, next: (index: number) => number[]): Set<number> {
  const found = new Set<number>();
  const follow = (index: number) => {
    for (const neighbour of next(index))
      if (!found.has(neighbour)) {
        found.add(neighbour);
        follow(neighbour);
      }
  };
  follow(from);
  return found;
}
