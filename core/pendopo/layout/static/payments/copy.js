// Buttons that copy a number: hidden until here, because they need a script.

function wake() {
  for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  const word = button.querySelector("span");
  const before = word.textContent;
  word.textContent = button.dataset.said;
  word.setAttribute("role", "status");
  setTimeout(() => (word.textContent = before), 2500);
});
document.addEventListener("htmx:after:swap", wake);
wake();
