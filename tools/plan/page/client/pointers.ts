import type { View } from "./view";

/** Pixels that a pointer may move in a click, which is not always quite still. */
const still = 4;

/** Lets pointers move and pinch what is seen, and the wheel zoom it; `click` is told where a pointer pressed without moving. */
export function followPointers(picture: SVGSVGElement, view: View, click: (target: Element) => void): void {
  const pointers = new Map<number, PointerEvent>();
  let moved = false;

  picture.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, event);
    if (pointers.size === 1) moved = false;
  });

  picture.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const [x, y] = [event.clientX - before.clientX, event.clientY - before.clientY];
    const other = [...pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    if (other) {
      pinch(other, before, event);
    } else {
      if (!moved && Math.hypot(x, y) < still) return;
      picture.setPointerCapture(event.pointerId);
      view.move(x, y);
    }
    moved = true;
    pointers.set(event.pointerId, event);
  });

  for (const end of ["pointerup", "pointercancel"] as const)
    picture.addEventListener(end, ({ pointerId }) => {
      pointers.delete(pointerId);
    });

  picture.addEventListener("click", ({ target }) => {
    if (!moved) click(target as Element);
  });

  picture.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const { left, top } = picture.getBoundingClientRect();
      view.zoom(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
    },
    { passive: false },
  );

  function pinch(other: PointerEvent, before: PointerEvent, after: PointerEvent) {
    const distance = (one: PointerEvent) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const { left, top } = picture.getBoundingClientRect();
    view.zoom(
      distance(after) / Math.max(1, distance(before)),
      (after.clientX + other.clientX) / 2 - left,
      (after.clientY + other.clientY) / 2 - top,
    );
  }
}
