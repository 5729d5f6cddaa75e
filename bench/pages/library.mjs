// Faceside's library in a worker of a page that is not Faceside's own.

import "../site/vendor/pyscript/core.js";
import { enter } from "./common.mjs";
import { matching } from "./people.mjs";

const script = document.querySelector("script[name=library]");
const up = () => script.xworker?.sync.loaded().catch(() => false); // refused until it has run
while (!(await up())) await new Promise((resolve) => setTimeout(resolve, 100));
const library = script.xworker.sync;

const load = async (all) => {
  await library.load(all);
  return (given) => library.match(given);
};

enter({
  match_1k: matching(1_000, load),
  match_10k: matching(10_000, load),
  match_100k: matching(100_000, load),
});
