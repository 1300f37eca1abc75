// Every page: Tabler's interactive parts, htmx, our own behaviours; main.css beside it.
import "./main.css";
import "@tabler/core/js/src/bootstrap/alert";
import "@tabler/core/js/src/bootstrap/collapse";
import "@tabler/core/js/src/bootstrap/dropdown";
import "@tabler/core/js/src/bootstrap/modal";
import "@tabler/core/js/src/bootstrap/offcanvas";
import "@tabler/core/js/src/bootstrap/tab";
import "htmx.org";
import { start as startBehaviours } from "./behaviours.js";
import { start as startRequests } from "./requests.js";

startBehaviours(); // a module runs when the document is parsed
startRequests();
