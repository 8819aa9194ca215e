// A form[data-shares] shows what its shares add up to while one types; in thousandths, as 0.1 + 0.2 is no 0.3 otherwise.
(() => {
  const thousandths = (text) => (/^[0-9]*\.?[0-9]{0,3}$/.test(text) && text !== "." ? Math.round(Number(text) * 1000) : NaN);

  function sum(form) {
    const shares = [...form.querySelectorAll("[data-share]")].map((field) => thousandths(field.value.trim()));
    const whole = shares.reduce((one, other) => one + other, 0);
    const shown = form.querySelector("[data-sum]");
    shown.textContent = Number.isNaN(whole) ? "—" : (whole / 1000).toFixed(3);
    shown.classList.toggle("text-danger", whole !== 1000);
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-shares]");
    if (form) sum(form);
  });
  document.querySelectorAll("form[data-shares]").forEach(sum);
})();
