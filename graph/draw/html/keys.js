// Keys: everything the pointer does.

const help = document.getElementById('help');
const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
let standing = 0; // the node that Tab comes to

// stopAt moves the one stop of Tab within the drawing.
function stopAt(i) {
  nodeElement(standing).setAttribute('tabindex', '-1');
  standing = i;
  nodeElement(i).setAttribute('tabindex', '0');
}

function focusNode(i) {
  stopAt(i);
  nodeElement(i).focus({ preventScroll: true });
}

// keepStop leaves Tab a way into the drawing when its stop is no longer shown.
function keepStop() {
  const first = nodes.findIndex((_, i) => shows(i));
  if (first >= 0 && !shows(standing)) stopAt(first);
}

// nearest of a list is the one that lies most straight that way, or null.
function nearest(i, list, [dx, dy], spread) {
  const middle = (b) => [b.x + b.width / 2, b.y + b.height / 2];
  const [x, y] = middle(boxOf(i));
  let [best, least] = [null, Infinity];
  for (const k of list) {
    if (k === i || !shows(k)) continue;
    const [kx, ky] = middle(boxOf(k));
    const along = (kx - x) * dx + (ky - y) * dy;
    const aside = Math.abs((kx - x) * dy) + Math.abs((ky - y) * dx);
    if (along > 1 && aside <= along * spread && along + 2 * aside < least) [best, least] = [k, along + 2 * aside];
  }
  return best;
}

// step goes to the neighbour that lies that way, or else to any node there.
function step(i, way) {
  const near = [...nodes[i].out.map((k) => edges[k].to), ...nodes[i].into.map((k) => edges[k].from)];
  const to = nearest(i, near, way, 8) ?? nearest(i, nodes.keys(), way, 1.5);
  if (to === null) return;
  focusNode(to);
  reveal(to, true);
}

function arrow(event) {
  const way = ways[event.key];
  if (!way || event.target.closest('#panel, header')) return false;
  const node = event.target.closest('.node');
  if (node) step(indexOf(node), way);
  else if (selected.node !== null) step(selected.node, way);
  else moveTo(camera.x - way[0] * 120, camera.y - way[1] * 120, camera.k);
  return true;
}

const commands = {
  '/': () => query.select(),
  '?': () => help.showModal(),
  '+': () => zoom(1.4),
  '=': () => zoom(1.4),
  '-': () => zoom(1 / 1.4),
  0: () => frameAll(),
  z: () => frame(litNodes.size ? around(litNodes) : sheet, 1.4),
  c: () => { if (cycles.length) selectCycle(selected.cycle === null ? 0 : (selected.cycle + 1) % cycles.length); },
  o: () => toggleOverview(),
  t: () => toggleTheme(),
  Escape: () => backOut(),
};

function act(event) {
  if (help.open || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches('input[type=search], select')) return;
  const node = event.target.closest('.node');
  if (arrow(event)) event.preventDefault();
  else if (node && (event.key === 'Enter' || event.key === ' ')) {
    event.preventDefault();
    select(indexOf(node), false);
  } else if (commands[event.key]) {
    event.preventDefault();
    commands[event.key]();
  }
}

// backOut undoes one thing: what is chosen first, the filter last.
function backOut() {
  if (!nothingSelected() || !panel.hidden) clear();
  else if (query.value) leaveSearch();
  else if (filter.environment !== null) setEnvironment(null);
  else unlight();
}

document.addEventListener('keydown', act);
