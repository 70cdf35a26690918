/** Below this scale, names cannot be read. */
const readable = 0.9;

const limits = { smallest: 0.1, largest: 3 };

/** Around a node that is brought into view, in pixels. */
const margin = 40;

/** A rectangle of the drawing. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What of the drawing is seen, and how large. */
export class View {
  private x = 0;
  private y = 0;
  private scale = 1;
  private drawing = { width: 0, height: 0 };

  constructor(
    private readonly picture: SVGSVGElement,
    private readonly canvas: SVGGElement,
  ) {}

  /** Begins with a new drawing: with all of it, if that can be read, else with its upper left. */
  show(drawing: { width: number; height: number }): void {
    this.drawing = drawing;
    this.fit(readable);
  }

  /** All of the drawing, but no smaller than a scale. */
  fit(smallest: number = limits.smallest): void {
    const { clientHeight, clientWidth } = this.picture;
    const { height, width } = this.drawing;
    const scale = Math.min(clientWidth / width, clientHeight / height, 1.2);
    this.scale = Number.isFinite(scale) ? Math.max(scale, smallest) : 1;
    this.x = Math.max(0, (clientWidth - width * this.scale) / 2);
    this.y = Math.max(0, (clientHeight - height * this.scale) / 2);
    this.apply();
  }

  move(x: number, y: number): void {
    this.x += x;
    this.y += y;
    this.apply();
  }

  /** Keeps a point of the picture where it is: its middle, if not another one. */
  zoom(factor: number, x = this.picture.clientWidth / 2, y = this.picture.clientHeight / 2): void {
    const scale = Math.min(limits.largest, Math.max(limits.smallest, this.scale * factor));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.apply();
  }

  /** Moves by as little as shows a box. */
  bringIntoView({ height, width, x, y }: Box): void {
    this.x += shift(x * this.scale + this.x, width * this.scale, this.picture.clientWidth);
    this.y += shift(y * this.scale + this.y, height * this.scale, this.picture.clientHeight);
    this.apply();
  }

  private apply(): void {
    this.canvas.setAttribute("transform", `translate(${this.x} ${this.y}) scale(${this.scale})`);
  }
}

function shift(start: number, length: number, available: number): number {
  if (start < margin) return margin - start;
  return Math.min(0, available - margin - start - length);
}
