// The worker of transforms in Node: `visavis/worker` makes it what it is in a browser.
import "visavis/worker";
import "./transform-worker.mjs";
