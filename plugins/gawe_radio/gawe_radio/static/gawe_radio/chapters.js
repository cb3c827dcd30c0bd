// A chapter plays from its place. Without this module its link opens the sound at that second.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-chapter]");
  const sound = document.getElementById("suara");
  if (!link || !sound) return;
  event.preventDefault();
  sound.currentTime = Number(link.dataset.chapter);
  sound.play();
});
