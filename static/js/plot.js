// Comfort only: draws a long series so that it can be read point by point; the drawing of
// the server and the table stand without this file. Words and numbers come as they are shown.

for (const drawing of document.querySelectorAll("[data-plot]")) {
  const { labels, names, series, title, hint } = JSON.parse(drawing.dataset.plot);
  const still = drawing.firstElementChild;
  const box = document.createElement("div");
  const said = document.createElement("p");
  box.className = "long-plot";
  box.tabIndex = 0;
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", `${title}. ${hint}`);
  said.className = "chart-note";
  said.setAttribute("aria-live", "polite");
  said.textContent = hint;
  drawing.prepend(box, said);
  still.remove();

  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  const tell = (plot) => {
    const at = plot.cursor.idx;
    const parts = series.map((one) => (series.length > 1 ? `${one.label} ` : "") + one.said[at]);
    said.textContent = at == null ? hint : `${names[at]}: ${parts.join(", ")}`;
  };
  const data = [labels.map((_, at) => at), ...series.map((one) => one.values)];
  let plot;
  const draw = () => {
    plot?.destroy();
    const probe = document.createElement("i");
    box.append(probe);
    const color = (name) => {
      probe.style.color = `var(--${name})`;
      return getComputedStyle(probe).color;
    };
    const axis = {
      stroke: color("ink-soft"),
      font: `12px ${getComputedStyle(box).fontFamily}`,
      grid: { stroke: color("line"), width: 1 },
      ticks: { show: false },
    };
    const lines = series.map((one, at) => ({
      label: one.label,
      stroke: color(`series-${at + 1}`),
      width: 2,
      dash: at ? [6, 4] : [],
      points: { show: false },
    }));
    probe.remove();
    const whole = (_, splits) => splits.map((at) => (Number.isInteger(at) ? labels[at] : ""));
    plot = new uPlot(
      {
        width: box.clientWidth,
        height: 260,
        legend: { show: false },
        scales: { x: { time: false }, y: { range: (_, low, high) => [Math.min(low, 0), high * 1.05 || 1] } },
        axes: [
          { ...axis, space: 64, values: whole },
          { ...axis, size: 56, values: (_, splits) => splits.map((one) => number.format(one)) },
        ],
        series: [{}, ...lines],
        hooks: { setCursor: [tell] },
      },
      data,
      box,
    );
  };
  draw();
  new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: 260 })).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  box.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = Math.min(Math.max((plot.cursor.idx ?? labels.length) + by, 0), labels.length - 1);
    plot.setCursor({ left: plot.valToPos(at, "x"), top: 0 });
  });
}
