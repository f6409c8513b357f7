// The source of a meeting that stands in the file itself: it answers as the server does, from the
// islands that were packed for the questions of this story. What the file does not hold is null.
import { island, unpacked } from "../island.js";
import { Problem } from "../api.js";
import { t } from "../i18n.js";

// The words that name a question, in the order in which the islands were named.
const WORDS = ["profile", "budget", "services", "at", "scenario"];
const nameOf = (query) => WORDS.map((word) => query?.[word] ?? "").join("|");

async function open(id) {
  try {
    return await unpacked(id);
  } catch {
    throw new Problem(t("这个文件不完整；请重新拷贝或重新导出。"));
  }
}

/** Return the source; `meeting` is what the file says of itself. */
export function islands(meeting = island("meeting")) {
  const { story, questions, weeks, cells: known } = meeting;
  const columnsOf = new Map(); // name of a question and level → columns, made once
  const namesOf = new Map(); // level → names, made once

  async function columns(held, level) {
    const [names, all] = await Promise.all([open(known), open(held.cells)]);
    const rows = names.level.flatMap((its, row) => (its === level ? [row] : []));
    const some = (values) => rows.map((row) => values?.[row] ?? null);
    const figures = Object.fromEntries(meeting.columns.map((name) => [name, some(all[name])]));
    return { level, city: held.city, codes: some(names.code), ...figures };
  }

  async function names(level) {
    const { level: levels, ...all } = await open(known);
    const rows = levels.flatMap((its, row) => (its === level ? [row] : []));
    const lists = Object.entries(all).map(([name, each]) => [name, rows.map((row) => each[row])]);
    return { level, ...Object.fromEntries(lists) };
  }

  return {
    isLive: false,
    canEdit: false,
    story: async () => story,
    forget: () => {},
    told: async () => null,

    cells: async (query, level) => {
      const held = questions[nameOf(query)];
      if (!held) return null;
      const name = `${nameOf(query)}|${level}`;
      if (!columnsOf.has(name)) columnsOf.set(name, columns(held, level));
      return columnsOf.get(name);
    },

    layer: async (name, query) => {
      const id = questions[nameOf(query)]?.[name];
      return id ? open(id) : null;
    },

    stations: async (query) => open(meeting.stations[query?.scenario ?? ""]),
    serving: async (query) => {
      const id = questions[nameOf(query)]?.serving;
      return id ? open(id) : null;
    },

    week: async ({ at: _, ...query }, from) => {
      const week = weeks[nameOf(query)] ?? null;
      return week?.from === from ? week : null;
    },

    names: async (level) => {
      if (!namesOf.has(level)) namesOf.set(level, names(level));
      return namesOf.get(level);
    },
  };
}
