// The panel: a node, a cycle or the overview, in words. Text that was read
// stands in text nodes only.

const panel = document.getElementById('panel');

// h makes an element: attributes, a click, and children that are elements or text.
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === 'click') element.addEventListener('click', value);
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((c) => c !== null && c !== undefined));
  return element;
}

// place is file:line, for the editor where a template for its links is known.
function place(file, line) {
  if (!file) return null;
  const text = line ? `${file}:${line}` : file;
  const to = linkTo(file, line);
  return to ? h('a', { class: 'place', href: to, rel: 'noreferrer' }, h('bdi', null, text)) : h('span', { class: 'place' }, h('bdi', null, text));
}

// goTo is a button that leads to a node.
function goTo(i, text) {
  const n = nodes[i];
  return h('button', { type: 'button', class: `to ${n.kind}${n.missing ? ' gone' : ''}`, 'data-to': n.id.slice(0, 300), click: () => select(i, true) }, h('bdi', null, text ?? nameOf(i)));
}

function section(title, count, ...children) {
  if (count === 0) return null;
  return h('section', null, h('h3', null, title, count === null ? '' : h('span', { class: 'count' }, String(count))), children);
}

function runList(list, _, all) {
  const isChosen = filter.environment !== null && environments[filter.environment] === list.environment;
  const items = list.items.map((item) => h('li', { class: item.condition ? 'maybe' : null },
    item.node < 0 ? h('span', { class: 'to' }, h('bdi', null, item.name)) : goTo(item.node, item.name),
    item.node >= 0 && nodes[item.node].missing ? h('em', null, 'missing') : null,
    place(list.file, item.line),
    item.condition ? h('p', { class: 'note' }, 'if ', h('code', null, item.condition)) : null));
  return section(all.length === 1 ? 'Run list' : `Run list: ${list.environment}${isChosen ? ' (chosen)' : ''}`, list.items.length, h('ol', { class: 'list' }, items));
}

const relationNames = { run_list: 'Run list', include_recipe: 'Includes', depends: 'Depends on', part_of: 'Part of', chef_environment: 'Environment', policy_name: 'Policy' };

function edgeItem(e, other) {
  const where = environmentsOf(e);
  return h('li', null, goTo(other), where ? h('em', null, 'in ', where) : null, e.maybe ? h('em', null, 'maybe') : null, place(e.file, e.line));
}

// uses are the edges of a node that no run list of its own tells.
function uses(n) {
  const groups = new Map();
  for (const i of n.out) {
    if (n.lists && edges[i].relation === 'run_list') continue;
    groups.set(edges[i].relation, [...(groups.get(edges[i].relation) ?? []), edges[i]]);
  }
  return [...groups].map(([relation, list]) => {
    list.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    return section(relationNames[relation] ?? relation, list.length, h('ol', { class: 'list' }, list.map((e) => edgeItem(e, e.to))));
  });
}

const problemItem = (p) => h('li', null, h('strong', null, p.kind.replaceAll('-', ' ')), place(p.file, p.line), h('p', null, p.message));

const unresolvedItem = (u) => h('li', null, place(u.file, u.line), h('p', null, h('code', null, u.text)), h('p', { class: 'note' }, u.reason));

const changes = { added: 'Added by the change.', removed: 'Removed by the change.', changed: 'Touched by the change.' };

// notes are what else there is to know of a node, a line each.
function notes(n) {
  return [
    n.external ? `Comes from elsewhere: no ${n.kind === 'recipe' ? 'cookbook' : 'file'} of it was read.` : null,
    n.members ? `Stands for ${n.members} that were collapsed.` : null,
    changes[n.change],
  ].filter(Boolean).map((text) => h('p', { class: 'note' }, text));
}

