// The radio bar: stays while one walks through the portal, never begins by itself, and comes back after a break.
// Without this module the bar is a plain link to the stream. Its parts lie in player/.

import { Cues, inLanguage } from "./player/cues.js";
import { choices, listening } from "./player/kept.js";
import { Listen } from "./player/listen.js";
import { connect } from "./player/lock_screen.js";
import { Panel } from "./player/panel.js";
import { Sleep } from "./player/sleep.js";
import { Station } from "./player/station.js";

const bar = document.getElementById("radio-pemutar");
const words = bar.dataset;
const TOPIC = "public:radio-suara";
const LOOK_MS = 200;
const SAY_WAIT_MS = 1_500;
const LEFT_FOR_MS = 10 * 60_000; // a page that comes back within this time goes on playing

const station = new Station(words.now);
const listen = new Listen(station, { stream: words.stream, low: words.low, hls: words.hls, replay: words.replay, whep: words.whep });
const cues = new Cues();
const sleep = new Sleep(listen, () => panel.showSleep());
const panel = new Panel(bar, listen, station, sleep);
const screen = connect(listen, { station: words.station, artwork: words.artwork, step: (seconds) => panel.step(seconds), live: () => panel.live() });
const other = "BroadcastChannel" in window ? new BroadcastChannel("radio") : null;

const place = (name) => bar.querySelector(`[data-radio-${name}]`);
const set = (element, text) => element.textContent !== text && (element.textContent = text);

// ---------------------------------------------------------------- states

let saying = 0;

function show() {
  const { state, wanted } = listen;
  const before = bar.dataset.state;
  bar.dataset.state = state;
  document.documentElement.dataset.radio = wanted ? "on" : "off";
  for (const button of document.querySelectorAll("[data-radio-toggle]")) {
    button.hidden = false;
    const label = wanted ? words.sayPause : state === "offer" ? words.sayOffer : words.sayPlay;
    const text = button.querySelector("[data-radio-label]");
    if (text) set(text, label);
    else if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
  }
  screen.state(wanted);
  if (state !== before) say(state);
}

/** One sentence for each change that lasts; a short gap is not told. */
function say(state) {
  clearTimeout(saying);
  const fallen = state === "on" && listen.isFallen;
  const on = listen.isRewound ? words.sayRewound : fallen ? words.sayFallen : words.sayOn;
  const text = { on, wait: words.sayWait, away: words.sayAway, offer: words.sayOffered, off: "" }[state] ?? "";
  saying = setTimeout(() => set(place("state"), text), state === "wait" ? SAY_WAIT_MS : 0);
  place("state").classList.toggle("visually-hidden", (state === "on" && !fallen) || state === "off");
}

listen.addEventListener("state", () => {
  show();
  panel.show();
  if (listen.state === "wait" || listen.state === "on") other?.postMessage(listen.since);
  if (listen.state === "off") listening.set(null);
  if (listen.state === "on" && listen.isRewound) recall();
  look();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-radio-toggle]")) return;
  if (listen.wanted) listen.stop();
  else listen.play();
});

other?.addEventListener("message", ({ data }) => listen.wanted && data > listen.since && listen.stop()); // who began last is heard

// ---------------------------------------------------------------- what is heard

let shown = "";
let closed = "";

document.addEventListener("live:data", ({ detail: { topic, data } }) => {
  if (topic !== TOPIC) return;
  cues.take(data);
  if (data.run && station.now.run && data.run !== station.now.run) {
    station.now.run = data.run;
    listen.rejoin();
  }
  if (data.programme !== undefined) station.now.programme = data.programme;
  look();
});

/** Show what belongs to the sound that is heard in this moment; without sound, what is on the air now. */
function look() {
  const clock = listen.clock() ?? (listen.wanted && listen.isRewound ? listen.behind : station.clock() ?? Date.now());
  const { title, said } = cues.heard(clock);
  if (title) showTitle(title.title, title.programme);
  showWords(listen.wanted && listen.state === "on" ? said : null);
  if (!place("panel").hidden && listen.wanted) panel.show();
}
setInterval(look, LOOK_MS);

function showTitle(text, programme) {
  for (const element of document.querySelectorAll("[data-radio-title]")) set(element, text);
  const name = programme === undefined ? words.programme ?? "" : [programme?.title, programme?.presenter].filter(Boolean).join(" · ");
  words.programme = name;
  set(place("programme"), programme?.title ?? name.split(" · ")[0]);
  if (shown === text + name) return;
  const first = shown === "";
  shown = text + name;
  screen.show(text, name);
  const now = document.getElementById("radio-kini");
  if (now && !first) window.htmx?.trigger(now, "live", {}, false);
}

function showWords(cue) {
  const box = place("words");
  const key = cue ? `${cue.id}:${cue.at}` : "";
  const hidden = !cue || !choices.captions || closed === key;
  if (box.dataset.key === key && box.hidden === hidden) return;
  box.dataset.key = key;
  box.hidden = hidden;
  if (!cue) return;
  box.dataset.priority = cue.priority;
  set(place("words-title"), (cue.drill ? `${words.sayDrill}: ` : "") + cue.title);
  set(place("words-text"), inLanguage(cue.text, document.documentElement.lang));
  screen.show(cue.title, words.station);
  shown = "";
}

place("words-close").addEventListener("click", () => { closed = place("words").dataset.key; look(); });

/** What was on the air from the moment that is heard on. */
async function recall() {
  const answer = await fetch(`${words.heard}?sejak=${Math.floor((listen.clock() ?? listen.behind) / 1000)}`).catch(() => null);
  if (!answer?.ok) return; // titles are missing then, the sound is not
  for (const cue of (await answer.json()).cues) cues.take(cue);
  look();
}

async function readNow() {
  try {
    const now = await station.ask();
    if (!now.on_air) return set(place("title"), words.sayOff);
    if (!cues.heard(Infinity).title) cues.add({ kind: "title", at: 0, title: [now.artist, now.track].filter(Boolean).join(" - ") || now.title, programme: now.programme });
  } catch { /* the bar says nothing then; a press tries again */ }
  look();
}

// ---------------------------------------------------------------- volume, this page's end and the next one's beginning

for (const slider of bar.querySelectorAll("[data-radio-volume]")) {
  slider.value = String(choices.volume);
  slider.closest("label").hidden = false;
  slider.addEventListener("input", () => {
    listen.volume = Number(slider.value);
    for (const twin of bar.querySelectorAll("[data-radio-volume]")) twin.value = slider.value;
  });
}

const captions = place("captions");
captions.checked = choices.captions;
captions.addEventListener("change", () => { choices.captions = captions.checked; look(); });

addEventListener("pagehide", () => {
  if (listen.wanted) listening.set({ left: Date.now(), at: listen.isRewound ? listen.clock() ?? listen.behind : null, sleep: sleep.until });
});

function comeBack() {
  const before = listening.get();
  if (!before || Date.now() - before.left > LEFT_FOR_MS) return;
  if (before.sleep) sleep.set(before.sleep);
  if (before.at) listen.rewind(before.at);
  else listen.play();
}

addEventListener("pageshow", (event) => event.persisted && listen.wanted && listen.play());
addEventListener("online", () => listen.wanted && listen.state === "away" && listen.again());
document.addEventListener("htmx:after:swap", () => { show(); look(); });

place("more").hidden = false;
show();
readNow();
comeBack();
