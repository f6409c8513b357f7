// Give a person a file to keep.
import { problemOf } from "./api.js";
import { h } from "./dom.js";

const LATER_MS = 60_000; // browsers read the file in their own time

const nameIn = (header) => {
  const full = /filename\*=UTF-8''([^;]+)/.exec(header ?? "");
  return full ? decodeURIComponent(full[1]) : "";
};

/** Let the browser save a blob under a name. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), LATER_MS);
}

/** Save the file of an answer under its own name, or under `name` if it has none; return the name. */
export async function saveAnswer(answer, name) {
  if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => null));
  const own = nameIn(answer.headers.get("Content-Disposition")) || name;
  save(await answer.blob(), own);
  return own;
}

/** Return a text as the name of a file may be. */
export const fileName = (text) => text.replace(/[^\p{L}\p{N} ()（）_-]/gu, "_");
