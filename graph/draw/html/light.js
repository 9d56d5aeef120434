// Light: what is asked about is drawn once more above a veil that dims the rest,
// so that a change costs what is lit and not what is there.

const veil = document.getElementById('veil');
const lit = document.getElementById('lit');
const status = document.getElementById('status');
let litNodes = new Set();

const say = (text) => { status.textContent = text; };

function copyOf(element, classes) {
  const copy = element.cloneNode(true);
  for (const name of ['id', 'role', 'tabindex', 'aria-label']) copy.removeAttribute(name);
  copy.classList.add(...classes);
  return copy;
}

// light shows nodes and edges, each index with its classes.
function light(nodeClasses, edgeClasses) {
  const all = document.createDocumentFragment();
  for (const [i, classes] of edgeClasses) all.append(copyOf(document.getElementById(`e${i}`), classes));
  for (const [i, classes] of nodeClasses) all.append(copyOf(nodeElement(i), classes));
  lit.replaceChildren(all);
  veil.setAttribute('visibility', 'visible');
  litNodes = new Set(nodeClasses.keys());
}

function unlight() {
  if (litNodes.size === 0) return;
  lit.replaceChildren();
  veil.setAttribute('visibility', 'hidden');
  litNodes = new Set();
}

// lightReach shows what a node brings and what brings it.
function lightReach(i) {
  const [down, up] = [reach(i, 'out'), reach(i, 'into')];
  const classes = (part) => {
    const map = new Map();
    for (const n of up[part]) map.set(n, ['up']);
    for (const n of down[part]) map.set(n, map.has(n) ? ['up', 'down', 'both'] : ['down']);
    return map;
  };
  const nodeClasses = classes('nodes');
  nodeClasses.delete(i);
  light(nodeClasses.set(i, ['self']), classes('edges'));
  say(`${nameOf(i)}: ${reachWords(i)}`);
}

// lightCycle shows a group of roles that depend on each other, its shortest
// cycle above all.
function lightCycle(c) {
  const inside = new Set(c.component);
  const next = new Map(c.path.map((from, at) => [from, c.path[(at + 1) % c.path.length]]));
  const onPath = (e) => next.get(e.from) === e.to;
  const edgeClasses = new Map();
  edges.forEach((e, i) => {
    if (inside.has(e.from) && inside.has(e.to) && isLive(e)) edgeClasses.set(i, onPath(e) ? ['strong'] : ['member']);
  });
  light(new Map(c.component.map((i) => [i, next.has(i) ? ['strong'] : ['member']])), edgeClasses);
  say(`Cycle of ${c.path.length}${c.component.length > c.path.length ? `, in a group of ${c.component.length}` : ''}`);
}

// lightList shows some nodes and nothing else.
const lightList = (list) => light(new Map(list.map((i) => [i, ['hit']])), new Map());
