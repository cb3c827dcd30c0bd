// The page's websocket: joins the topics of every element with `data-live`, and brings what changed.
// Protocol: core/pendopo/live.py. Without it, and without JavaScript, a page is as fresh as its last load.

const HEARTBEAT_MS = 50_000;
const LONGEST_WAIT_MS = 30_000;
const joined = new Set();
let socket = null;
let last = null;
let tries = 0;
let lost = false;
let watchdog = 0;
let retry = 0;
let leaving = false;
let who; // whose account this socket knows

const topicsOf = (root) => {
  const found = new Set();
  for (const element of root.querySelectorAll("[data-live]")) {
    for (const topic of element.dataset.live.split(/\s+/)) if (topic) found.add(topic);
  }
  return found;
};
const accountTopic = () => [...topicsOf(document)].find((topic) => topic.startsWith("account:"));
const listening = (topic) => document.querySelectorAll(`[data-live~="${CSS.escape(topic)}"]`);

function say(kind) {
  const place = document.getElementById("sambungan");
  if (!place) return;
  place.textContent = kind ? place.dataset[kind] : "";
  place.classList.toggle("is-back", kind === "back");
  place.hidden = !kind;
}

/** Ask for the topics that stand on the page now, and leave those that went. */
export function joinAgain() {
  if (socket?.readyState !== WebSocket.OPEN) return;
  if (accountTopic() !== who) {
    socket.close(); // somebody signed in or out: come back as them
    return;
  }
  const wanted = topicsOf(document);
  const join = [...wanted].filter((topic) => !joined.has(topic));
  const leave = [...joined].filter((topic) => !wanted.has(topic));
  if (!join.length && !leave.length) return;
  join.forEach((topic) => joined.add(topic));
  leave.forEach((topic) => joined.delete(topic));
  const since = Number(document.getElementById("main")?.dataset.last || NaN);
  const wish = { join, leave };
  if (join.length && !Number.isNaN(since)) wish.last = since;
  socket.send(JSON.stringify(wish));
}

function refresh(topic) {
  for (const element of listening(topic)) {
    // Thousands of pages would otherwise ask in the same moment.
    clearTimeout(element.waitingForLive);
    element.waitingForLive = setTimeout(() => element.isConnected && window.htmx?.trigger(element, "live", {}, false), 40 + Math.random() * 360);
  }
}

/** Swap each element of `html` that has an id in the place of the one on the page. */
function swap(html) {
  const box = document.createElement("template");
  box.innerHTML = html;
  for (const element of box.content.children) {
    if (element.id && !element.hasAttribute("hx-swap-oob")) element.setAttribute("hx-swap-oob", "outerMorph");
  }
  window.htmx?.swap({ text: box.innerHTML, target: document.body, swap: "none", sourceElement: document.body, request: {} });
}

function receive(message) {
  if (message.id) last = Math.max(last ?? 0, message.id);
  if (message.reset) return joined.forEach(refresh);
  if (message.joined) {
    last ??= message.last;
    document.documentElement.dataset.live = "joined";
  }
  if (message.topic?.startsWith("session:")) return location.reload();
  if (message.html !== undefined) swap(message.html);
  else if (message.refresh) refresh(message.topic);
  else if (message.data !== undefined) document.dispatchEvent(new CustomEvent("live:data", { detail: { topic: message.topic, data: message.data } }));
}

function watch() {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => socket?.close(), HEARTBEAT_MS);
}

function connect() {
  clearTimeout(retry);
  if (leaving || (socket && socket.readyState < WebSocket.CLOSING)) return;
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
  socket.addEventListener("open", () => {
    tries = 0;
    joined.clear();
    who = accountTopic();
    const topics = [...topicsOf(document)];
    topics.forEach((topic) => joined.add(topic));
    const since = last ?? Number(document.getElementById("main")?.dataset.last || NaN);
    const wish = { join: topics };
    if (!Number.isNaN(since)) wish.last = since;
    socket.send(JSON.stringify(wish));
    if (lost) {
      say("back");
      setTimeout(() => !lost && say(""), 2500);
    }
    lost = false;
    watch();
  });
  socket.addEventListener("message", (event) => {
    watch();
    receive(JSON.parse(event.data));
  });
  socket.addEventListener("close", () => {
    clearTimeout(watchdog);
    delete document.documentElement.dataset.live;
    if (leaving) return;
    tries += 1;
    const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** tries) * (0.5 + Math.random() / 2);
    retry = setTimeout(connect, wait);
    if (tries > 1 && !lost) {
      lost = true;
      say("lost");
    }
  });
}

export function start() {
  connect();
  addEventListener("online", connect);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && connect());
  // A page that may come back from the browser's cache must not hold a socket.
  addEventListener("pagehide", () => {
    leaving = true;
    socket?.close();
  });
  addEventListener("pageshow", (event) => {
    leaving = false;
    if (event.persisted) connect();
  });
}
