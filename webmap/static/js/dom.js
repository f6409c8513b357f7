// Build elements without markup strings: text always enters by textContent.

const SVG = "http://www.w3.org/2000/svg";

/** Return an element: `h("p.note", {title}, "text", child, …)`; false and null are left out. */
export function h(spec, properties = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [k, v] of Object.entries(value)) element.style.setProperty(k, v);
    else element.setAttribute(name, value === true ? "" : value);
  }
  fill(element, ...children);
  return element;
}

/** Replace what an element holds. */
export function fill(element, ...children) {
  const kept = children.flat(2).filter((child) => child !== null && child !== false && child !== undefined);
  element.replaceChildren(...kept.map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

/** Return a pictogram of the page's sprite. */
export function icon(name, label = null) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Return a number to call; words without digits stay words. */
export function phone(words, sign = null) {
  const digits = words.replace(/[^\d+]/g, "");
  return h(digits.length > 2 ? "a" : "span", { href: digits.length > 2 ? `tel:${digits}` : null }, sign, words);
}

export const byId = (id) => document.getElementById(id);

const changes = new WeakMap(); // element → when it last changed
const CALM_MS = 800; // what changes faster than this is followed by the eye without any fading

/** Let new content of an element appear softly, where the person allows motion. */
export function fade(element) {
  const now = performance.now();
  const isCalm = now - (changes.get(element) ?? -CALM_MS) >= CALM_MS;
  changes.set(element, now);
  if (!isCalm || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  element.animate?.([{ opacity: 0.25 }, { opacity: 1 }], { duration: 180, easing: "ease-out" });
}

/** Put text into an element; cross-fade when it changes. */
export function say(element, text) {
  if (!element || element.textContent === text) return;
  element.textContent = text;
  fade(element);
}
