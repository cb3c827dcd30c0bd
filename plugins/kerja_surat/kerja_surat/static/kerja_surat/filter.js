// A long list of choices gets a field that narrows it while one types. Without JavaScript the list is whole.

const LONG = 12;

function equip(list) {
  const choices = [...list.querySelectorAll(".choice")];
  if (choices.length < LONG || list.previousElementSibling?.matches(".choice-filter")) return;
  const input = document.createElement("input");
  input.type = "search";
  input.className = "input choice-filter";
  const title = list.closest("fieldset")?.querySelector("legend")?.firstChild?.textContent.trim() ?? "";
  input.placeholder = document.documentElement.lang === "en" ? "Find in this list" : "Cari di daftar ini";
  input.setAttribute("aria-label", `${input.placeholder}: ${title}`);
  input.addEventListener("input", () => {
    const words = input.value.toLocaleLowerCase().split(/\s+/);
    for (const choice of choices) {
      const text = choice.textContent.toLocaleLowerCase();
      choice.hidden = !words.every((word) => text.includes(word)) && !choice.querySelector(":checked");
    }
  });
  input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  list.before(input);
}

const equipAll = () => document.querySelectorAll(".field-choices .choices").forEach(equip);

document.addEventListener("htmx:after:swap", equipAll);
equipAll();
