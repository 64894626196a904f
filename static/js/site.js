// Comfort only: every page works without this file.

const search = document.querySelector(".bar-search input");
const keys = document.getElementById("keys");

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "?" && keys) {
    event.preventDefault();
    keys.showModal();
  }
});

// Good news goes away by itself; warnings stay until they are read.
const leave = (toast) => {
  toast.classList.add("leaving");
  setTimeout(() => toast.remove(), 200);
};
for (const toast of document.querySelectorAll(".toasts .toast")) {
  const closer = toast.querySelector("button");
  closer?.removeAttribute("hidden");
  closer?.addEventListener("click", () => leave(toast));
  if (toast.matches(".success, .info")) setTimeout(() => leave(toast), 8000);
}

// A form that came back with errors begins at their summary.
document.querySelector("main .callout[role=alert]")?.focus();

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
});

document.addEventListener("change", (event) => {
  event.target.closest?.("form[data-autosubmit]")?.requestSubmit();
});

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});
