// Where a meeting's views come from. The server answers here; a saved file brings a source of the
// same shape that reads its own islands. What a source cannot answer is null, not a fault.
import { forget, get, post } from "../api.js";
import { lang } from "../i18n.js";
import { isPublic } from "../words.js";

/** Return the words of a query ("profile=walk&at=…") as an object. */
export const words = (query) => Object.fromEntries(new URLSearchParams(query ?? ""));

/** Return the story that the address names (`#story=…`), or the default one. */
const chosen = () => new URLSearchParams(location.hash.slice(1)).get("story") ?? "default";

export function server() {
  const asked = () => ({ lang, story: chosen() });
  return {
    isLive: true, // asked again it may answer what it could not before
    canEdit: !isPublic,
    editor: () => import("./edit/index.js"), // fetched where it is needed only
    story: () => get("story", asked()),
    forget: () => forget("/story"),
    cells: (query, level) => get("coverage/cells", { ...query, level }),
    layer: (name, query) => get(`layers/${name}`, query),
    stations: ({ scenario = null }) => get("stations", { scenario }),
    names: (level) => get(`levels/${level}/cells`),
    told: (view) => post("stories/told", { view, lang }),
    week: ({ at: _, ...query }, from) => get("week", { ...query, from }),

    /** Which stations serve what is asked is the planner's to know, where the story does not say it. */
    async serving(query) {
      if (isPublic || (!query.at && !query.services)) return null;
      const { stations } = await get("impact", query);
      return stations.filter((one) => one.state === "serves").map((one) => one.station);
    },
  };
}
