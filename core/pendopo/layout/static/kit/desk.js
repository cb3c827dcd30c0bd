// The desk renews itself when something arrives, but never under the hands of an officer who is choosing rows.

document.addEventListener(
  "live",
  (event) => {
    if (event.target.id === "meja" && event.target.querySelector('input[name="id"]:checked, :focus')) event.stopImmediatePropagation();
  },
  true,
);
