/** Attributes of an element; false and undefined leave one out. Never from input: texts of users are children. */
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

type Child = Node | string;

/** An element with attributes and children; texts become text nodes, so that nothing in them is ever markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : `${value}`);
  }
  element.append(...children);
  return element;
}

export function button(label: string, attributes: Attributes, onClick: () => void): HTMLButtonElement {
  const made = el("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", onClick);
  return made;
}

/** An element of the page's own markup. */
export function byId<K extends keyof HTMLElementTagNameMap>(id: string, tag: K): HTMLElementTagNameMap[K];
export function byId(id: string): HTMLElement;
export function byId(id: string, tag = "*"): HTMLElement {
  const found = document.querySelector<HTMLElement>(`${tag}#${id}`);
  if (!found) throw new Error(`the page has no ${tag}#${id}`);
  return found;
}
