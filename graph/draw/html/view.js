// Pan and zoom: a transform of the one element that holds the drawing.

const view = document.getElementById('view');
const stage = document.getElementById('stage');
const drawing = document.getElementById('drawing');
const sheet = drawing.viewBox.baseVal;
const camera = { x: 0, y: 0, k: 1 };
const calm = matchMedia('(prefers-reduced-motion: reduce)');
const bounds = { width: 1, height: 1, left: 0, top: 0 };
let painted = 1; // the scale at which the picture was painted
let settling = 0;
let gliding = 0;

// show puts the camera into effect. While it moves, the browser moves and scales
// the picture it has painted; once it rests, sharpen has it paint anew.
function show() {
  stage.style.transform = `translate(${camera.x}px,${camera.y}px) scale(${camera.k / painted})`;
  clearTimeout(settling);
  if (camera.k !== painted) settling = setTimeout(sharpen, edges.length > 2000 ? 500 : 120);
}

// sharpen paints at the scale that is shown: that costs what is drawn.
function sharpen() {
  painted = camera.k;
  drawing.style.width = `${sheet.width * painted}px`;
  drawing.style.height = `${sheet.height * painted}px`;
  show();
}

function whole() {
  return Math.min(bounds.width / sheet.width, bounds.height / sheet.height);
}

const within = (k) => Math.min(4, Math.max(k, Math.min(0.5, whole() * 0.6)));

// moveTo goes there, by and by where the user likes motion.
function moveTo(x, y, k) {
  cancelAnimationFrame(gliding);
  const from = { ...camera };
  const start = performance.now();
  const lasts = calm.matches ? 0 : 260;
  const step = (now) => {
    const part = lasts ? Math.min(1, Math.max(0, now - start) / lasts) : 1;
    const eased = 1 - (1 - part) ** 3;
    camera.x = from.x + (x - from.x) * eased;
    camera.y = from.y + (y - from.y) * eased;
    camera.k = from.k + (k - from.k) * eased;
    show();
    if (part < 1) gliding = requestAnimationFrame(step);
  };
  step(start);
}

// jump goes there at once.
function jump(x, y, k) {
  cancelAnimationFrame(gliding);
  Object.assign(camera, { x, y, k });
  show();
}

// frame shows an area of the sheet as large as it fits, up to a scale.
function frame(area, most, go = moveTo) {
  const room = Math.min(28, bounds.width / 16);
  const k = within(Math.min(most, (bounds.width - 2 * room) / area.width, (bounds.height - 2 * room) / area.height));
  const x = area.x - sheet.x + area.width / 2;
  const y = area.y - sheet.y + area.height / 2;
  go(bounds.width / 2 - x * k, bounds.height / 2 - y * k, k);
}

const frameAll = (go) => frame(sheet, 1.4, go);

// zoomAt enlarges by a factor around a point of the view.
function zoomAt(x, y, factor, go = jump) {
  const k = within(camera.k * factor);
  go(x - (x - camera.x) * (k / camera.k), y - (y - camera.y) * (k / camera.k), k);
}

const zoom = (factor) => zoomAt(bounds.width / 2, bounds.height / 2, factor, moveTo);

const nodeElement = (i) => document.getElementById(`n${i}`);

function boxOf(i) {
  const r = nodeElement(i).firstElementChild;
  return { x: r.x.baseVal.value, y: r.y.baseVal.value, width: r.width.baseVal.value, height: r.height.baseVal.value };
}

// around is the area that some nodes take.
function around(list) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const b of [...list].map(boxOf)) {
    left = Math.min(left, b.x);
    top = Math.min(top, b.y);
    right = Math.max(right, b.x + b.width);
    bottom = Math.max(bottom, b.y + b.height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

// reveal brings a node into the view if it is outside; readable: or too small to read.
function reveal(i, readable) {
  const b = boxOf(i);
  const [x, y] = [camera.x + (b.x - sheet.x) * camera.k, camera.y + (b.y - sheet.y) * camera.k];
  const near = 24;
  const inside = x >= near && y >= near && x + b.width * camera.k <= bounds.width - near && y + b.height * camera.k <= bounds.height - near;
  if (inside && (camera.k >= 0.55 || !readable)) return;
  const k = readable ? within(Math.max(camera.k, 0.9)) : camera.k;
  moveTo(bounds.width / 2 - (b.x - sheet.x + b.width / 2) * k, bounds.height / 2 - (b.y - sheet.y + b.height / 2) * k, k);
}

// measure learns the size of the view.
function measure() {
  const { width, height, left, top } = view.getBoundingClientRect();
  Object.assign(bounds, { width, height, left, top });
}

const pointers = new Map(); // the fingers or the button that are down
let dragged = false; // since the first of them came down

const spanOf = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y);
const middleOf = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

function pointerMoves(event) {
  const last = pointers.get(event.pointerId);
  if (!last) return;
  const before = [...pointers.values()].map((p) => ({ ...p }));
  const at = { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
  if (!dragged && pointers.size === 1 && Math.hypot(at.x - last.x, at.y - last.y) < 4) return;
  if (!dragged) view.setPointerCapture(event.pointerId);
  dragged = true;
  Object.assign(last, at);
  const now = [...pointers.values()];
  if (now.length === 1) {
    jump(camera.x + now[0].x - before[0].x, camera.y + now[0].y - before[0].y, camera.k);
  } else if (now.length === 2) {
    const [was, is] = [middleOf(before), middleOf(now)];
    zoomAt(is.x, is.y, spanOf(now) / Math.max(1, spanOf(before)), (x, y, k) => jump(x + is.x - was.x, y + is.y - was.y, k));
  }
}

view.addEventListener('pointerdown', (event) => {
  if (event.button !== 0 || event.target.closest('.zoom')) return;
  measure();
  if (pointers.size === 0) dragged = false;
  pointers.set(event.pointerId, { x: event.clientX - bounds.left, y: event.clientY - bounds.top });
});
view.addEventListener('pointermove', pointerMoves);
for (const end of ['pointerup', 'pointercancel']) {
  addEventListener(end, (event) => pointers.delete(event.pointerId));
}

view.addEventListener('wheel', (event) => {
  event.preventDefault();
  const unit = [1, 16, bounds.height][event.deltaMode];
  const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
  if (!event.ctrlKey && (event.shiftKey || Math.abs(dx) > Math.abs(dy))) {
    jump(camera.x - dx, camera.y - dy, camera.k);
    return;
  }
  // A trackpad's pinch comes as small steps with Ctrl.
  const factor = Math.exp(-Math.max(-240, Math.min(240, dy)) * (event.ctrlKey ? 0.01 : 0.0016));
  zoomAt(event.clientX - bounds.left, event.clientY - bounds.top, factor);
}, { passive: false });
