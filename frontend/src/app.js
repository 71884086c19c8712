// What every page loads. htmx 2 on purpose: version 4 changed its events and defaults while this was written.
import htmx from "htmx.org";
import Alpine from "@alpinejs/csp";
import { announce } from "./modules/announce.js";
import { bulkSelection } from "./modules/bulk.js";
import { chartLoader } from "./modules/chart-loader.js";
import { drafts } from "./modules/drafts.js";
import { forms } from "./modules/forms.js";
import { menus } from "./modules/menus.js";
import { outbox } from "./modules/outbox.js";
import { answers } from "./modules/answers.js";

window.htmx = htmx;
window.Alpine = Alpine;
for (const start of [answers, announce, menus, forms, drafts, bulkSelection, chartLoader, outbox]) start(htmx);
Alpine.start();
