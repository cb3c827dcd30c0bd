// The board of a hall fills the screen at one press. Without JavaScript it is an ordinary page.

export function wake(board) {
  const button = board.querySelector("[data-full]");
  if (!button || !document.fullscreenEnabled) return;
  button.hidden = false;
  button.addEventListener("click", () => board.requestFullscreen());
  document.addEventListener("fullscreenchange", () => { button.hidden = Boolean(document.fullscreenElement); });
}
