// The scenarios: the one in hand, the drawer with all of them, and two side by side.
import { desk } from "../desk.js";
import { comparison } from "./compare.js";
import { dialogs } from "./dialogs.js";
import { drawer } from "./drawer.js";
import { header } from "./header.js";
import { open } from "./session.js";
import { toast } from "./toast.js";
import { faultLines } from "./words.js";

/** Take up the scenario that the address names; resolves when it is here. */
export async function mount({ atlas }) {
  const shown = drawer();
  header(shown);
  dialogs();
  comparison({ atlas });
  desk.on("refused", (problem) => toast(faultLines(problem), { bad: true }));
  desk.on("scenario-in-address", take);
  await take(desk.state.scenario);
}

async function take(id) {
  try {
    await open(id);
  } catch (problem) {
    toast(problem.message, { bad: true });
    desk.set({ scenario: null }); // an old address: the scenario is gone
  }
}
