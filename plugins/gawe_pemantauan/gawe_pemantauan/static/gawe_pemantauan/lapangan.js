// A field visit where there is no signal: the form is kept on the device, photos too, and sent when the connection is back.
// The server knows the visit by `client_key`, so that one sent twice is written down once.

const STORE = "kunjungan";

function open() {
  return new Promise((resolve, reject) => {
    const asking = indexedDB.open("pemantauan", 1);
    asking.onupgradeneeded = () => asking.result.createObjectStore(STORE, { keyPath: "key" });
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => reject(asking.error);
  });
}

async function inStore(mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const work = database.transaction(STORE, mode);
    const asked = act(work.objectStore(STORE));
    work.oncomplete = () => resolve(asked?.result);
    work.onerror = () => reject(work.error);
  });
}

async function sendKept(status) {
  for (const kept of (await inStore("readonly", (store) => store.getAll())) ?? []) {
    const form = new FormData();
    for (const [name, value] of kept.fields) form.append(name, value);
    const answer = await fetch(kept.action, { method: "POST", body: form, redirect: "manual", credentials: "same-origin" });
    if (answer.type === "opaqueredirect" || answer.ok) {
      await inStore("readwrite", (store) => store.delete(kept.key));
      status.textContent = status.dataset.saySent;
    } else if (answer.status === 409 || answer.status === 422) {
      status.textContent = status.dataset.sayRefused;
    }
  }
}

export function wake(form) {
  const status = form.querySelector("[data-status]");
  const key = form.querySelector("[name$=client_key]");
  if (!key.value) key.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;

  form.addEventListener(
    "submit",
    async (event) => {
      if (navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      await inStore("readwrite", (store) => store.put({ key: key.value, action: form.action, fields: [...new FormData(form)] }));
      status.textContent = status.dataset.sayKept;
    },
    true,
  );
  const tryAgain = () => navigator.onLine && sendKept(status).catch(() => {});
  addEventListener("online", tryAgain);
  tryAgain();
}
