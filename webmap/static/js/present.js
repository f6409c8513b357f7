// The leader's page: a story of views, told by the server, turned by keys or a clicker.
import { drawn } from "./draw/bridge.js";
import { meeting } from "./meeting/index.js";
import { server } from "./meeting/source.js";

drawn.then((atlas) => meeting(atlas, server()));
