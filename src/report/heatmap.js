'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const byId = (id) => document.getElementById(id);
  const DAY = 86400000;
  const PITCH = 15, CELL = 13, LEFT = 34, TOP = 18, BARS = 74, UP = 40;
  const LEVELS = 9;
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  const first = Date.parse(data.first + 'T00:00:00Z');
  const count = data.metrics[0].days.length;
  for (const m of data.metrics) m.months = m.months.map((v) => v / 100);  // written in hundredths of the days' units
  const choices = data.metrics.filter((m) => m.selectable);

  // Dates are counted as UTC days, so the reader's own time zone plays no part.
  const dateOf = (i) => new Date(first + i * DAY);
  const weekday = (d) => (d.getUTCDay() + 6) % 7;
  const isoDate = (d) => d.toISOString().slice(0, 10);
  const group = (x, digits) => x.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace('-', '\u2212');
  const digitsOf = (m) => (m.scale === 1 ? 0 : m.scale === 10 ? 1 : 2);
  const say = (m, raw) => group(raw / m.scale + 0, digitsOf(m)) + ' ' + m.unit;
  function short(x, precision = 2) {
    const a = Math.abs(x);
    const [div, mark] = a >= 999500 ? [1e6, 'M'] : a >= 999.5 ? [1e3, 'k'] : [1, ''];
    const y = a / div;
    const text = String(Number(y.toPrecision(y >= 100 ? 3 : precision)));
    return (x < 0 && Number(text) !== 0 ? '\u2212' : '') + text + mark;
  }

  // Calendar years and months of the days.
  const years = [];
  let months = 0;
  for (let i = 0; i < count; ++i) {
    const d = dateOf(i);
    let year = years[years.length - 1];
    if (!year || year.year !== d.getUTCFullYear()) {
      const jan = Date.UTC(d.getUTCFullYear(), 0, 1);
      year = { year: d.getUTCFullYear(), jan, shift: weekday(new Date(jan)), from: i, to: i, months: [] };
      years.push(year);
    }
    let month = year.months[year.months.length - 1];
    if (!month || month.month !== d.getUTCMonth()) {
      month = { month: d.getUTCMonth(), from: i, to: i, index: months++ };
      year.months.push(month);
    }
    year.to = month.to = i;
  }
  /** Weeks since the first Monday column of the year, with the day of the week as a fraction. */
  const slot = (year, i) => (first + i * DAY - year.jan) / DAY + year.shift;
  const column = (year, i) => Math.floor(slot(year, i) / 7);
  const row = (year, i) => slot(year, i) % 7;

  // A step that puts nearly all days within the levels; both signs share it, so colours compare.
  function stepOf(metric) {
    const sizes = metric.days.map(Math.abs).filter((v) => v > 0).sort((a, b) => a - b);
    if (!sizes.length) return metric.scale;
    const wanted = sizes[Math.floor(0.97 * (sizes.length - 1))] / (LEVELS - 1);
    const power = 10 ** Math.floor(Math.log10(wanted));
    return power * [1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10].find((f) => f * power >= wanted * (1 - 1e-9));
  }
  const levelOf = (value, step) => (value === 0 ? 0 : Math.sign(value) * Math.min(LEVELS, Math.ceil(Math.abs(value) / step - 1e-9)));
  const classOf = (level) => (level === 0 ? 'z' : (level > 0 ? 'p' : 'n') + Math.abs(level));

  let metric = choices[0];
  let cells = [];

  function monthLine(year, m) {
    if (m.from === year.from) return '';
    const x = LEFT + column(year, m.from) * PITCH - 1, r = row(year, m.from);
    const top = TOP - 1, y = TOP + r * PITCH - 1, bottom = TOP + 7 * PITCH - 1;
    return r === 0 ? `M${x} ${top}V${bottom}` : `M${x + PITCH} ${top}V${y}H${x}V${bottom}`;
  }

  function drawYear(year) {
    const section = document.createElement('section');
    const heading = document.createElement('h2');
    heading.append(String(year.year));
    year.total = document.createElement('small');
    heading.append(year.total);
    const box = document.createElement('div');
    box.className = 'scroll';
    const height = TOP + 7 * PITCH + BARS;
    // Numbers and our own words only: safe as markup.
    let svg = `<svg class="year" viewBox="0 0 ${LEFT + 54 * PITCH} ${height}" role="application" aria-roledescription="calendar" aria-describedby="keys" tabindex="0">`;
    for (const r of [0, 2, 4, 6]) svg += `<text x="0" y="${TOP + r * PITCH + 10}">${WEEKDAYS[r]}</text>`;
    for (const m of year.months) {
      const left = LEFT + (slot(year, m.from) / 7) * PITCH, right = LEFT + ((slot(year, m.to) + 1) / 7) * PITCH;
      m.left = left + 3;
      m.width = Math.max(4, right - left - 6);
      svg += `<text x="${(left + right) / 2}" y="11" text-anchor="middle">${MONTHS[m.month]}</text>`;
    }
    for (let i = year.from; i <= year.to; ++i) {
      svg += `<rect class="day" data-i="${i}" x="${LEFT + column(year, i) * PITCH}" y="${TOP + row(year, i) * PITCH}" width="${CELL}" height="${CELL}" rx="2"/>`;
    }
    svg += `<path class="month-line" d="${year.months.map((m) => monthLine(year, m)).join('')}"/>`;
    svg += `<g class="bars"></g><rect class="cursor" width="${CELL + 2}" height="${CELL + 2}" rx="3" visibility="hidden"/></svg>`;
    box.innerHTML = svg;
    section.append(heading, box);
    byId('years').append(section);
    year.svg = box.firstChild;
    box.scrollLeft = (column(year, year.from) / 54) * box.scrollWidth;
    year.cursor = year.svg.querySelector('.cursor');
    year.bars = year.svg.querySelector('.bars');
    year.selected = year.from;
    year.svg.addEventListener('keydown', (event) => onKey(event, year));
    year.svg.addEventListener('focus', () => { if (year.svg.matches(':focus-visible')) show(year, year.selected, true); });
    year.svg.addEventListener('blur', hide);
  }

  function drawBars(year) {
    const lowest = Math.min(0, ...metric.months), highest = Math.max(0, ...metric.months);
    const scale = UP / Math.max(highest - lowest, 1);
    const zero = TOP + 7 * PITCH + 14 + scale * highest;
    let svg = `<line class="axis" x1="${LEFT}" x2="${LEFT + 53.4 * PITCH}" y1="${zero}" y2="${zero}"/>`;
    for (const m of year.months) {
      const value = metric.months[m.index], size = Math.abs(value) * scale;
      const top = value < 0 ? zero : zero - size;
      svg += `<rect class="${value < 0 ? 'bar-down' : 'bar-up'}" x="${m.left}" y="${top}" width="${m.width}" height="${Math.max(size, 0.5)}" rx="1.5"><title>${MONTHS[m.month]} ${year.year}: ${say(metric, value)}</title></rect>`;
      svg += `<text class="value" x="${m.left + m.width / 2}" y="${value < 0 ? top + size + 9 : top - 3}" text-anchor="middle">${short(value / metric.scale)}</text>`;
    }
    year.bars.innerHTML = svg;
  }

  function drawLegend(step) {
    const levels = metric.days.map((v) => levelOf(v, step));
    const low = Math.max(-LEVELS, levels.reduce((a, b) => Math.min(a, b), 0)), high = Math.max(1, levels.reduce((a, b) => Math.max(a, b), 0));
    const wide = 36;
    let x = 24, svg = '';
    const tick = (text, at) => { svg += `<text x="${at}" y="29" text-anchor="middle">${text}</text>`; };
    const edge = (k) => short((k * step) / metric.scale, 3);
    for (let k = low; k <= high; ++k) {
      const size = k === 0 ? 20 : Math.abs(k) === LEVELS ? wide + 14 : wide;
      svg += `<rect class="${classOf(k)}" x="${x}" y="3" width="${size - 2}" height="14" rx="2"/>`;
      if (k === 0) tick('0', x + size / 2 - 1);
      else if (Math.abs(k) === LEVELS) tick(k < 0 ? 'less' : 'more', x + size / 2 + (k < 0 ? -8 : 8));
      else tick(edge(k), k < 0 ? x - 1 : x + size - 1);
      x += size;
    }
    const unit = metric.unit + ' a day';
    byId('legend').innerHTML = `<svg viewBox="0 0 ${x + 80} 34" width="${x + 80}" height="34" aria-hidden="true">${svg}<text x="${x + 8}" y="14">${unit}</text></svg>`;
    byId('legend').setAttribute('aria-label', `Colour scale in ${unit}: orange below zero, grey zero, blue above, steps of ${group(step / metric.scale, digitsOf(metric))}`);
  }

  function paint() {
    const step = stepOf(metric);
    for (let i = 0; i < count; ++i) cells[i].setAttribute('class', 'day ' + classOf(levelOf(metric.days[i], step)));
    drawLegend(step);
    for (const year of years) {
      drawBars(year);
      const sum = year.months.reduce((s, m) => s + metric.months[m.index], 0);
      const days = year.to - year.from + 1;
      let text = `${metric.label}: ${say(metric, sum)}`;
      if (metric.unit === 'EUR' && data.power > 0) text += ` \u00b7 ${group(sum / data.power, 0)} EUR/MW`;
      if (metric.unit === 'cycles') text += ` \u00b7 ${group(sum / metric.scale / days, 2)} per day`;
      if (days < 365) text += ` \u00b7 ${days} days`;
      if (metric.bound) text += ' \u00b7 upper bound';
      year.total.textContent = text;
      year.svg.setAttribute('aria-label', `${year.year}, ${text}`);
    }
  }

  function show(year, i, spoken) {
    year.selected = i;
    for (const other of years) if (other !== year) other.cursor.setAttribute('visibility', 'hidden');
    const x = LEFT + column(year, i) * PITCH - 1, y = TOP + row(year, i) * PITCH - 1;
    year.cursor.setAttribute('x', x);
    year.cursor.setAttribute('y', y);
    year.cursor.setAttribute('visibility', 'visible');
    const d = dateOf(i);
    const title = `${WEEKDAYS[weekday(d)]} ${isoDate(d)}`;
    const tip = byId('tip');
    const head = document.createElement('strong');
    head.textContent = title;
    const table = document.createElement('table');
    for (const m of data.metrics) {
      if (!m.selectable && m.unit === 'EUR' && m.days[i] === 0) continue;
      const tr = table.insertRow();
      if (m === metric) tr.className = 'chosen';
      tr.insertCell().textContent = m.label;
      tr.insertCell().textContent = say(m, m.days[i]);
    }
    tip.replaceChildren(head, table);
    tip.hidden = false;
    const cell = cells[i].getBoundingClientRect();
    const wide = tip.offsetWidth, high = tip.offsetHeight;
    const leftEdge = Math.min(Math.max(8, cell.left + cell.width / 2 - wide / 2), document.documentElement.clientWidth - wide - 8);
    const above = cell.top - high - 10;
    tip.style.left = `${leftEdge + window.scrollX}px`;
    tip.style.top = `${(above > 8 ? above : cell.bottom + 10) + window.scrollY}px`;
    if (spoken) byId('live').textContent = `${title}, ${data.metrics.filter((m) => m.selectable).map((m) => `${m.label} ${say(m, m.days[i])}`).join(', ')}`;
  }

  function hide() {
    byId('tip').hidden = true;
    for (const year of years) year.cursor.setAttribute('visibility', 'hidden');
  }

  function onKey(event, year) {
    const moves = { ArrowLeft: -7, ArrowRight: 7, ArrowUp: -1, ArrowDown: 1 };
    let i = year.selected;
    if (event.key === 'Escape') return hide();
    if (event.key in moves) i += moves[event.key];
    else if (event.key === 'Home') i = year.from;
    else if (event.key === 'End') i = year.to;
    else if (event.key !== 'Enter' && event.key !== ' ') return undefined;
    event.preventDefault();
    i = Math.min(Math.max(i, year.from), year.to);
    return show(year, i, true);
  }

  function yearOf(i) { return years.find((y) => i <= y.to); }
  function onPoint(event) {
    const target = event.target;
    if (target instanceof Element && target.matches('.day')) show(yearOf(Number(target.dataset.i)), Number(target.dataset.i), false);
    else if (event.type === 'click' || !(target instanceof Element && target.closest('.year'))) hide();
  }

  for (const m of choices) {
    const label = document.createElement('label');
    label.className = 'choice';
    const input = document.createElement('input');
    input.type = 'radio';
    input.name = 'metric';
    input.checked = m === metric;
    input.addEventListener('change', () => { metric = m; hide(); paint(); });
    const text = document.createElement('span');
    text.textContent = m.label;
    label.append(input, text);
    byId('metrics').append(label);
  }
  years.forEach(drawYear);
  cells = Array.from(document.querySelectorAll('.day'));
  paint();
  byId('years').addEventListener('pointerover', onPoint);
  byId('years').addEventListener('pointerleave', (event) => { if (event.pointerType === 'mouse') hide(); });
  document.addEventListener('click', onPoint);
  const table = byId('as-table');
  table.open = false;
  window.addEventListener('beforeprint', () => { table.open = true; });
  byId('toolbar').hidden = byId('keys').hidden = false;
})();