function nodeContent(i) {
  const n = nodes[i];
  const inCycles = cycles.map((c, k) => [c, k]).filter(([c]) => c.component.includes(i));
  return [
    h('p', { class: 'kind' }, n.missing ? `missing ${n.kind}` : n.kind),
    h('h2', null, h('bdi', null, nameOf(i))),
    n.missing ? h('p', { class: 'bad' }, `No file declares this ${n.kind}.`) : place(n.file, n.line),
    notes(n),
    (n.descriptions ?? []).map((d) => h('p', { class: 'description' }, d)),
    h('p', { class: 'note reach' }, reachWords(i)),
    h('p', null, h('button', { type: 'button', class: 'plain', click: () => frame(around(litNodes), 1.4) }, 'Zoom to its reach')),
    inCycles.map(([, k]) => h('p', { class: 'bad' }, h('button', { type: 'button', class: 'plain', click: () => selectCycle(k) }, 'It is in a cycle'))),
    (n.lists ?? []).map(runList),
    uses(n),
    section('Named by', n.into.length, h('ul', { class: 'list' }, n.into.map((k) => edgeItem(edges[k], edges[k].from)))),
    section('Problems', (n.problems ?? []).length, h('ul', { class: 'list' }, (n.problems ?? []).map(problemItem))),
    section('Not known without running it', (n.unresolved ?? []).length, h('ul', { class: 'list' }, (n.unresolved ?? []).map(unresolvedItem))),
  ];
}

function cycleContent(k) {
  const c = cycles[k];
  const steps = c.path.map((from, at) => {
    const to = c.path[(at + 1) % c.path.length];
    const e = edges[nodes[from].out.find((i) => edges[i].to === to)];
    return h('li', null, goTo(from), h('em', null, 'names'), goTo(to), environmentsOf(e) ? h('em', null, 'in ', environmentsOf(e)) : null, place(e.file, e.line));
  });
  const onPath = new Set(c.path);
  const rest = c.component.filter((i) => !onPath.has(i));
  return [
    h('p', { class: 'kind' }, `cycle ${k + 1} of ${cycles.length}`),
    h('h2', null, c.path.length === 1 ? 'A role that names itself' : `${c.path.length} that name each other`),
    section('Step by step', c.path.length, h('ol', { class: 'list' }, steps)),
    section('Tied up with it', rest.length, h('ul', { class: 'list' }, rest.map((i) => h('li', null, goTo(i))))),
  ];
}

const cycleText = (c) => (c.path.length > 6
  ? `${c.path.slice(0, 5).map(nameOf).join(' → ')} → … → ${nameOf(c.path[0])}`
  : [...c.path, c.path[0]].map(nameOf).join(' → '));

function overviewContent() {
  const missing = nodes.map((_, i) => i).filter((i) => nodes[i].missing);
  const problems = [...data.problems, ...nodes.flatMap((n) => n.problems ?? [])];
  const unknown = nodes.map((n, i) => [n, i]).filter(([n]) => (n.unresolved ?? []).length > 0);
  return [
    h('h2', null, 'Overview'),
    cycles.length + missing.length + problems.length === 0 ? h('p', { class: 'note' }, 'No cycle, nothing missing, no problem.') : null,
    section('Cycles', cycles.length, h('ul', { class: 'list', id: 'cycles' }, cycles.map((c, k) => h('li', null,
      h('button', { type: 'button', class: 'to cycle-link', click: () => selectCycle(k) }, h('bdi', null, cycleText(c))),
      c.component.length > c.path.length ? h('em', null, `group of ${c.component.length}`) : null)))),
    section('Missing', missing.length, h('ul', { class: 'list', id: 'missing' }, missing.map((i) => h('li', null, goTo(i), h('em', null, `named by ${nodes[i].into.length}`))))),
    section('Problems', problems.length, h('ul', { class: 'list' }, problems.map(problemItem))),
    section('Not wholly known', unknown.length, h('ul', { class: 'list' }, unknown.map(([n, i]) => h('li', null, goTo(i), h('em', null, counted(n.unresolved.length, 'place')))))),
    section('Legend', null, document.getElementById('legend').content.cloneNode(true), h('ul', { class: 'legend' },
      h('li', null, h('span', { class: 'swatch down' }), 'brought by what is chosen'),
      h('li', null, h('span', { class: 'swatch up' }), 'brings what is chosen'))),
  ];
}

// open shows content in the panel. The focus stays there if it was there: what
// had it is gone.
function open(content) {
  const hadFocus = panel.contains(document.activeElement);
  const close = h('button', { type: 'button', id: 'close', title: 'Close (Esc)', 'aria-label': 'Close', click: () => clear() }, '×');
  panel.replaceChildren(close, ...content.flat().filter(Boolean));
  panel.scrollTop = 0;
  panel.hidden = false;
  if (hadFocus) panel.focus({ preventScroll: true });
}

function shut() {
  if (panel.contains(document.activeElement)) document.getElementById('overview').focus();
  panel.hidden = true;
  panel.replaceChildren();
}
