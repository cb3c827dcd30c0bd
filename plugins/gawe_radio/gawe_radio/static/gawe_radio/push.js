// Asking for announcements on this device, and no longer asking.

const box = document.querySelector("[data-push]");
if (box && !box.dataset.awake) begin();

async function begin() {
  box.dataset.awake = "true";
  const says = box.querySelector("[role=status]");
  const [on, off] = box.querySelectorAll("button");
  const say = (name) => { says.textContent = box.dataset[`say${name}`]; };
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) return say("Cannot");
  const registration = await navigator.serviceWorker.register(box.dataset.worker, { scope: "/radio/" });
  const show = async () => {
    const held = await registration.pushManager.getSubscription();
    on.hidden = false;
    off.hidden = !held;
    say(held ? "On" : "Off");
    return held;
  };
  on.addEventListener("click", async () => {
    if ((await Notification.requestPermission()) !== "granted") return say("Refused");
    try {
      const held = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.key) });
      const answer = await send(box.dataset.join, { subscription: held.toJSON(), kecamatan: box.querySelector("select").value });
      if (!answer.ok) { await held.unsubscribe(); return say("Failed"); }
    } catch { return say("Failed"); }
    await show();
  });
  off.addEventListener("click", async () => {
    const held = await registration.pushManager.getSubscription();
    if (held) { await send(box.dataset.leave, { endpoint: held.endpoint }); await held.unsubscribe(); }
    await show();
  });
  await show();
}

function send(address, given) {
  return fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) });
}

function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}
