/** What is drawn: a resource, and the positions in the list of those that it needs. */
export interface GraphNode {
  component: string;
  needs: number[];
}

export interface Layout {
  width: number;
  height: number;
  lanes: { component: string; top: number; height: number }[];
  /** Upper left corners of the nodes that are drawn, by their positions in the list. */
  places: Map<number, { x: number; y: number }>;
}

export const nodeSize = { width: 230, height: 26 };

const spaceBetween = { columns: 70, rows: 8, lanes: 14 };

/** Room for a lane's name above its nodes, and around them. */
const lane = { title: 26, padding: 12 };

/** Nodes of one lane under each other; more stand beside them. */
const rowsAtMost = 14;

/**
 * Lays out a graph from left to right, so that everything stands to the right of what it needs, with a lane for each component; lanes that begin further
 * to the left stand above others.
 *
 * @param shown positions in the list of the nodes that are drawn
 */
export function layOut(nodes: GraphNode[], shown: number[]): Layout {
  const ranks = compressed(nodes, shown);
  const cells = new Map<string, number[]>();
  for (const node of shown) {
    const key = cellKey(nodes[node]?.component ?? "", ranks.get(node) ?? 0);
    cells.set(key, [...(cells.get(key) ?? []), node]);
  }
  const components = orderOfLanes(nodes, shown, ranks);
  const columns = columnsOf(components, cells, Math.max(-1, ...ranks.values()) + 1);
  const places = new Map<number, { x: number; y: number }>();
  const lanes: Layout["lanes"] = [];
  let top = 0;
  for (const component of components) {
    let rows = 0;
    columns.forEach(({ x }, rank) => {
      const cell = cells.get(cellKey(component, rank)) ?? [];
      const rowsHere = Math.ceil(cell.length / Math.max(1, Math.ceil(cell.length / rowsAtMost)));
      rows = Math.max(rows, rowsHere);
      cell.forEach((node, index) => {
        places.set(node, {
          x: x + Math.floor(index / rowsHere) * (nodeSize.width + spaceBetween.rows),
          y: top + lane.title + (index % rowsHere) * (nodeSize.height + spaceBetween.rows),
        });
      });
    });
    const height = lane.title + rows * (nodeSize.height + spaceBetween.rows) - spaceBetween.rows + lane.padding;
    lanes.push({ component, top, height });
    top += height + spaceBetween.lanes;
  }
  const last = columns.at(-1);
  return {
    width: last ? last.x + last.width + lane.padding : 0,
    height: Math.max(0, top - spaceBetween.lanes),
    lanes,
    places,
  };
}

/** How many others stand before each node in a row at most, without gaps where nothing is shown. */
function compressed(nodes: GraphNode[], shown: number[]): Map<number, number> {
  const known = new Map<number, number>();
  const rankOf = (node: number): number => {
    const rank = known.get(node) ?? Math.max(0, ...(nodes[node]?.needs ?? []).map((need) => rankOf(need) + 1));
    known.set(node, rank);
    return rank;
  };
  const used = [...new Set(shown.map(rankOf))].sort((one, other) => one - other);
  return new Map(shown.map((node) => [node, used.indexOf(rankOf(node))]));
}

function orderOfLanes(nodes: GraphNode[], shown: number[], ranks: Map<number, number>): string[] {
  const of = new Map<string, number[]>();
  for (const node of shown) {
    const component = nodes[node]?.component ?? "";
    of.set(component, [...(of.get(component) ?? []), ranks.get(node) ?? 0]);
  }
  const mean = (component: string) => {
    const all = of.get(component) ?? [];
    return all.reduce((sum, rank) => sum + rank, 0) / all.length;
  };
  return [...of.keys()].sort((one, other) => mean(one) - mean(other) || (one < other ? -1 : 1));
}

function columnsOf(components: string[], cells: Map<string, number[]>, ranks: number): { x: number; width: number }[] {
  const columns: { x: number; width: number }[] = [];
  let x = lane.padding;
  for (let rank = 0; rank < ranks; rank++) {
    const fullest = Math.max(...components.map((component) => (cells.get(cellKey(component, rank)) ?? []).length));
    const abreast = Math.ceil(fullest / rowsAtMost);
    const width = abreast * (nodeSize.width + spaceBetween.rows) - spaceBetween.rows;
    columns.push({ x, width });
    x += width + spaceBetween.columns;
  }
  return columns;
}

function cellKey(component: string, rank: number): string {
  return `${rank} ${component}`;
}
