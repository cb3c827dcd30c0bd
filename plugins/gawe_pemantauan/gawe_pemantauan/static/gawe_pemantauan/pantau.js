// Follows one proposal by Server-Sent Events; where they don't pass, it asks every half a minute.
// On an event the part of the page is fetched again: what is shown is always what the server says.

const POLL_MS = 30_000;

export function wake(part) {
  let source;
  let timer;

  const gone = () => !part.isConnected;

  async function renew() {
    if (gone()) return stop();
    try {
      const answer = await fetch(part.dataset.part, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
      if (answer.redirected || !answer.ok) return stop();
      part.innerHTML = await answer.text();
      window.htmx?.process(part);
    } catch {
      poll(); // offline: try again later
    }
  }

  function poll() {
    if (timer || gone()) return;
    timer = setInterval(renew, POLL_MS);
  }

  function stop() {
    clearInterval(timer);
    source?.close();
  }

  if (!("EventSource" in window)) return poll();
  source = new EventSource(part.dataset.stream);
  source.addEventListener("langkah", renew);
  source.addEventListener("open", () => {
    clearInterval(timer);
    timer = undefined;
  });
  source.addEventListener("error", () => {
    if (gone()) return stop();
    if (source.readyState === EventSource.CLOSED) poll();
  });
  document.addEventListener("htmx:after:swap", () => gone() && stop());
}
