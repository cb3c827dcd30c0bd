// The BAP in the field: what is typed and photographed stays on this device until it has arrived.
// Texts and photos lie in IndexedDB; the form works as a plain one without this module.

const form = document.getElementById("bap");
const note = document.getElementById("draf-lapangan");
const NAMES = ["client_key", "inspected_at", "posisi-lat", "posisi-lon", "accuracy_m", "team", "witness", "findings"];

const say = (key, tone = "info") => {
  note.hidden = false;
  note.className = `alert alert-${tone}`;
  note.textContent = form.dataset[key];
};

const store = () => new Promise((resolve, reject) => {
  const opening = indexedDB.open("simponie", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("draf");
  opening.onsuccess = () => resolve(opening.result);
  opening.onerror = () => reject(opening.error);
});
const inStore = async (mode, act) => {
  const db = await store();
  return new Promise((resolve, reject) => {
    const wanted = act(db.transaction("draf", mode).objectStore("draf"));
    wanted.onsuccess = () => { db.close(); resolve(wanted.result); };
    wanted.onerror = () => { db.close(); reject(wanted.error); };
  });
};

let photos = [];
let waiting = false;

const typed = () => ({
  ...Object.fromEntries(NAMES.map((name) => [name, form.elements[name]?.value ?? ""])),
  result: form.querySelector("[name=result]:checked")?.value ?? "",
});
const keep = () => inStore("readwrite", (drafts) => drafts.put({ typed: typed(), photos, waiting }, form.dataset.draft));
const forget = () => inStore("readwrite", (drafts) => drafts.delete(form.dataset.draft));

const restore = async () => {
  const draft = await inStore("readonly", (drafts) => drafts.get(form.dataset.draft));
  if (!draft) return;
  for (const name of NAMES) if (form.elements[name] && draft.typed[name]) form.elements[name].value = draft.typed[name];
  const chosen = form.querySelector(`[name=result][value="${draft.typed.result}"]`);
  if (chosen) chosen.checked = true;
  photos = draft.photos;
  waiting = draft.waiting;
  say("sayRestored");
  if (photos.length) note.textContent += ` ${photos.length} ${form.dataset.sayPhotos}.`;
  if (waiting) send();
};

const body = () => {
  const data = new FormData(form);
  data.delete("photos");
  for (const photo of photos) data.append("photos", photo, photo.name);
  return data;
};

let sending = false;
const send = async () => {
  if (sending) return;
  sending = true;
  try {
    say("saySending");
    const answer = await fetch(location.href, { method: "POST", body: body(), headers: { Accept: "text/html" } });
    if (answer.ok && answer.redirected) {
      await forget();
      location.assign(form.dataset.done);
      return;
    }
    if (answer.status >= 500) throw new TypeError("not now");
    waiting = false;
    await keep();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const summary = page.querySelector(".error-summary");
    say("sayWrong", "error");
    if (summary) note.textContent += ` ${[...summary.querySelectorAll("li")].map((item) => item.textContent).join(" ")}`;
    note.scrollIntoView();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    waiting = true;
    await keep();
    say("sayWaiting", "warn");
  } finally {
    sending = false;
  }
};

if (form) {
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  form.addEventListener("change", (event) => {
    if (event.target.name === "photos") {
      photos = [...photos, ...event.target.files].slice(0, 8);
      event.target.value = "";
    }
    keep().then(() => {
      say("saySaved");
      if (photos.length) note.textContent += ` ${photos.length} ${form.dataset.sayPhotos}.`;
    });
  });
  form.addEventListener("input", () => { clearTimeout(form.pause); form.pause = setTimeout(keep, 400); });
  addEventListener("online", () => { if (waiting) send(); });
  setInterval(() => { if (waiting && navigator.onLine) send(); }, 15000);
  const here = document.getElementById("di-sini");
  if (navigator.geolocation) {
    here.hidden = false;
    here.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements["posisi-lat"].value = coords.latitude.toFixed(6);
        form.elements["posisi-lon"].value = coords.longitude.toFixed(6);
        form.elements.accuracy_m.value = Math.round(coords.accuracy);
        for (const name of ["posisi-lat", "posisi-lon"]) form.elements[name].dispatchEvent(new Event("change", { bubbles: true }));
        say("sayHere", "ok");
      },
      () => say("sayRefused", "warn"),
      { enableHighAccuracy: true, timeout: 20000 },
    ));
  }
  restore();
}
