// The scenarios of the city, by their ids: views ask about them and are called by their names.
import { send } from "../../api.js";

export const scenarios = { names: new Map(), choices: [] };

/** Ask which scenarios there are; those of another import of the city cannot be asked about. */
export async function load() {
  const { scenarios: found } = await send("GET", "scenarios");
  scenarios.names = new Map(found.map(({ id, name }) => [id, name]));
  scenarios.choices = found.filter((one) => !one.outdated).map(({ id, name }) => ({ id, name }));
}
