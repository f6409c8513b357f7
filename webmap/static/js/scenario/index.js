// The scenarios: the one in hand, the drawer with all of them, and two side by side.
import { get } from "../api.js";
import { desk } from "../desk.js";

/** Take up the scenario that the address names; resolves when it is here. */
export async function mount() {
  if (!desk.state.scenario) return;
  desk.set({ scenario: await get(`scenarios/${desk.state.scenario}`) });
}
