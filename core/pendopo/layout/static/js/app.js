// What every page does beyond plain HTML: boosted walking that keeps the fixtures, focus, toasts, look, live news, maps.

import { joinAgain, start } from "./live.js";

const root = document.documentElement;
const TOAST_MS = 7000;
const MOST_NEWS = 3; // on the screen at once; the inbox keeps them all

// ---------------------------------------------------------------- walking

// `data-no-boost` and downloads are left to the browser.
document.addEventListener("htmx:before:init", (event) => {
  const element = event.target;
  if (!element.matches?.("a, form") || element.matches("[hx-get], [hx-post]")) return;
  if (element.closest("[data-no-boost]") || element.method === "dialog") event.preventDefault();
});

// Going back and forward renews the frame's changing parts as walking does.
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.headers["HX-History-Restore-Request"]) {
    ctx.selectOOB = "#kepala:outerMorph,#menu:outerMorph,#bawah:outerMorph";
    ctx.walked = true;
  }
  if (ctx.sourceElement._htmx?.boosted) ctx.walked = true;
});

// What is no page (a PDF, a CSV, a feed) belongs to the browser.
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (!ctx.walked || ctx.request.method !== "GET" || ctx.response.headers.get("content-type")?.startsWith("text/html")) return;
  if (ctx.response.headers.has("hx-redirect")) return;
  event.preventDefault();
  location.assign(ctx.response.raw.url);
});

// A page with another frame (the other face, another language, a newer release) is loaded whole.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (!ctx.walked) return;
  const text = ctx.text ?? "";
  const tag = text.match(/<html[^>]*>/)?.[0];
  const part = (name) => tag?.match(new RegExp(`${name}="([^"]*)"`))?.[1] ?? "";
  const release = (html) => html.match(/\/-\/s\/(\w+)\/css/)?.[1];
  const same = tag && part("lang") === root.lang && part("data-face") === root.dataset.face && release(text) === release(document.head.innerHTML);
  if (same) {
    bringHead(text);
    return;
  }
  event.preventDefault();
  if (ctx.request.method === "GET" || ctx.response.raw.redirected) location.assign(ctx.response.raw.url);
  else location.reload();
});

// A write that was not answered with a redirect keeps the address of the page it stands on: nobody reloads a POST.
document.addEventListener("htmx:before:history:update", (event) => {
  const { sourceElement, response } = event.detail;
  if (sourceElement.matches?.("form[method=post]") && !response?.raw.redirected) event.preventDefault();
});

// Styles and scripts that the new page asks for in its head.
function bringHead(text) {
  const head = new DOMParser().parseFromString(text.match(/<head>[\s\S]*?<\/head>/)?.[0] ?? "", "text/html").head;
  const here = new Set([...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((element) => element.href || element.src));
  for (const element of head.querySelectorAll("link[rel=stylesheet], script[src]")) {
    if (here.has(new URL(element.getAttribute("href") ?? element.getAttribute("src"), location.href).href)) continue;
    const copy = document.createElement(element.localName);
    for (const { name, value } of element.attributes) copy.setAttribute(name, value);
    document.head.append(copy);
  }
}

document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.walked) {
    for (const open of document.querySelectorAll(":popover-open")) open.hidePopover();
    arrive();
  }
  wake();
  joinAgain();
});

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx) toast(document.getElementById("sambungan")?.dataset.failed, "error");
});

// A screen reader continues at the heading of the page that came, or at what is wrong in it.
function arrive() {
  const main = document.getElementById("main");
  if (location.hash && document.getElementById(location.hash.slice(1))) return;
  (main?.querySelector("[data-focus]") ?? main?.querySelector("h1") ?? main)?.focus({ preventScroll: true });
  if (!main?.querySelector("[data-focus]")) scrollTo({ top: 0, behavior: "instant" });
}

// What somebody opened stays open when live news renew the part around it. (htmx tells of this to extensions only.)
document.addEventListener("DOMContentLoaded", () => {
  window.htmx?.registerExtension("keep-open", {
    htmx_before_morph_attr: (element, { attrName }) => !(attrName === "open" && element.matches("details[data-keep-open]")),
  });
});

// ---------------------------------------------------------------- toasts, badges, look

export function toast(text, tone = "ok") {
  if (!text) return;
  const box = document.createElement("div");
  box.className = `toast toast-${tone}`;
  box.setAttribute("role", tone === "error" ? "alert" : "status");
  const words = document.createElement("p");
  words.textContent = text;
  box.append(words);
  document.getElementById("toasts").append(box);
  fade(box);
}

function fade(box) {
  if (box.dataset.fading) return;
  box.dataset.fading = "true";
  let timer = setTimeout(() => box.remove(), TOAST_MS);
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", () => (timer = setTimeout(() => box.remove(), TOAST_MS / 2)));
}

document.addEventListener("click", (event) => event.target.closest?.("[data-close]")?.closest(".toast")?.remove());

document.addEventListener("live:data", (event) => {
  const { topic, data } = event.detail;
  if (!topic.startsWith("account:") || data.inbox === undefined) return;
  for (const badge of document.querySelectorAll('[data-badge="inbox"]')) {
    badge.textContent = data.inbox > 999 ? "999+" : data.inbox;
    badge.hidden = !data.inbox;
  }
  for (const list of document.querySelectorAll("[data-inbox]")) window.htmx?.trigger(list, "live", {}, false);
  if (!data.subject) return;
  const shown = document.querySelectorAll("#toasts .toast-info");
  if (shown.length >= MOST_NEWS) shown[0].remove();
  toast(data.subject, "info");
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-look-form]")) return;
  event.preventDefault();
  const value = event.submitter.value;
  if (value === "otomatis") delete root.dataset.look;
  else root.dataset.look = value;
  for (const button of document.querySelectorAll("[data-look-form] button")) button.setAttribute("aria-pressed", String(button.value === value));
  fetch(event.target.action, { method: "POST", body: new URLSearchParams({ tampilan: value }), redirect: "manual" });
});

// ---------------------------------------------------------------- parts that wake when they are on the page

function wake() {
  for (const button of document.querySelectorAll("[data-close][hidden]")) button.hidden = false;
  for (const box of document.querySelectorAll("#toasts .toast:not(.toast-error)")) fade(box);
  for (const link of document.querySelectorAll(".tabs a[aria-current]")) {
    const bar = link.closest(".tabs"); // on a phone the chosen one may lie beyond its edge
    bar.scrollLeft += link.getBoundingClientRect().right - bar.getBoundingClientRect().right + 48;
  }
  const maps = document.querySelectorAll("[data-map]:not([data-awake])");
  if (maps.length) import(maps[0].dataset.module).then((module) => maps.forEach(module.draw));
  // Any other part names its own module: it is given to `wake(element)` of it, once.
  for (const part of document.querySelectorAll("[data-wake]:not([data-awake])")) {
    part.dataset.awake = "true";
    import(part.dataset.wake).then((module) => module.wake(part));
  }
}

wake();
document.querySelector("[data-focus]")?.focus();
start();
