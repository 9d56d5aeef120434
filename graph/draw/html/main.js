// What is chosen, and the page's beginning.

const selected = { node: null, cycle: null };
const indexOf = (element) => Number(element.id.slice(1));

// relight shows again what is chosen, after something else was lit.
function relight() {
  if (selected.node !== null) lightReach(selected.node);
  else if (selected.cycle !== null) lightCycle(cycles[selected.cycle]);
  else {
    unlight();
    say('');
  }
}

// refresh writes the panel anew.
function refresh() {
  document.getElementById('overview').setAttribute('aria-pressed', String(!panel.hidden && nothingSelected()));
  if (panel.hidden) return;
  if (selected.node !== null) open(nodeContent(selected.node));
  else if (selected.cycle !== null) open(cycleContent(selected.cycle));
}

// fragment keeps the chosen node in the address, for a link to share.
const fragment = (i) => `#${encodeURIComponent(nodes[i].id).replaceAll('%5B', '[').replaceAll('%5D', ']').replaceAll('%3A', ':').replaceAll('%40', '@')}`;

function setFragment(text) {
  if (decode(location.hash) === decode(text)) return;
  history.pushState(null, '', text || location.pathname + location.search);
}

function decode(text) {
  try {
    return decodeURIComponent(text.replace(/^#/, ''));
  } catch { // not written by us
    return text.replace(/^#/, '');
  }
}

// select pins a node: its reach stays lit, the panel tells of it.
function select(i, go) {
  Object.assign(selected, { node: i, cycle: null });
  if (!isThere(i)) setEnvironment(null);
  if (!shows(i)) setKind(nodes[i].kind, true);
  lightReach(i);
  open(nodeContent(i));
  refresh();
  setFragment(fragment(i));
  measure(); // the panel took some of the view
  reveal(i, go);
}

function selectCycle(k) {
  Object.assign(selected, { node: null, cycle: k });
  lightCycle(cycles[k]);
  open(cycleContent(k));
  refresh();
  setFragment('');
  measure();
  frame(around(cycles[k].path), 1.4);
}

function clear() {
  Object.assign(selected, { node: null, cycle: null });
  shut();
  relight();
  refresh();
  setFragment('');
}

const nothingSelected = () => selected.node === null && selected.cycle === null;

function toggleOverview() {
  const isOpen = !panel.hidden && nothingSelected();
  if (!nothingSelected()) clear();
  if (isOpen) shut();
  else open(overviewContent());
  refresh();
}

function toggleTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = isDark ? 'light' : 'dark';
}

// hover lights a node's reach when the pointer rests on it, and tells an edge.
let resting = 0;
function hover(event) {
  clearTimeout(resting);
  if (pointers.size > 0 || event.pointerType === 'touch') return;
  const node = event.target.closest('#nodes .node');
  const edge = event.target.closest('#edges .edge');
  resting = setTimeout(() => {
    if (node) lightReach(indexOf(node));
    else if (!query.value || document.activeElement !== query) relight();
    if (edge) tellEdge(edges[indexOf(edge)]);
  }, 50);
}

function tellEdge(e) {
  const where = environmentsOf(e);
  say(`${nameOf(e.from)} → ${nameOf(e.to)}${where ? ` in ${where}` : ''}${e.maybe ? ', maybe' : ''}${e.file ? `, ${e.file}:${e.line}` : ''}`);
}

// openFragment selects what the address names.
function openFragment() {
  const name = decode(location.hash);
  const i = byId.get(name);
  if (i !== undefined && i !== selected.node) select(i, true);
  else if (name === '' && selected.node !== null) clear();
  else if (i === undefined && name !== '') say(`Nothing is named ${name.slice(0, 200)} here`);
}

// keepThrough loads the page anew when the stream of events says so, with the
// same part in view.
function keepThrough(path) {
  const key = 'rolegraph-view';
  try {
    const kept = JSON.parse(sessionStorage.getItem(key));
    sessionStorage.removeItem(key);
    if (kept) restore(kept);
  } catch { /* the browser keeps nothing for us */ }
  new EventSource(path).addEventListener('message', () => {
    try {
      const env = filter.environment === null ? null : environments[filter.environment];
      sessionStorage.setItem(key, JSON.stringify({ camera, env, hidden: [...filter.hidden], theme: document.documentElement.dataset.theme ?? '', overview: document.getElementById('overview').getAttribute('aria-pressed') === 'true' }));
    } catch { /* the same */ }
    location.reload();
  });
}

function restore({ camera: { x, y, k }, env, hidden, theme, overview }) {
  if (theme) document.documentElement.dataset.theme = theme;
  for (const kind of hidden) if (kindsThere.includes(kind)) setKind(kind, false);
  if (environments.includes(env)) setEnvironment(environments.indexOf(env));
  if (overview === panel.hidden && selected.node === null) toggleOverview();
  jump(x, y, k);
}

function start() {
  document.body.classList.add('alive');
  buildFilter();
  nodes.forEach((_, i) => nodeElement(i).setAttribute('aria-label', nameOf(i)));
  if (nodes.length) nodeElement(0).setAttribute('tabindex', '0');
  else say('Nothing to draw');
  if (innerWidth > 1000) toggleOverview();
  measure();
  frameAll(jump);
  sharpen();
  new ResizeObserver(measure).observe(view);
  drawing.addEventListener('pointerover', hover);
  drawing.addEventListener('pointerleave', hover);
  view.addEventListener('focusin', (event) => { // on the drawing itself it would make that a stop of Tab
    const node = event.target.closest('.node');
    if (node) lightReach(indexOf(node));
  });
  view.addEventListener('click', (event) => {
    if (dragged || event.target.closest('.zoom')) return;
    const node = event.target.closest('#nodes .node');
    if (node) select(indexOf(node), false);
    else if (!nothingSelected()) clear();
  });
  const clicks = { larger: () => zoom(1.4), smaller: () => zoom(1 / 1.4), fit: () => frameAll(), overview: toggleOverview, theme: toggleTheme, keys: () => help.showModal() };
  for (const [id, act] of Object.entries(clicks)) document.getElementById(id).addEventListener('click', act);
  addEventListener('popstate', openFragment);
  addEventListener('hashchange', openFragment);
  openFragment();
  if (data.reload) keepThrough(data.reload);
}

start();
