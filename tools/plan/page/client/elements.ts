/** An element of the page that its program relies on. */
export function byId<T extends Element>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

type Attributes = Record<string, string | number>;

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text: string,
  attributes: Attributes = {},
): HTMLElementTagNameMap[Name] {
  return filled(document.createElement(name), attributes, text);
}

/** Adds an element to a picture. */
export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes,
  parent: Element,
  text = "",
): SVGElementTagNameMap[Name] {
  const made = filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, text);
  parent.append(made);
  return made;
}

function filled<T extends Element>(made: T, attributes: Attributes, text: string): T {
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
