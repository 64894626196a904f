// Comfort only: without this file each button sends the paper and gets it back moved.

const paper = document.getElementById("paper");
const fields = () => [...paper.querySelectorAll(".ballot-mark select")];
const rankOf = (field) => Number(field.value) || 0;

function show(order) {
  for (const field of fields()) {
    const rank = order.indexOf(field) + 1;
    field.value = rank ? String(rank) : "";
    const [up, down] = field.parentElement.querySelectorAll("button");
    field.closest(".ballot-line").classList.toggle("is-ranked", rank > 0);
    up.disabled = rank === 1;
    down.disabled = rank === 0;
  }
}

paper?.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=move]");
  if (!button) return;
  event.preventDefault();
  const field = button.parentElement.querySelector("select");
  const order = fields().filter(rankOf).sort((a, b) => rankOf(a) - rankOf(b));
  const at = order.indexOf(field);
  const goesUp = button.value.startsWith("up:");
  if (at < 0) {
    if (goesUp) order.push(field);
  } else if (!goesUp && at === order.length - 1) {
    order.pop();
  } else {
    const other = goesUp ? Math.max(at - 1, 0) : at + 1;
    [order[at], order[other]] = [order[other], order[at]];
  }
  show(order);
  if (button.disabled) field.focus();
});
