// The total of the budget plan while one types. The server computes it again; without this script nothing is missing.

const SIGNS = new Intl.NumberFormat("id-ID");

function number(text) {
  const plain = text.replace(/^Rp/i, "").replace(/\s/g, "");
  return Number(plain.includes(",") ? plain.replace(/\./g, "").replace(",", ".") : plain) || 0;
}

const rupiah = (text) => Number(text.replace(/\D/g, "")) || 0;

export function wake(table) {
  const total = table.querySelector("[data-total]");
  table.addEventListener("input", () => {
    let sum = 0;
    for (const row of table.querySelectorAll(".rab-row")) {
      const [, volume, , price] = [...row.querySelectorAll("input")].map((input) => input.value);
      sum += Math.round(number(volume) * rupiah(price));
    }
    total.textContent = `Rp${SIGNS.format(sum)}`;
  });
}
